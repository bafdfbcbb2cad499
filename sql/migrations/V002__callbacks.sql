-- The stored fact: one row for each distinct callback, and for each request that failed authentication.

-- Where positions come from. Called by the storing procedure alone, under the lock of the cursor.
create sequence llm_callbacks_seq as bigint cache 1;

create table llm_callbacks (
    -- Version 7, made by the server before the insert, so that a repeated attempt recognises its own row.
    id uuid not null constraint llm_callbacks_pkey primary key,
    -- The cursor. No default on purpose: a row that took a number outside the lock would break the order.
    seq bigint not null constraint llm_callbacks_seq_key unique,
    source text not null,
    callback_id text not null,
    -- Null for rejects, which collide with nothing. Its first byte is the version of the rule that made it.
    dedupe_key bytea,
    signature_valid boolean not null,
    signature_header text,
    verified_at timestamptz,
    -- Only for a rejected request whose body is not JSON text; every other body is in payload, byte for byte.
    raw_body bytea,
    -- json and not jsonb: it keeps the received text exactly, white space and key order included.
    payload json,
    -- False when the payload holds \u0000 or a lone surrogate, on which PostgreSQL's JSON operators fail.
    payload_plain boolean not null,
    payload_preview text not null,
    external_job_id text,
    workflow_name text,
    event_type text,
    status text not null
        constraint llm_callbacks_status_check check (status in ('received', 'processed', 'error')),
    error_message text,
    subject_user_id text,
    cost_usd double precision,
    total_tokens bigint,
    duration_ms bigint,
    -- An array of [name, value], in the order received, without Authorization and cookies.
    request_headers json not null,
    -- Why it failed authentication; null for what was verified, or was accepted unsigned.
    rejection text,
    diagnosis json,
    accepted_by uuid constraint llm_callbacks_accepted_by_fkey references profiles (id) on delete set null,
    accepted_at timestamptz,
    delivery_count integer not null default 1,
    -- clock_timestamp() under the lock of the cursor: the order of times is the order of positions.
    created_at timestamptz not null,
    updated_at timestamptz not null,
    -- Set when the row was deleted or pruned: an empty shell that keeps the dedupe key for 30 days.
    deleted_at timestamptz,
    -- Serves the insert's conflict, and look-ups by source and callback id.
    constraint llm_callbacks_dedupe_key unique (source, callback_id, signature_valid, dedupe_key)
);

-- Filtered pages of history, newest first. (source, seq) and (event_type, seq) likewise.
create index llm_callbacks_status_seq_idx on llm_callbacks (status, seq);
create index llm_callbacks_workflow_name_seq_idx on llm_callbacks (workflow_name, seq);
create index llm_callbacks_event_type_seq_idx on llm_callbacks (event_type, seq);
create index llm_callbacks_source_seq_idx on llm_callbacks (source, seq);
-- The other callbacks of a job.
create index llm_callbacks_external_job_id_seq_idx on llm_callbacks (external_job_id, seq);
-- A member's own callbacks.
create index llm_callbacks_subject_user_id_seq_idx on llm_callbacks (subject_user_id, seq)
    where subject_user_id is not null;
-- Counting and bounding what was not verified, which is rare.
create index llm_callbacks_unverified_idx on llm_callbacks (source, seq)
    where not signature_valid and deleted_at is null;
-- Shells whose 30 days are over.
create index llm_callbacks_deleted_at_idx on llm_callbacks (deleted_at) where deleted_at is not null;
-- A time as cursor, and pruning by age.
create index llm_callbacks_created_at_idx on llm_callbacks (created_at);
-- Who accepted: for the foreign key, when a person is removed.
create index llm_callbacks_accepted_by_idx on llm_callbacks (accepted_by) where accepted_by is not null;

-- lz4 costs a third of pglz for a 2 kB payload; a server built without it keeps its default.
do $$
begin
    alter table llm_callbacks alter column payload set compression lz4;
    alter table llm_callbacks alter column raw_body set compression lz4;
exception when feature_not_supported then
    raise notice 'this PostgreSQL has no lz4; payloads are compressed with pglz';
end
$$;

create function llm_callbacks_touch() returns trigger language plpgsql as $$
begin
    new.updated_at := clock_timestamp();
    return new;
end
$$;
create trigger llm_callbacks_touch before update on llm_callbacks
    for each row execute function llm_callbacks_touch();

-- Payloads for other people's queries. Rows on which the JSON operators would fail are left out.
create view llm_callback_payloads as
    select id, case when payload_plain then payload::text::jsonb end as payload
    from llm_callbacks
    where payload_plain and payload is not null and deleted_at is null;

-- Who has seen what. A join table, never an array: two tabs that mark at once must not overwrite each other.
create table llm_callback_views (
    callback_id uuid not null
        constraint llm_callback_views_callback_id_fkey references llm_callbacks (id) on delete cascade,
    admin_user_id uuid not null
        constraint llm_callback_views_admin_user_id_fkey references profiles (id) on delete cascade,
    viewed_at timestamptz not null default now(),
    constraint llm_callback_views_pkey primary key (callback_id, admin_user_id)
);
create index llm_callback_views_admin_user_id_idx on llm_callback_views (admin_user_id);

-- "All up to here is viewed": one row, whatever the number of callbacks. A new admin starts at the head.
create table llm_callback_view_marks (
    admin_user_id uuid not null
        constraint llm_callback_view_marks_pkey primary key
        constraint llm_callback_view_marks_admin_user_id_fkey references profiles (id) on delete cascade,
    through_seq bigint not null
);

-- Which life of which database the positions belong to. When it changes (failover, restore), positions jump by 2^32,
-- so that a number that clients have already seen never names another callback. One row.
create table cursor_epoch (
    singleton boolean not null default true
        constraint cursor_epoch_pkey primary key
        constraint cursor_epoch_singleton_check check (singleton),
    -- Null until the first write records them, so that a database made from a template starts without a jump.
    system_identifier bigint,
    timeline text,
    database_oid oid,
    -- The lowest position from which everything can still be replayed; pruning moves it up.
    floor_seq bigint not null default 0
);
insert into cursor_epoch (singleton) values (true);
