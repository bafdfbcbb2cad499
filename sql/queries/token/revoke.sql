-- Called by session::tokens, for the owner, or for the command line when $2 is null; api_tokens_pkey. Every node is told
-- when it commits.
with revoked as (
    update api_tokens set revoked_at = now()
    where id = $1 and ($2::uuid is null or profile_id = $2) and revoked_at is null returning id
)
select id, pg_notify(
    'callbackd_signals', json_build_object('kind', 'token_revoked', 'tokens', json_build_array(id))::text
)
from revoked
