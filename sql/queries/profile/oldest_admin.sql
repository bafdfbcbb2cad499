-- Called by session::people at the start of development mode; a sequential scan, people are few.
select id, email, role, created_at from profiles where role = 'ADMIN' order by created_at, id limit 1
