-- Called by session::Sessions hourly; a sequential scan, tokens are few.
delete from api_tokens where revoked_at < now() - interval '30 days'
