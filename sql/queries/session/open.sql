-- Called by session::store when somebody has signed in; sessions_pkey and sessions_token_hash_key.
-- $4 is the longest life in seconds, $5 an earlier end (of an external token) or null, $8 the idle time in seconds.
insert into sessions (id, token_hash, profile_id, expires_at, user_agent, address)
values ($1, $2, $3, least(now() + make_interval(secs => $4), $5), $6, $7)
returning id, least(expires_at, last_seen_at + make_interval(secs => $8)) as expires_at
