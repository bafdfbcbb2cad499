-- Called by fetch::Store::look; llm_callback_fetch_positions_pkey.
update llm_callback_fetch_positions set seq = $2::bigint where source = $1::text
