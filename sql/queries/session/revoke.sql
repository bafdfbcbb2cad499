-- Called by session::store for the console; sessions_pkey. Every node is told when it commits.
with revoked as (
    update sessions set revoked_at = now() where id = $1 and profile_id = $2 and revoked_at is null returning id
)
select id, pg_notify(
    'callbackd_signals', json_build_object('kind', 'session_revoked', 'sessions', json_build_array(id))::text
)
from revoked
