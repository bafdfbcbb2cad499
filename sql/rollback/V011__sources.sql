-- Loses the sources that admins have added, with their secrets: their senders get 404. What they have sent stays.
drop table if exists source_secrets;
drop table if exists sources;
