-- Called by fetch::Store::claim; llm_callback_fetches_source_next_at_idx, llm_callbacks_pkey. The longest due first. Whoever
-- does not come back within $3 seconds is taken for dead.
with due as materialized (
    select callback_id from llm_callback_fetches
    where source = $1::text and state = 'pending' and next_at <= clock_timestamp()
    order by next_at
    limit $2::bigint
    for update skip locked
)
update llm_callback_fetches f
set claim = gen_random_uuid(),
    attempts = f.attempts + 1,
    tried_at = clock_timestamp(),
    next_at = clock_timestamp() + make_interval(secs => $3::double precision)
from due
join llm_callbacks c on c.id = due.callback_id
where f.callback_id = due.callback_id
returning
    f.callback_id, f.claim, f.attempts, c.event_type, c.payload::text as payload,
    c.request_headers::text as request_headers
