-- Called by session::store for the console; profiles_pkey.
select preferences from profiles where id = $1
