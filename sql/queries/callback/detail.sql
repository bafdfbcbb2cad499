-- Called by callback::Store::detail; llm_callbacks_pkey, profiles_pkey, llm_callback_fetches_pkey. $1 person, $2 owner,
-- $3 id. What was said while fetching is for admins.
with mark as materialized (
    -- 0 for a person without a mark.
    select coalesce(max(through_seq), 0) as seq from llm_callback_view_marks where admin_user_id = $1::uuid
)
select
    c.id, c.seq, c.source, c.callback_id, c.external_job_id, c.workflow_name, c.event_type, c.status,
    c.error_message, c.signature_valid, c.rejection, c.diagnosis ->> 'code' as cause,
    c.rejection is null and c.accepted_by is not null as accepted, c.payload_preview, c.cost_usd, c.total_tokens,
    c.duration_ms, c.delivery_count, c.created_at, c.subject_user_id,
    c.seq <= (select seq from mark)
    or exists (
        select 1 from llm_callback_views v where v.admin_user_id = $1::uuid and v.seq = c.seq
    ) as viewed,
    c.signature_header, c.verified_at, c.updated_at, c.payload::text as payload, c.payload_plain,
    c.request_headers::text as request_headers, c.diagnosis::text as diagnosis, c.accepted_by, c.accepted_at,
    c.accepted_as, c.accepted_from,
    (select p.email from profiles p where p.id = c.accepted_by and $2::text is null) as accepted_by_email,
    coalesce(octet_length(c.raw_body), octet_length(c.payload::text), 0)::bigint as raw_bytes,
    f.state as fetch_state, f.attempts as fetch_attempts, f.fetched_at, f.object::text as object,
    case when $2::text is null then f.url end as fetch_url,
    case when $2::text is null then f.tried_at end as fetch_tried_at,
    case when $2::text is null and f.claim is null then f.next_at end as fetch_next_at,
    case when $2::text is null then f.status end as fetch_status,
    case when $2::text is null then f.error end as fetch_error,
    case when $2::text is null then f.answer end as fetch_answer
from llm_callbacks c
left join llm_callback_fetches f on f.callback_id = c.id
where c.id = $3::uuid
    and c.deleted_at is null
    and ($2::text is null or (c.subject_user_id = $2::text and c.signature_valid))
