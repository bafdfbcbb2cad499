-- Called by session::store; sign_in_links_pkey. Using the link and opening the session are one statement, so that a
-- link works once and is not lost on the way. $3 is the longest life in seconds, $6 the idle time in seconds.
with used as (
    update sign_in_links set used_at = now()
    where token_hash = $1 and used_at is null and expires_at > now()
    returning profile_id
), opened as (
    insert into sessions (id, token_hash, profile_id, expires_at, user_agent, address)
    select $2, $7, profile_id, now() + make_interval(secs => $3), $4, $5 from used
    returning id, profile_id, least(expires_at, last_seen_at + make_interval(secs => $6)) as expires_at
)
select o.id as session_id, o.expires_at, p.id, p.email, p.role, p.created_at
from opened o join profiles p on p.id = o.profile_id
