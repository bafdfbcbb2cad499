-- Asked by the doctor: what keeps the notification queue and old rows from being cleaned. No index.
select
    pg_notification_queue_usage() as usage,
    (
        select count(*)
        from pg_stat_activity
        where state like 'idle in transaction%' and state_change < now() - interval '5 minutes'
    ) as idle,
    (select count(*) from pg_prepared_xacts where prepared < now() - interval '5 minutes') as prepared
