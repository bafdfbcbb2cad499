-- Called by fetch::Store::fetched; llm_callbacks_pkey.
update llm_callbacks
set workflow_name = $2::text, status = $3::text, error_message = $4::text, subject_user_id = $5::text,
    cost_usd = $6::double precision, total_tokens = $7::bigint, duration_ms = $8::bigint
where id = $1::uuid and deleted_at is null
