-- Of catalog::store: every source that an admin has added.
select name, settings, enabled, version from sources order by name limit $1
