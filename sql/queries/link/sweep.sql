-- Called by session::Sessions hourly; a sequential scan, links are few.
delete from sign_in_links where expires_at < now()
