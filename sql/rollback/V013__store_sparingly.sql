-- Loses nothing: the older procedure stores as before. What enters an epoch stays: it does the same as the one before.
drop procedure if exists store_callbacks_v3;
