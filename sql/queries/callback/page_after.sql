-- Called by callback::Store::page_after for the listener and for replay; a range of llm_callbacks_seq_key.
select
    c.id, c.seq, c.source, c.callback_id, c.external_job_id, c.workflow_name, c.event_type, c.status,
    c.error_message, c.signature_valid, c.rejection, c.diagnosis ->> 'code' as cause,
    c.rejection is null and c.accepted_by is not null as accepted, c.payload_preview, c.cost_usd, c.total_tokens,
    c.duration_ms, c.delivery_count, c.created_at, c.subject_user_id,
    c.deleted_at is not null as gone
from llm_callbacks c
where c.seq > $1::bigint and c.seq <= $2::bigint
order by c.seq
limit $3::bigint
