-- The one way in: stores a batch, assigns positions, notifies, commits. Called by the writer outside any transaction,
-- with arrays of equal length whose dedupe keys are unique within the batch. The name carries a version, so that
-- an older node can go on with its own during a rolling upgrade.
--
-- The lock of the cursor is taken in a statement of its own, before the first position is drawn, and held to the
-- commit: the order of positions is the order of commits, on every node and every standby. Within one statement the
-- snapshot would be older than the lock, and a duplicate committed meanwhile would be missed.
create procedure store_callbacks_v1(
    ids uuid[], sources text[], callback_ids text[], dedupe_keys bytea[], signature_valids boolean[],
    signature_headers text[], verified_ats timestamptz[], raw_bodies bytea[], payloads text[],
    payload_plains boolean[], payload_previews text[], external_job_ids text[], workflow_names text[],
    event_types text[], statuses text[], error_messages text[], subject_user_ids text[],
    cost_usds double precision[], total_tokens_s bigint[], duration_ms_s bigint[], request_headers_s text[],
    rejections text[], accepted_bys uuid[], notifies boolean, row_lock_wait text,
    node uuid,
    inout stored_ids uuid[] default null, inout stored_seqs bigint[] default null,
    inout duplicates boolean[] default null, inout stored_at timestamptz default null,
    inout previous_seq bigint default null
)
language plpgsql as $$
declare
    epoch cursor_epoch%rowtype;
    current_system bigint;
    current_timeline text;
    current_database_oid oid;
    base bigint;
    first_seq bigint;
    last_seq bigint;
begin
    -- Acknowledged means durable: never below `on`, and never lowering what an operator has raised.
    if current_setting('synchronous_commit') not in ('on', 'remote_apply') then
        perform set_config('synchronous_commit', 'on', true);
    end if;
    perform set_config('lock_timeout', '4s', true);
    perform pg_advisory_xact_lock(7161124095258616683);

    select coalesce(max(seq), 0) into previous_seq from llm_callbacks;

    select * into epoch from cursor_epoch;
    select system_identifier into current_system from pg_control_system();
    current_timeline := left(pg_walfile_name(pg_current_wal_lsn()), 8);
    select oid into current_database_oid from pg_database where datname = current_database();
    if (epoch.system_identifier, epoch.timeline, epoch.database_oid)
        is distinct from (current_system, current_timeline, current_database_oid) then
        if epoch.system_identifier is not null then
            perform setval('llm_callbacks_seq', greatest(nextval('llm_callbacks_seq'), previous_seq) + 4294967296);
        end if;
        update cursor_epoch set system_identifier = current_system, timeline = current_timeline,
            database_oid = current_database_oid;
    end if;
    base := nextval('llm_callbacks_seq') - 1;
    perform setval('llm_callbacks_seq', base + cardinality(ids));

    -- Waiting for somebody's row lock must not stop everybody: after a while the batch fails and is split.
    perform set_config('lock_timeout', row_lock_wait, true);
    stored_at := clock_timestamp();
    with input as (
        select * from unnest(
            ids, sources, callback_ids, dedupe_keys, signature_valids, signature_headers, verified_ats, raw_bodies,
            payloads, payload_plains, payload_previews, external_job_ids, workflow_names, event_types, statuses,
            error_messages, subject_user_ids, cost_usds, total_tokens_s, duration_ms_s, request_headers_s, rejections,
            accepted_bys
        ) with ordinality as t (
            id, source, callback_id, dedupe_key, signature_valid, signature_header, verified_at, raw_body,
            payload, payload_plain, payload_preview, external_job_id, workflow_name, event_type, status,
            error_message, subject_user_id, cost_usd, total_tokens, duration_ms, request_headers, rejection,
            accepted_by, place
        )
    ), written as (
        insert into llm_callbacks as kept (
            id, seq, source, callback_id, dedupe_key, signature_valid, signature_header, verified_at, raw_body,
            payload, payload_plain, payload_preview, external_job_id, workflow_name, event_type, status,
            error_message, subject_user_id, cost_usd, total_tokens, duration_ms, request_headers, rejection,
            accepted_by, accepted_at, created_at, updated_at
        )
        select id, base + place, source, callback_id, dedupe_key, signature_valid, signature_header, verified_at,
            raw_body, payload::json, payload_plain, payload_preview, external_job_id, workflow_name, event_type,
            status, error_message, subject_user_id, cost_usd, total_tokens, duration_ms, request_headers::json,
            rejection, accepted_by, case when accepted_by is not null then stored_at end, stored_at, stored_at
        from input
        -- A row with our own id is our own earlier attempt, not another delivery. The update is made all the same:
        -- a transaction that writes nothing would be acknowledged without waiting for a synchronous standby.
        on conflict on constraint llm_callbacks_dedupe_key
            do update set delivery_count = kept.delivery_count + (kept.id <> excluded.id)::int
        returning kept.id, kept.seq, kept.source, kept.callback_id, kept.signature_valid, kept.dedupe_key
    )
    select array_agg(written.id order by place), array_agg(written.seq order by place),
        array_agg(written.id <> input.id order by place),
        min(written.seq) filter (where written.seq > base), max(written.seq) filter (where written.seq > base)
    into stored_ids, stored_seqs, duplicates, first_seq, last_seq
    from input join written on written.source = input.source and written.callback_id = input.callback_id
        and written.signature_valid = input.signature_valid
        and coalesce(written.dedupe_key, uuid_send(written.id)) = coalesce(input.dedupe_key, uuid_send(input.id));

    if notifies and first_seq is not null then
        perform pg_notify('callbackd_callbacks', format('%s %s %s %s', previous_seq, first_seq, last_seq, node));
    end if;
    commit;
end
$$;
