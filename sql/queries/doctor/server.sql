-- Asked by the doctor: what the server is, how it is set, and what time it has. No index.
select
    current_setting('server_version') as version,
    current_setting('synchronous_commit') as synchronous_commit,
    current_setting('fsync') as fsync,
    current_setting('full_page_writes') as full_page_writes,
    current_setting('transaction_read_only') = 'on' as read_only,
    current_user::text as role,
    coalesce(has_schema_privilege(current_schema(), 'create'), false) as may_create,
    clock_timestamp() as clock
