-- Called by callback::Store::kept; an entry of llm_callbacks_seq_key.
select coalesce(max(seq), 0) as kept from llm_callbacks where seq <= $1::bigint
