-- Called by session::lookup after it has answered, at most once a minute a token; api_tokens_pkey. Rows that another
-- node is touching are left to it.
update api_tokens set last_used_at = now() where id in (
    select id from api_tokens
    where id = any($1) and coalesce(last_used_at < now() - interval '1 minute', true)
    order by id for no key update skip locked
)
