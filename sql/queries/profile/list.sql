-- Called by session::people for the console and the command line; a sequential scan, people are few.
select id, email, role, created_at from profiles order by email limit $1
