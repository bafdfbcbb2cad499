-- Called by session::lookup, once for everybody who asks at the same moment; sessions_token_hash_key,
-- api_tokens_token_hash_key, profiles_pkey. The role is read here, on every request. $2 is the idle time in seconds.
select s.token_hash, s.id, s.stale, p.id as profile_id, p.email, p.role, p.password_hash is not null as has_password,
    least(s.expires_at, case when s.stale then now() else s.last_seen_at end + make_interval(secs => $2)) as expires_at
from (
    select *, last_seen_at < now() - interval '1 minute' as stale from sessions
    where token_hash = any($1) and revoked_at is null and expires_at > now()
        and last_seen_at > now() - make_interval(secs => $2)
) as s join profiles p on p.id = s.profile_id
union all
select t.token_hash, t.id, coalesce(t.last_used_at < now() - interval '1 minute', true), p.id, p.email, p.role,
    p.password_hash is not null, null
from api_tokens t join profiles p on p.id = t.profile_id
where t.token_hash = any($1) and t.revoked_at is null
