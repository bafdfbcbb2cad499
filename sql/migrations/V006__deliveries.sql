-- Deliveries that a sender names by an id of its own (`webhook-id`): the same id with other content is stored as another
-- callback, and somebody should know. Only such rows are in the index; the first byte of their dedupe key is 2, the
-- sixteen behind it come from the id.
create index llm_callbacks_delivery_idx on llm_callbacks (source, substring(dedupe_key for 17))
    where get_byte(dedupe_key, 0) = 2;
