-- Positions that name no callback any more, so that whoever comes back from one of them is told so.
--
-- When the database is another than it was (a failover, a backup that was put back), positions jump. What lies between
-- the last one that is known here and the first one of the new life was never given, or was given by a life whose end is
-- lost. A client that has seen any of it shows what is not there, and must reload. Until something new is stored its
-- cursor is above the head, which tells as much; from then on only this table does.
create table cursor_gaps (
    -- Above the highest position of the life before.
    after_seq bigint not null
        constraint cursor_gaps_pkey primary key,
    -- Up to where the new life goes on.
    through_seq bigint not null,
    constraint cursor_gaps_order_check check (after_seq < through_seq)
);

-- As before, and notes what is skipped. A life in which nothing was stored makes one gap with the next. What lies below
-- the floor is told to reload in any case.
create or replace function cursor_epoch_enter_v2(drawn bigint) returns bigint language plpgsql as $$
declare
    epoch cursor_epoch%rowtype;
    current_system bigint;
    current_timeline text;
    current_database_oid oid;
    kept bigint;
    highest bigint;
    entered bigint;
    by_the_clock bigint := extract(epoch from clock_timestamp()) * 131072;
begin
    -- From the end of the index, whatever the planner knows: `max` may go through the table when that seems empty.
    select coalesce((select seq from llm_callbacks order by seq desc limit 1), 0) into kept;
    -- A sequence that was restored without its rows, or the other way round, must not give a number again.
    highest := greatest(drawn, kept);
    select * into epoch from cursor_epoch;
    select system_identifier into current_system from pg_control_system();
    current_timeline := left(pg_walfile_name(pg_current_wal_lsn()), 8);
    select oid into current_database_oid from pg_database where datname = current_database();
    if (epoch.system_identifier, epoch.timeline, epoch.database_oid, epoch.started_at)
        is not distinct from (current_system, current_timeline, current_database_oid, pg_postmaster_start_time())
    then
        return highest;
    end if;
    update cursor_epoch set system_identifier = current_system, timeline = current_timeline,
        database_oid = current_database_oid, started_at = pg_postmaster_start_time();
    if epoch.system_identifier is null then
        return highest;
    end if;
    entered := case when by_the_clock > highest then by_the_clock else highest + 4294967296 end;
    delete from cursor_gaps where through_seq <= epoch.floor_seq;
    insert into cursor_gaps (after_seq, through_seq) values (kept, entered)
    on conflict (after_seq) do update set through_seq = excluded.through_seq;
    return entered;
end
$$;
