-- Called by catalog::store::seal_fetch_key_again; source_fetch_keys_pkey. Only what is still sealed with the outdated key.
update source_fetch_keys
set key_id = $3::text, nonce = $4::bytea, sealed = $5::bytea
where source = $1::text and id = $2::uuid and key_id = $6::text
