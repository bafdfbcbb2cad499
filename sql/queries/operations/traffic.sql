-- Called by operations::store for the console: what each source of $1 has sent. By ranges of llm_callbacks_source_seq_idx
-- and llm_callbacks_unverified_idx. The source is written as a range of one value, and sorted by, so that no plan walks
-- through all callbacks by position until it meets a source that has long been silent. Counts go back to the position of
-- $2 seconds ago, and no further than $3; what was received is counted in the index alone.
with since as materialized (
    -- By llm_callbacks_created_at_idx.
    select coalesce((
        select seq from llm_callbacks
        where created_at <= now() - make_interval(secs => $2::double precision)
        order by created_at desc, seq desc limit 1
    ), 0) as seq
)
select s.name, last.id, last.created_at,
    (
        select count(*) from (
            select 1 from llm_callbacks c
            where c.source between s.name and s.name and c.seq > (select seq from since)
            order by c.source desc, c.seq desc
            limit $3::bigint
        ) t
    ) as received,
    (
        select count(*) from (
            select 1 from llm_callbacks c
            where c.source between s.name and s.name and c.seq > (select seq from since)
                and not c.signature_valid and c.deleted_at is null and c.rejection is not null
            order by c.source desc, c.seq desc
            limit $3::bigint
        ) t
    ) as rejects
from unnest($1::text[]) as s (name)
left join lateral (
    select c.id, c.created_at from llm_callbacks c
    where c.source between s.name and s.name and c.rejection is null and c.deleted_at is null
    order by c.source desc, c.seq desc
    limit 1
) as last on true
