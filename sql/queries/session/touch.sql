-- Called by session::lookup after it has answered, at most once a minute a session; sessions_pkey. Rows that another
-- node is touching are left to it.
update sessions set last_seen_at = now() where id in (
    select id from sessions where id = any($1) and last_seen_at < now() - interval '1 minute'
    order by id for no key update skip locked
)
