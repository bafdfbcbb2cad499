-- Run once by each connection that stores callbacks. The procedure counts on read committed, whatever the default is.
-- Its queries are few and each has one good plan, by index: made once, not for every batch, and not by statistics of
-- a table that was empty a minute ago.
set default_transaction_isolation = 'read committed';
set default_transaction_read_only = off;
set statement_timeout = 0;
set idle_in_transaction_session_timeout = '10s';
set plan_cache_mode = force_generic_plan;
set enable_seqscan = off;
set enable_bitmapscan = off;
set enable_hashjoin = off;
set enable_mergejoin = off
