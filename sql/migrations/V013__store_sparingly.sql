-- What is stored is looked for first, without a lock and in a way that leaves the planner nothing to choose; only what
-- was there already, which is rare, is locked and counted, row by row.
--
-- Before, both were one statement over the batch. After a `vacuum` of an empty table (a cron job, a table whose rows
-- were all pruned) its kept plan went through the whole table for each batch, until the table was analyzed again.

-- The one way in: stores a batch, assigns positions, notifies, commits. Called outside any transaction, with arrays of
-- equal length whose dedupe keys are unique within the batch. The name carries a version, so that an older node can go
-- on with its own during a rolling upgrade; both take the same lock.
--
-- The lock of the cursor is taken in a statement of its own, before the first position is drawn, and held to the
-- commit: the order of positions is the order of commits, on every node and every standby. Within one statement the
-- snapshot would be older than the lock, and a duplicate committed meanwhile would be missed. Since everybody who
-- stores holds the lock, what is not found under it is not there: the insert needs no `on conflict`.
--
-- Assignments instead of `perform` where nothing is read: they are evaluated without a query.
--
-- Gives the rows that were there already, by their places in the batch; all others got the positions after
-- previous_seq, in their order.
create procedure store_callbacks_v3(
    ids uuid[], sources text[], callback_ids text[], dedupe_keys bytea[], signature_valids boolean[],
    signature_headers text[], verified_ats timestamptz[], raw_bodies bytea[], payloads text[],
    payload_plains boolean[], payload_previews text[], external_job_ids text[], workflow_names text[],
    event_types text[], statuses text[], error_messages text[], subject_user_ids text[],
    cost_usds double precision[], total_tokens_s bigint[], duration_ms_s bigint[], request_headers_s text[],
    rejections text[], accepted_bys uuid[], notifies boolean, row_lock_wait text, node uuid, enters boolean,
    inout known_places integer[] default null, inout known_ids uuid[] default null,
    inout known_seqs bigint[] default null, inout stored_at timestamptz default null,
    inout previous_seq bigint default null
)
language plpgsql as $$
declare
    rows integer := cardinality(ids);
    inserted bigint := 0;
    found_places integer[];
    found_ids uuid[];
    counted_seq bigint;
    done text;
begin
    -- Acknowledged means durable: never below `on`, and never lowering what an operator has raised.
    if current_setting('synchronous_commit') not in ('on', 'remote_apply') then
        done := set_config('synchronous_commit', 'on', true);
    end if;
    done := set_config('lock_timeout', '4s', true);
    perform pg_advisory_xact_lock(7161124095258616683);
    previous_seq := nextval('llm_callbacks_seq') - 1;
    if enters then
        previous_seq := cursor_epoch_enter_v2(previous_seq);
    end if;
    stored_at := clock_timestamp();

    -- Place by place (`offset 0` keeps it so), by the one index that has all of these columns. The source is compared
    -- in a way that no index serves: while the table is empty every index looks alike to the planner. By position,
    -- which is the order of locks of everybody who takes several.
    select array_agg(place order by kept.seq), array_agg(kept.id order by kept.seq)
    into found_places, found_ids
    from generate_series(1, rows) as place
    cross join lateral (
        select id, seq from llm_callbacks
        where callback_id = callback_ids[place] and source is not distinct from sources[place]
            and signature_valid = signature_valids[place] and dedupe_key = dedupe_keys[place]
        offset 0
    ) as kept;

    if found_places is not null then
        -- Waiting for somebody's row lock must not stop everybody: after a while the batch fails and is split.
        done := set_config('lock_timeout', row_lock_wait, true);
        -- A row with our own id is our own earlier attempt, not another delivery. The update is made all the same:
        -- a transaction that writes nothing would be acknowledged without waiting for a synchronous standby. A row
        -- that is removed while its lock is waited for is not known, and stored anew.
        for nth in 1 .. cardinality(found_places) loop
            update llm_callbacks
            set delivery_count = delivery_count + (id <> ids[found_places[nth]])::int
            where id = found_ids[nth]
            returning seq into counted_seq;
            if found then
                known_places := known_places || found_places[nth];
                known_ids := known_ids || found_ids[nth];
                known_seqs := known_seqs || counted_seq;
            end if;
        end loop;
        select array_agg(place order by place), array_agg(id order by place), array_agg(seq order by place)
        into known_places, known_ids, known_seqs
        from unnest(known_places, known_ids, known_seqs) as known (place, id, seq);
    end if;

    insert into llm_callbacks (
        id, seq, source, callback_id, dedupe_key, signature_valid, signature_header, verified_at, raw_body,
        payload, payload_plain, payload_preview, external_job_id, workflow_name, event_type, status,
        error_message, subject_user_id, cost_usd, total_tokens, duration_ms, request_headers, rejection,
        accepted_by, accepted_at, created_at, updated_at
    )
    select ids[place], previous_seq + nth, sources[place], callback_ids[place], dedupe_keys[place],
        signature_valids[place], signature_headers[place], verified_ats[place], raw_bodies[place],
        payloads[place]::json, payload_plains[place], payload_previews[place], external_job_ids[place],
        workflow_names[place], event_types[place], statuses[place], error_messages[place], subject_user_ids[place],
        cost_usds[place], total_tokens_s[place], duration_ms_s[place], request_headers_s[place]::json,
        rejections[place], accepted_bys[place], case when accepted_bys[place] is not null then stored_at end,
        stored_at, stored_at
    from (
        select place, row_number() over () as nth
        from generate_series(1, rows) as place
        where known_places is null or place <> all (known_places)
    ) as fresh;
    get diagnostics inserted = row_count;

    -- Back by the number that was drawn to look, if nothing took it.
    done := setval('llm_callbacks_seq', greatest(previous_seq + inserted, 1), previous_seq + inserted > 0);
    if notifies and inserted > 0 then
        done := pg_notify('callbackd_callbacks',
            format('%s %s %s %s', previous_seq, previous_seq + 1, previous_seq + inserted, node));
    end if;
    commit;
end
$$;
