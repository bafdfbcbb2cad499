-- Called by callback::Store::history, unprepared, so that each combination of filters gets a plan of its own: a
-- backward range of llm_callbacks_seq_key, or of the (column, seq) index of a filter; and of
-- llm_callback_views_admin_user_id_seq_idx, where only what was viewed is looked for. The page is cut before it is asked
-- which of it was viewed. $1 person, $2 owner, $3 above, $4 below, $5 to $12 filters, $13 limit.
with mark as materialized (
    -- 0 for a person without a mark.
    select coalesce(max(through_seq), 0) as seq from llm_callback_view_marks where admin_user_id = $1::uuid
), page as materialized (
    (
        select c.*
        from llm_callbacks c
        where c.deleted_at is null
            and c.seq > $3::bigint
            and c.seq < $4::bigint
            and ($2::text is null or (c.subject_user_id = $2::text and c.signature_valid))
            and ($5::text is null or c.source = $5::text)
            and ($6::text is null or c.status = $6::text)
            and ($7::text is null or c.workflow_name = $7::text)
            and ($8::text is null or c.event_type = $8::text)
            and ($9::boolean is null or c.signature_valid = $9::boolean)
            and ($10::text is null or (c.callback_id = $10::text and c.external_job_id = $10::text))
            -- What the watermark covers is viewed, and nothing else that is looked for here.
            and ($11::boolean is null or $11::boolean = (c.seq <= (select seq from mark)))
            and not exists (
                select 1 from llm_callback_views v
                where not $11::boolean and v.admin_user_id = $1::uuid and v.seq = c.seq
            )
            and ($12::text is null
                -- Only what may be a part of an id is looked for in it: its text is made for each row.
                or ($12::text !~* '[^0-9a-f%-]' and c.id::text ilike $12::text)
                or c.callback_id ilike $12::text
                or c.workflow_name ilike $12::text or c.payload_preview ilike $12::text)
        order by c.seq desc
        limit $13::bigint
    )
    union all
    (
        -- What was viewed one by one, above the watermark, from the person's side.
        select c.*
        from llm_callback_views v
        join llm_callbacks c on c.seq = v.seq
        where $11::boolean
            and v.admin_user_id = $1::uuid
            and v.seq > (select seq from mark)
            and v.seq > $3::bigint
            and v.seq < $4::bigint
            and c.deleted_at is null
            and ($2::text is null or (c.subject_user_id = $2::text and c.signature_valid))
            and ($5::text is null or c.source = $5::text)
            and ($6::text is null or c.status = $6::text)
            and ($7::text is null or c.workflow_name = $7::text)
            and ($8::text is null or c.event_type = $8::text)
            and ($9::boolean is null or c.signature_valid = $9::boolean)
            and ($10::text is null or (c.callback_id = $10::text and c.external_job_id = $10::text))
            and ($12::text is null
                -- Only what may be a part of an id is looked for in it: its text is made for each row.
                or ($12::text !~* '[^0-9a-f%-]' and c.id::text ilike $12::text)
                or c.callback_id ilike $12::text
                or c.workflow_name ilike $12::text or c.payload_preview ilike $12::text)
        order by v.seq desc
        limit $13::bigint
    )
    order by seq desc
    limit $13::bigint
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
order by p.seq desc
