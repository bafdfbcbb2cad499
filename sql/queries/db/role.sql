-- Asked for whoever must be told which rights to give. No index.
select current_user::text as role, coalesce(current_schema()::text, 'public') as schema
