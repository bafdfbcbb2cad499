-- Called by callback::Store::mark; llm_callback_view_marks_pkey. Never moves back, and never above the head: what comes
-- later has not been seen. Gives a row only if it moved.
insert into llm_callback_view_marks as kept (admin_user_id, through_seq)
values ($1::uuid, least($2::bigint, (select coalesce(max(seq), 0) from llm_callbacks)))
on conflict on constraint llm_callback_view_marks_pkey
    do update set through_seq = excluded.through_seq where excluded.through_seq > kept.through_seq
returning through_seq
