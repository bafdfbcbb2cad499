-- Loses nothing: only the procedure that stores callbacks goes.
drop procedure if exists store_callbacks_v1;
