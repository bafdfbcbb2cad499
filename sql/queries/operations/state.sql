-- Called by operations::store for the console: what the database is, and what it has that this node has not published
-- yet. llm_callbacks_seq_key, from $1 on, at most $2 entries; its size is that of its files.
select
    current_setting('server_version') as version,
    current_database()::text as name,
    pg_database_size(current_database()) as bytes,
    (select max(version) from refinery_schema_history) as schema_version,
    (select floor_seq from cursor_epoch) as floor_seq,
    count(*) as behind,
    coalesce(greatest(extract(epoch from clock_timestamp() - min(created_at)), 0), 0)::float8 as behind_seconds
from (select created_at from llm_callbacks where seq > $1 order by seq limit $2) as waiting
