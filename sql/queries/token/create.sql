-- Called by session::tokens; api_tokens_profile_id_idx counts what the person has, of at most $5.
insert into api_tokens (id, token_hash, profile_id, name)
select $1, $2, $3, $4
where (select count(*) from api_tokens where profile_id = $3 and revoked_at is null) < $5
