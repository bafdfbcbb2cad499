-- Of catalog::store: all secrets of a source but one end at a time, unless they end before.
update source_secrets set until = least(until, $3) where source = $1 and id <> $2
