-- Called by callback::Store::attempts; llm_callback_attempts_callback_id_idx. Newest first.
select a.id, a.target, p.email as by, a.started_at, a.ended_at, a.status, a.duration_ms, a.answer, a.error
from llm_callback_attempts a
left join profiles p on p.id = a.profile_id
where a.callback_id = $1::uuid
order by a.started_at desc
limit $2::bigint
