-- Called by catalog::store::remove_fetch_key; source_fetch_keys_pkey.
delete from source_fetch_keys where source = $1::text
