-- Called by callback::Store for retention: one node at a time; held to the end of the transaction.
select pg_try_advisory_xact_lock(7161124095258616684) as locked
