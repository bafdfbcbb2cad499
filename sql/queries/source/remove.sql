-- Of catalog::store: its secrets go with it.
delete from sources where name = $1
