-- Loses which start of PostgreSQL positions belong to: after a snapshot is put back they may come again.
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
        begin
            select greatest(drawn, max(seq)) into highest from llm_callbacks;
            select * into epoch from cursor_epoch;
            select system_identifier into current_system from pg_control_system();
            current_timeline := left(pg_walfile_name(pg_current_wal_lsn()), 8);
            select oid into current_database_oid from pg_database where datname = current_database();
            if (epoch.system_identifier, epoch.timeline, epoch.database_oid)
                is not distinct from (current_system, current_timeline, current_database_oid) then
                return highest;
            end if;
            update cursor_epoch set system_identifier = current_system, timeline = current_timeline,
                database_oid = current_database_oid;
            return case when epoch.system_identifier is null then highest else highest + 4294967296 end;
        end
        $enter$;
    end if;
end
$$;
alter table if exists cursor_epoch drop column if exists started_at;
