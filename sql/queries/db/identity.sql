-- Called by Db::identity at start, to see that two addresses lead to the same database. No index.
select system_identifier, (select oid from pg_database where datname = current_database()) as database_oid
from pg_control_system()
