-- Called by session::store; sign_in_links_pkey. Ten minutes are long enough to copy a line from a terminal.
insert into sign_in_links (token_hash, profile_id, expires_at) values ($1, $2, now() + interval '10 minutes')
