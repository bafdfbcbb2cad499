-- Called by callback::Store::attempts; llm_callbacks_pkey, llm_callback_attempts_callback_id_idx. Newest first; a row of
-- nulls for a callback without any, none where there is no callback. One of which nothing was heard for $3 seconds counts
-- as ended, until something is.
select
    a.id, a.target, p.email as by, a.started_at, a.status, a.duration_ms, a.answer,
    case when h.silent then a.started_at + make_interval(secs => $3::double precision) else a.ended_at end as ended_at,
    case when h.silent then $4::text else a.error end as error
from llm_callbacks c
left join llm_callback_attempts a on a.callback_id = c.id
left join profiles p on p.id = a.profile_id
cross join lateral (
    select a.ended_at is null and a.started_at < clock_timestamp() - make_interval(secs => $3::double precision) as silent
) h
where c.id = $1::uuid and c.deleted_at is null
order by a.started_at desc nulls last
limit $2::bigint
