-- Called by db::migrate: which of its two tables are there, for a database that was never migrated has neither.
select
    to_regclass('refinery_schema_history') is not null as history,
    to_regclass('callbackd_schema') is not null as requirement
