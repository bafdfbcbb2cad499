-- Of catalog::store.
delete from source_secrets where source = $1 and id = $2
