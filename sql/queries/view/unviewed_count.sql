-- Called by callback::Store::unviewed_count, unprepared; a range of llm_callbacks_seq_key above the person's mark, or
-- of llm_callbacks_subject_user_id_seq_idx, less one of llm_callback_views_admin_user_id_seq_idx. Counts no further than
-- $3. $1 person, $2 owner.
with mark as materialized (
    -- 0 for a person without a mark.
    select coalesce(max(through_seq), 0) as seq from llm_callback_view_marks where admin_user_id = $1::uuid
)
select count(*) as count
from (
    select 1
    from llm_callbacks c
    where c.deleted_at is null
        and c.seq > (select seq from mark)
        and ($2::text is null or (c.subject_user_id = $2::text and c.signature_valid))
        and not exists (
            select 1 from llm_callback_views v where v.admin_user_id = $1::uuid and v.seq = c.seq
        )
    limit $3::bigint
) t
