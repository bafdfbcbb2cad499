-- Called by callback::Store::unviewed_count, unprepared; a range of llm_callbacks_seq_key above the person's mark, or
-- of llm_callbacks_subject_user_id_seq_idx, less one of llm_callback_views_admin_user_id_seq_idx. Counts no further than
-- $3. What was deleted is taken off by llm_callbacks_shells_idx, so that no row is read. $1 person, $2 owner.
with mark as materialized (
    -- 0 for a person without a mark.
    select coalesce(max(through_seq), 0) as seq from llm_callback_view_marks where admin_user_id = $1::uuid
)
select count(*) as count
from (
    select 1
    from llm_callbacks c
    where c.seq > (select seq from mark)
        and not exists (
            select 1 from llm_callbacks s
            where s.seq = c.seq and s.seq > (select seq from mark) and s.deleted_at is not null
        )
        and ($2::text is null or (c.subject_user_id = $2::text and c.signature_valid))
        and not exists (
            select 1 from llm_callback_views v where v.admin_user_id = $1::uuid and v.seq = c.seq
        )
    limit $3::bigint
) t
