-- Asked by the listener at each tick: how full the cluster's notification queue is, 0 to 1. No index.
select pg_notification_queue_usage() as usage
