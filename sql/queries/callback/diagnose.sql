-- Called by callback::Store::record_diagnosis; llm_callbacks_pkey. $1 id, $2 the diagnosis.
update llm_callbacks set diagnosis = $2::text::json where id = $1::uuid and deleted_at is null
