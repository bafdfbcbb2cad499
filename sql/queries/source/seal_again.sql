-- Of catalog::store: a secret that another key sealed, unless another node was faster.
update source_secrets set key_id = $2, nonce = $3, sealed = $4 where id = $1 and key_id = $5
