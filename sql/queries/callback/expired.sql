-- Called by callback::Store::prune: the last position that is older than $1 seconds, by the database's clock; one
-- entry of llm_callbacks_created_at_idx.
select seq
from llm_callbacks
where created_at < clock_timestamp() - make_interval(secs => $1::double precision)
order by created_at desc, seq desc
limit 1
