-- Called by session::store when somebody has signed in; profiles_pkey, sessions_pkey and sessions_token_hash_key.
-- $4 is the longest life in seconds, $5 an earlier end (of an external token) or null, $8 the idle time in seconds, $9 the
-- hash that the password was verified against, or null. The person is locked against a change of password: either it
-- finds this session and ends it, or this finds another hash and opens none.
insert into sessions (id, token_hash, profile_id, expires_at, user_agent, address)
select $1::uuid, $2::bytea, p.id, least(now() + make_interval(secs => $4::double precision), $5::timestamptz), $6::text,
    $7::inet
from profiles p
where p.id = $3::uuid and ($9::text is null or p.password_hash = $9::text)
for share
returning id, least(expires_at, last_seen_at + make_interval(secs => $8::double precision)) as expires_at
