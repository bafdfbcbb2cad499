-- Called by callback::Store::finish_attempt; llm_callback_attempts_pkey. What has ended stays as it is.
update llm_callback_attempts
set ended_at = clock_timestamp(), status = $3::integer, duration_ms = $4::bigint, answer = $5::text, error = $6::text
where id = $1::uuid and callback_id = $2::uuid and ended_at is null
