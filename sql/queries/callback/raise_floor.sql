-- Called by callback::Store::prune before the rows are emptied; the table has one row.
update cursor_epoch set floor_seq = greatest(floor_seq, $1::bigint)
