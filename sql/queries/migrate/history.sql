-- Called by db::migrate: what was applied; a row a migration, by primary key.
select version, name, applied_on from refinery_schema_history order by version
