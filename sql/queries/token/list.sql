-- Called by session::tokens for the console and the command line; api_tokens_profile_id_idx, or all when $1 is null.
select t.id, t.name, t.created_at, t.last_used_at, p.email
from api_tokens t join profiles p on p.id = t.profile_id
where ($1::uuid is null or t.profile_id = $1) and t.revoked_at is null
order by p.email, t.created_at, t.id limit $2
