-- A copy of the data that is put back (a snapshot of a disk, a base backup without recovery to a target) is the same
-- database, on the same timeline, with everything as it was: nothing in it says that positions were given out since.
-- But PostgreSQL was started for it. So with each start positions begin anew, above all that any life can have given.
alter table cursor_epoch add column started_at timestamptz;

-- Takes the highest position drawn so far, gives the one to go on after. In another life of the database than the one
-- that the last position was drawn in, that is the place of the clock, at 2^17 positions a second: twice of what
-- was ever measured, so that whatever was given before lies below, however many lives there were between backup and
-- restore; and 15 digits, which spreadsheets keep. Where the clock was set back, it is 2^32 higher.
--
-- Called under the cursor's lock, once a connection: no life changes under a connection that can write.
create or replace function cursor_epoch_enter_v2(drawn bigint) returns bigint language plpgsql as $$
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
$$;
