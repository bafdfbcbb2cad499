-- Called by session::people, in a transaction that also ends sessions; profiles_pkey. $3 is the hash that was verified
-- against, so that of two changes at once the second is refused; null where none was asked for.
update profiles set password_hash = $2
where id = $1 and ($3::text is null or password_hash = $3)
returning id
