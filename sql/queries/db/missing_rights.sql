-- Asked at the start and by the doctor: which of our tables and sequences this role may not use. By pg_class's index on
-- names.
select c.relname::text as name
from pg_class c
where c.relnamespace = to_regnamespace(current_schema())
    and (
        c.relkind = 'r'
        and c.relname = any($1::text[])
        and not (
            has_table_privilege(c.oid, 'select')
            and has_table_privilege(c.oid, 'insert')
            and has_table_privilege(c.oid, 'update')
            and has_table_privilege(c.oid, 'delete')
        )
        or c.relkind = 'S'
        and c.relname = any($2::text[])
        and not (
            has_sequence_privilege(c.oid, 'usage')
            and has_sequence_privilege(c.oid, 'select')
            and has_sequence_privilege(c.oid, 'update')
        )
    )
order by c.relname
