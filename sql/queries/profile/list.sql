-- Called by session::people for the console and the command line; a range of profiles_email_key. $1 is the address that
-- ended the page before, $2 how many at most.
select id, email, role, created_at from profiles
where email > $1
order by email limit $2
