-- Called by session::people before somebody loses a role, in the same transaction: two admins who demote each other
-- wait here, and the second sees what the first did. Always in the same order, against deadlocks. Sequential scan.
select id from profiles where role = 'ADMIN' order by id for update
