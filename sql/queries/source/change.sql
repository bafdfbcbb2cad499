-- Of catalog::store: nothing where somebody has changed it since.
update sources set settings = $3::json, enabled = $4, version = version + 1, updated_at = now(), updated_by = $5
where name = $1 and version = $2
returning version
