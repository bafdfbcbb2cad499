-- Called by catalog::store::all; every row: at most one for each source.
select source, id, key_id, nonce, sealed from source_fetch_keys
