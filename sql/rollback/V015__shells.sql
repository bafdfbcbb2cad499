-- Loses nothing; counts of what was not viewed read the table again.
drop index if exists llm_callbacks_shells_idx;
