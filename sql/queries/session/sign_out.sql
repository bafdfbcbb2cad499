-- Called by session::store at sign-out, and before the same browser signs in again; sessions_token_hash_key. Every node
-- is told when it commits.
with revoked as (
    update sessions set revoked_at = now() where token_hash = $1 and revoked_at is null returning id
)
select id, pg_notify(
    'callbackd_signals', json_build_object('kind', 'session_revoked', 'sessions', json_build_array(id))::text
)
from revoked
