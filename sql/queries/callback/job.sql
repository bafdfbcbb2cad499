-- Called by callback::Store::job: the newest of a job's callbacks, oldest first, by llm_callbacks_dedupe_key:
-- where there is a job id, it is the callback id. $1 owner, $2 source, $3 job, $4 limit.
with newest as (
    select c.*
    from llm_callbacks c
    where c.callback_id = $3::text
        and c.external_job_id = $3::text
        and c.source = $2::text
        and c.deleted_at is null
        and ($1::text is null or (c.subject_user_id = $1::text and c.signature_valid))
    order by c.seq desc
    limit $4::bigint
)
select
    c.id, c.seq, c.source, c.callback_id, c.external_job_id, c.workflow_name, c.event_type, c.status,
    c.error_message, c.signature_valid, c.rejection, c.diagnosis ->> 'code' as cause,
    c.rejection is null and c.accepted_by is not null as accepted, c.payload_preview, c.cost_usd, c.total_tokens,
    c.duration_ms, c.delivery_count, c.created_at, c.subject_user_id
from newest c
order by c.seq
