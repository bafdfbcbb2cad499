-- Called by session::people for the command line and session::sign_in; profiles_email_key.
select id, email, role, created_at, password_hash from profiles where email = $1
