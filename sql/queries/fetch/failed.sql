-- Called by fetch::Store::failed; llm_callback_fetches_pkey. Only for whom it was given to. Tried again after $7 seconds,
-- or never.
update llm_callback_fetches
set state = case when $7::double precision is null then 'failed' else 'pending' end,
    next_at = clock_timestamp() + make_interval(secs => $7::double precision),
    claim = null, url = coalesce($3::text, url), status = $4::integer, error = $5::text, answer = $6::text
where callback_id = $1::uuid and claim = $2::uuid
