-- Called by callback::Store::add_attempt; llm_callbacks_pkey, llm_callback_attempts_callback_id_idx. Of one callback
-- only the newest are kept, $10 with this one. Nothing for a callback that is not there.
with target as (
    select id from llm_callbacks where id = $2::uuid and deleted_at is null for key share
), outdated as (
    delete from llm_callback_attempts
    where id in (
        select id from llm_callback_attempts
        where callback_id = $2::uuid
        order by started_at desc
        offset $10::bigint - 1
    )
)
insert into llm_callback_attempts
    (id, callback_id, target, profile_id, started_at, ended_at, status, duration_ms, answer, error)
select
    $1::uuid, id, $3::text, $4::uuid,
    clock_timestamp() - make_interval(secs => coalesce($7::bigint, 0)::double precision / 1000),
    case when $5::boolean then clock_timestamp() end, $6::integer, $7::bigint, $8::text, $9::text
from target
