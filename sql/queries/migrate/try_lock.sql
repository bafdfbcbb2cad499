-- Called by db::migrate, in a transaction that stays open while migrations run on another connection.
select pg_try_advisory_xact_lock($1) as locked
