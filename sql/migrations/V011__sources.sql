-- Sources that admins add at run time, beside those of the configuration.

create table sources (
    name text not null constraint sources_pkey primary key,
    -- What `[sources.<name>]` would say in the settings file, less its secrets.
    settings json not null,
    enabled boolean not null default true,
    -- Goes up with each change, so that two admins do not undo each other unseen.
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid constraint sources_created_by_fkey references profiles (id) on delete set null,
    updated_at timestamptz not null default now(),
    updated_by uuid constraint sources_updated_by_fkey references profiles (id) on delete set null
);
create index sources_created_by_idx on sources (created_by);
create index sources_updated_by_idx on sources (updated_by);

-- Their secrets, sealed with a key that is not in the database.
create table source_secrets (
    id uuid not null constraint source_secrets_pkey primary key,
    source text not null
        constraint source_secrets_source_fkey references sources (name) on delete cascade,
    -- Which key sealed it: the beginning of the key's SHA-256.
    key_id text not null,
    nonce bytea not null,
    sealed bytea not null,
    -- From when it is refused; null while it is not being retired.
    until timestamptz,
    created_at timestamptz not null default now(),
    created_by uuid constraint source_secrets_created_by_fkey references profiles (id) on delete set null
);
create index source_secrets_source_idx on source_secrets (source);
create index source_secrets_created_by_idx on source_secrets (created_by);
