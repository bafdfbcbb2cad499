-- Called by db::migrate: the transaction that holds the lock is idle for as long as a migration takes.
set local idle_in_transaction_session_timeout = 0
