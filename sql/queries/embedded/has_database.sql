-- Called by embedded::start after the cluster is ready; pg_database has an index on datname.
select 1 from pg_database where datname = $1
