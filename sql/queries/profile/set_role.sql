-- Called by session::people, in a transaction that holds the admins' locks; profiles_pkey, llm_callback_view_marks_pkey.
-- Whoever becomes an admin starts at the head. Every node is told when the transaction commits.
-- The update reads from `before`, so that the old role is seen before it is gone.
with before as (
    select id, role from profiles where id = $1 for update
), changed as (
    update profiles p set role = $2 from before b where p.id = b.id
    returning p.id, p.email, p.role, p.created_at, b.role as role_before
), mark as (
    insert into llm_callback_view_marks as kept (admin_user_id, through_seq)
    select id, (select coalesce(max(seq), 0) from llm_callbacks) from changed
    where role = 'ADMIN' and role_before <> 'ADMIN'
    on conflict on constraint llm_callback_view_marks_pkey
        do update set through_seq = greatest(kept.through_seq, excluded.through_seq)
)
select id, email, role, created_at,
    pg_notify('callbackd_signals', json_build_object('kind', 'role_changed', 'profiles', json_build_array(id))::text)
from changed
