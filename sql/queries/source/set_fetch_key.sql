-- Called by catalog::store::set_fetch_key; sources_pkey, source_fetch_keys_pkey. In place of the one before; nothing for a
-- source that is not there.
insert into source_fetch_keys (source, id, key_id, nonce, sealed, created_by)
select name, $2::uuid, $3::text, $4::bytea, $5::bytea, $6::uuid from sources where name = $1::text
on conflict (source) do update
set id = excluded.id, key_id = excluded.key_id, nonce = excluded.nonce, sealed = excluded.sealed,
    created_at = now(), created_by = excluded.created_by
