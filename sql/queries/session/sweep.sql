-- Called by session::Sessions hourly, in batches of $1; sessions_expires_at_idx. A revoked session stays until its end.
delete from sessions where id in (select id from sessions where expires_at < now() order by expires_at limit $1)
