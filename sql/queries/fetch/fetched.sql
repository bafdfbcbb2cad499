-- Called by fetch::Store::fetched; llm_callback_fetches_pkey. Only for whom it was given to.
update llm_callback_fetches
set state = 'fetched', next_at = null, claim = null, url = $3::text, status = $4::integer, error = null, answer = null,
    fetched_at = clock_timestamp(), object = $5::text::json
where callback_id = $1::uuid and claim = $2::uuid
