-- Called by session::store for the console: the sessions that still work, latest first; sessions_profile_id_idx.
-- $2 is the idle time in seconds, $3 how many at most.
select id, created_at, last_seen_at, least(expires_at, last_seen_at + make_interval(secs => $2)) as expires_at,
    user_agent, address
from sessions
where profile_id = $1 and revoked_at is null and expires_at > now()
    and last_seen_at > now() - make_interval(secs => $2)
order by last_seen_at desc, id limit $3
