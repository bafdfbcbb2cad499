-- Called by callback::Store::check, unprepared like history.sql; a range of llm_callbacks_seq_key, or of
-- llm_callbacks_subject_user_id_seq_idx for a member, less one of llm_callback_views_admin_user_id_seq_idx. $1 person,
-- $2 owner, $3 after, $4 unviewed only, $5 limit.
with mark as materialized (
    -- 0 for a person without a mark.
    select coalesce(max(through_seq), 0) as seq from llm_callback_view_marks where admin_user_id = $1::uuid
), page as materialized (
    select c.*
    from llm_callbacks c
    where c.deleted_at is null
        and c.seq > $3::bigint
        and ($2::text is null or (c.subject_user_id = $2::text and c.signature_valid))
        and (not $4::boolean or c.seq > (select seq from mark))
        and not exists (
            select 1 from llm_callback_views v
            where $4::boolean and v.admin_user_id = $1::uuid and v.seq = c.seq
        )
    order by c.seq
    limit $5::bigint
)
select
    p.id, p.seq, p.source, p.callback_id, p.external_job_id, p.workflow_name, p.event_type, p.status,
    p.error_message, p.signature_valid, p.rejection, p.diagnosis ->> 'code' as cause,
    p.rejection is null and p.accepted_by is not null as accepted, p.payload_preview, p.cost_usd, p.total_tokens,
    p.duration_ms, p.delivery_count, p.created_at, p.subject_user_id,
    p.seq <= (select seq from mark)
    or exists (
        select 1 from llm_callback_views v where v.admin_user_id = $1::uuid and v.seq = p.seq
    ) as viewed
from page p
order by p.seq
