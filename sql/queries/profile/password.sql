-- Called by session::people when somebody changes their password; profiles_pkey.
select password_hash from profiles where id = $1
