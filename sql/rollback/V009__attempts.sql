-- Loses the record of which callbacks were sent again, where, and what was answered.
drop table if exists llm_callback_attempts;
