-- Called by callback::Store::export_page, by way of a portal that is read a few rows at a time and is given up when
-- enough bytes are there; planned with its values, like history.sql, and served by the same indexes. Payloads are
-- selected as they are, so that they are not unpacked before their row is sent. $1 person, $2 owner, $3 above, $4 below,
-- $5 to $12 filters, $13 limit, $14 ids, $15 with payloads and objects (llm_callback_fetches_pkey).
with mark as materialized (
    -- 0 for a person without a mark.
    select coalesce(max(through_seq), 0) as seq from llm_callback_view_marks where admin_user_id = $1::uuid
)
select
    c.id, c.seq, c.source, c.callback_id, c.external_job_id, c.workflow_name, c.event_type, c.status,
    c.error_message, c.signature_valid, c.rejection, c.diagnosis ->> 'code' as cause,
    c.rejection is null and c.accepted_by is not null as accepted, c.payload_preview, c.cost_usd, c.total_tokens,
    c.duration_ms, c.delivery_count, c.created_at, c.subject_user_id, c.verified_at, c.updated_at,
    case when $15::boolean then c.payload end as payload,
    case when $15::boolean then c.raw_body end as raw_body,
    f.object
from (
    (
        select c.*
        from llm_callbacks c
        where c.deleted_at is null
            and c.seq > $3::bigint
            and c.seq < $4::bigint
            and ($14::uuid[] is null or c.id = any($14::uuid[]))
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
            and ($14::uuid[] is null or c.id = any($14::uuid[]))
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
) as c
left join llm_callback_fetches f on $15::boolean and f.callback_id = c.id
order by c.seq desc
