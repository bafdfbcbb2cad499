-- Loses nothing: only the index that finds two callbacks under one delivery's id goes.
drop index if exists llm_callbacks_delivery_idx;
