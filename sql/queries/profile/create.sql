-- Called by session::people; profiles_email_key tells whether the address is taken, in which case no row comes back.
-- A new person starts at the head: what came before them is not unviewed.
with person as (
    insert into profiles (id, email, role, password_hash)
    values ($1, $2, $3, $4)
    on conflict on constraint profiles_email_key do nothing
    returning id, email, role, created_at
), mark as (
    insert into llm_callback_view_marks (admin_user_id, through_seq)
    select id, (select coalesce(max(seq), 0) from llm_callbacks) from person
), identity as (
    insert into external_identities (issuer, subject, profile_id)
    select $5::text, $6::text, id from person where $5::text is not null
)
select id, email, role, created_at from person
