-- Called by db::migrate after the way back of a migration has run, in the same transaction; by primary key.
delete from refinery_schema_history where version = $1
