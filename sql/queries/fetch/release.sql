-- Called by fetch::Store::release; llm_callback_fetches_pkey. What was broken off was no attempt.
update llm_callback_fetches
set claim = null, attempts = attempts - 1, next_at = clock_timestamp()
where callback_id = any($1::uuid[]) and claim = any($2::uuid[])
