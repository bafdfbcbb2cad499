-- Called by callback::Store::history_above; an entry of llm_callbacks_seq_key. $1 above, $2 below.
select seq, created_at from llm_callbacks where seq > $1::bigint and seq < $2::bigint order by seq limit 1
