-- Called by callback::Store::items for what the signals name; llm_callbacks_pkey. At most as many rows as ids.
select
    c.id, c.seq, c.source, c.callback_id, c.external_job_id, c.workflow_name, c.event_type, c.status,
    c.error_message, c.signature_valid, c.rejection, c.diagnosis ->> 'code' as cause,
    c.rejection is null and c.accepted_by is not null as accepted, c.payload_preview, c.cost_usd, c.total_tokens,
    c.duration_ms, c.delivery_count, c.created_at, c.subject_user_id
from llm_callbacks c
where c.id = any($1::uuid[]) and c.deleted_at is null
order by c.seq
