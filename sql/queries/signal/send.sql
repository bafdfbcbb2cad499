-- Called by whoever changes what other nodes show, in the transaction of the change.
select pg_notify('callbackd_signals', $1::text)
