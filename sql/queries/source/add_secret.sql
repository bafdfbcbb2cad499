-- Of catalog::store: nothing where there is no such source, or where it has as many secrets as it may.
insert into source_secrets (id, source, key_id, nonce, sealed, created_by)
select $1::uuid, sources.name, $3::text, $4::bytea, $5::bytea, $6::uuid from sources
where sources.name = $2 and (select count(*) from source_secrets where source = $2) < $7::bigint
