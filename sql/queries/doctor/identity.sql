-- Asked by the doctor on two connections: whether they lead to the same database. No index.
select current_database()::text as database, (select system_identifier::text from pg_control_system()) as system
