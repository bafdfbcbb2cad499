-- Of catalog::store: nothing where the name is taken, or where there are as many as there may be.
insert into sources (name, settings, enabled, created_by, updated_by)
select $1::text, $2::json, $3::boolean, $4::uuid, $4::uuid
where (select count(*) from sources) < $5::bigint
on conflict do nothing
