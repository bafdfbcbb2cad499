-- Run once by each connection that stores callbacks. The procedure counts on read committed, whatever the default is.
set default_transaction_isolation = 'read committed';
set default_transaction_read_only = off;
set statement_timeout = 0;
set idle_in_transaction_session_timeout = '10s'
