-- Called by callback::Store before each list: a search that finds nothing may not read the whole table.
set local statement_timeout = '3s'
