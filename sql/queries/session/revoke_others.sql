-- Called by session::store for the console: all of $1's sessions but $2; sessions_profile_id_idx. Every node is told when
-- it commits, a hundred ids at a time: a notification holds less than 8,000 bytes.
with revoked as (
    update sessions set revoked_at = now()
    where profile_id = $1 and id <> $2 and revoked_at is null and expires_at > now()
    returning id
), numbered as (
    select id, row_number() over () / 100 as part from revoked
), told as (
    select pg_notify(
        'callbackd_signals',
        json_build_object('kind', 'session_revoked', 'sessions', json_agg(id))::text
    )
    from numbered group by part
)
select (select count(*) from revoked) as revoked, (select count(*) from told) as told
