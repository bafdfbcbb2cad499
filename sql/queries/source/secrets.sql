-- Of catalog::store: the secrets of all of them, newest first.
select id, source, key_id, nonce, sealed, until, created_at from source_secrets order by created_at desc, id desc
