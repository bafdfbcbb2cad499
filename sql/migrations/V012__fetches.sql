-- Objects that thin callbacks only name: what is to be fetched, what was tried, and what came. They go with their callback.
create table llm_callback_fetches (
    callback_id uuid not null
        constraint llm_callback_fetches_pkey primary key
        constraint llm_callback_fetches_callback_id_fkey references llm_callbacks (id) on delete cascade,
    source text not null,
    state text not null default 'pending'
        constraint llm_callback_fetches_state_check check (state in ('pending', 'fetched', 'failed')),
    -- Begun, also those that nobody has come back from.
    attempts integer not null default 0,
    -- From when it may be tried. While somebody tries, from when that somebody counts as dead. Null at the end.
    next_at timestamptz,
    -- The attempt that is under way, by a name of its own.
    claim uuid,
    -- Of the last attempt: where it was asked for, what was answered, and why that was not the object.
    url text,
    tried_at timestamptz,
    status integer,
    error text,
    answer text,
    fetched_at timestamptz,
    -- json and not jsonb, as payloads: it keeps the text that came.
    object json
);
-- What is due, by source.
create index llm_callback_fetches_source_next_at_idx on llm_callback_fetches (source, next_at) where state = 'pending';

do $$
begin
    alter table llm_callback_fetches alter column object set compression lz4;
exception when feature_not_supported then
    raise notice 'this PostgreSQL has no lz4; objects are compressed with pglz';
end
$$;

-- Up to which position the callbacks of a source were looked at. Since the order of positions is that of commits, nothing
-- that becomes visible later lies below.
create table llm_callback_fetch_positions (
    source text not null constraint llm_callback_fetch_positions_pkey primary key,
    seq bigint not null
);

-- The keys with which sources that admins have added fetch, sealed as their secrets are.
create table source_fetch_keys (
    source text not null
        constraint source_fetch_keys_pkey primary key
        constraint source_fetch_keys_source_fkey references sources (name) on delete cascade,
    id uuid not null,
    key_id text not null,
    nonce bytea not null,
    sealed bytea not null,
    created_at timestamptz not null default now(),
    created_by uuid constraint source_fetch_keys_created_by_fkey references profiles (id) on delete set null
);
create index source_fetch_keys_created_by_idx on source_fetch_keys (created_by);
