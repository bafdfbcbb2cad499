-- Called by callback::Store::floor; the table has one row.
select floor_seq from cursor_epoch
