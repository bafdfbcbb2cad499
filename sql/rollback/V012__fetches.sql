-- Loses fetched objects, what was tried for them, and the keys that admins have given sources to fetch with.
drop table source_fetch_keys;
drop table llm_callback_fetch_positions;
drop table llm_callback_fetches;
