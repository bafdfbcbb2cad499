-- Sent by the listener to itself, to see that notifications arrive. No index.
select pg_notify($1::text, $2::text)
