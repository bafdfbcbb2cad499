-- Called by session::store for the console; profiles_pkey.
update profiles set preferences = $2 where id = $1
