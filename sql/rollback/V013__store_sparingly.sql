-- Loses nothing: the older procedure stores as before.
drop procedure if exists store_callbacks_v3;
