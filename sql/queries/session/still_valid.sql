-- Called by session::Sessions for open streams, all at once; sessions_pkey, api_tokens_pkey, profiles_pkey.
-- $1 are sessions, $2 API tokens, $3 is the idle time in seconds. Without a role: revoked.
select s.id, case when s.revoked_at is null then p.role end as role
from sessions s join profiles p on p.id = s.profile_id
where s.id = any($1) and (
    s.revoked_at is not null
    or (s.expires_at > now() and s.last_seen_at > now() - make_interval(secs => $3))
)
union all
select t.id, case when t.revoked_at is null then p.role end
from api_tokens t join profiles p on p.id = t.profile_id
where t.id = any($2)
