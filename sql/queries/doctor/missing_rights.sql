-- Asked by the doctor: which of our tables this role may not read and write. By pg_class's index on names.
select c.relname::text as name
from pg_class c
where c.relnamespace = to_regnamespace(current_schema())
    and c.relkind = 'r'
    and c.relname = any($1::text[])
    and not (
        has_table_privilege(c.oid, 'select')
        and has_table_privilege(c.oid, 'insert')
        and has_table_privilege(c.oid, 'update')
        and has_table_privilege(c.oid, 'delete')
    )
order by c.relname
