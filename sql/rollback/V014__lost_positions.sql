-- Loses which positions were lost with a life of the database: clients that have seen them are not told to reload.
do $$
begin
    if to_regproc('cursor_epoch_enter_v2') is not null then
        create or replace function cursor_epoch_enter_v2(drawn bigint) returns bigint language plpgsql as $enter$
        declare
            epoch cursor_epoch%rowtype;
            current_system bigint;
            current_timeline text;
            current_database_oid oid;
            highest bigint;
            by_the_clock bigint := extract(epoch from clock_timestamp()) * 131072;
        begin
            -- A sequence that was restored without its rows, or the other way round, must not give a number again.
            select greatest(drawn, max(seq)) into highest from llm_callbacks;
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
            return case
                when epoch.system_identifier is null then highest
                when by_the_clock > highest then by_the_clock
                else highest + 4294967296
            end;
        end
        $enter$;
    end if;
end
$$;
drop table if exists cursor_gaps;
