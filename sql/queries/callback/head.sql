-- Called by callback::Store::head; the last entry of llm_callbacks_seq_key.
select coalesce(max(seq), 0) as head from llm_callbacks
