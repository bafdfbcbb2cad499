-- Called by callback::Store::mark; llm_callbacks_pkey and llm_callback_views_pkey. $1 person, $2 owner, $3 ids. Gives
-- the ids that there are, and which of them this person had not seen.
with mark as materialized (
    -- 0 for a person without a mark.
    select coalesce(max(through_seq), 0) as seq from llm_callback_view_marks where admin_user_id = $1::uuid
), known as materialized (
    select c.id, c.seq, c.seq <= (select seq from mark) as covered
    from llm_callbacks c
    where c.id = any($3::uuid[])
        and c.deleted_at is null
        and ($2::text is null or (c.subject_user_id = $2::text and c.signature_valid))
), marked as (
    insert into llm_callback_views (callback_id, admin_user_id, seq)
    select id, $1::uuid, seq from known where not covered order by id
    on conflict on constraint llm_callback_views_pkey do nothing
    returning callback_id
)
select known.id, marked.callback_id is not null as fresh
from known left join marked on marked.callback_id = known.id
