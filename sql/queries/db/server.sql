-- Called by db::Db::check once at start: what kind of server and database this is.
select
    current_setting('server_version_num')::int as version,
    pg_encoding_to_char(encoding)::text as encoding
from pg_database
where datname = current_database()
