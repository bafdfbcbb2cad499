-- What was deleted, by position: so that counting what somebody has not viewed reads an index, and not the table only
-- to see that a row is still there. Written to by deletions alone.
create index llm_callbacks_shells_idx on llm_callbacks (seq) where deleted_at is not null;
