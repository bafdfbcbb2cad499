-- Everything that a migration can make, as text, one row a thing: two schemas are the same when these are.
select 'column ' || c.oid::regclass || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || case when a.attnotnull then ' not null' else '' end
    || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
    || ' compression=' || a.attcompression::text || ' storage=' || a.attstorage::text as thing
from pg_class as c
join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef as d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'p', 'm')
union all
select 'relation ' || relkind::text || ' ' || oid::regclass || ' ' || coalesce(reloptions::text, '')
from pg_class where relnamespace = 'public'::regnamespace
union all
select 'index ' || pg_get_indexdef(indexrelid) from pg_index where indrelid in (
    select oid from pg_class where relnamespace = 'public'::regnamespace
)
union all
select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
from pg_constraint where connamespace = 'public'::regnamespace
union all
select 'view ' || viewname || ' ' || definition from pg_views where schemaname = 'public'
union all
select 'trigger ' || pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
union all
select 'routine ' || pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace
union all
select 'sequence ' || sequencename || ' ' || data_type || ' ' || start_value || ' ' || increment_by || ' ' || cache_size
from pg_sequences where schemaname = 'public'
union all
select 'type ' || typname || ' ' || typtype::text from pg_type
where typnamespace = 'public'::regnamespace and typtype in ('e', 'd', 'r')
union all
select 'extension ' || extname from pg_extension
union all
select 'comment ' || classoid::regclass || ' ' || description from pg_description
where objoid in (select oid from pg_class where relnamespace = 'public'::regnamespace)
order by 1
