-- Called by callback::Store::prune: the next rows above the floor, up to $1; a range of llm_callbacks_seq_key.
select id, seq
from llm_callbacks
where seq > (select floor_seq from cursor_epoch) and seq <= $1::bigint
order by seq
limit $2::bigint
