-- People and how they get in. The role is looked up on every request, so that taking it away works at once.
create table profiles (
    id uuid not null constraint profiles_pkey primary key,
    -- Kept in lower case by the server: addresses differ in case only by accident.
    email text not null constraint profiles_email_key unique,
    role text not null constraint profiles_role_check check (role in ('ADMIN', 'MEMBER')),
    -- argon2id in PHC form; null for people who sign in only with an external token or a link.
    password_hash text,
    -- What this person has set in the console: an opaque document of the console's.
    preferences json not null default '{}',
    created_at timestamptz not null default now()
);

-- An account at an external issuer. Made by an admin, never by a token: a token leads only to what stands here, or to
-- the profile whose id is its subject.
create table external_identities (
    issuer text not null,
    subject text not null,
    profile_id uuid not null
        constraint external_identities_profile_id_fkey references profiles (id) on delete cascade,
    constraint external_identities_pkey primary key (issuer, subject)
);
create index external_identities_profile_id_idx on external_identities (profile_id);

-- A browser's session. The token itself is never stored, only its SHA-256.
create table sessions (
    id uuid not null constraint sessions_pkey primary key,
    token_hash bytea not null constraint sessions_token_hash_key unique,
    profile_id uuid not null constraint sessions_profile_id_fkey references profiles (id) on delete cascade,
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    -- The latest end: the age limit, or earlier the end of the external token it was made from.
    expires_at timestamptz not null,
    revoked_at timestamptz,
    user_agent text not null,
    address inet not null
);
create index sessions_profile_id_idx on sessions (profile_id);
create index sessions_expires_at_idx on sessions (expires_at);

-- A program's token.
create table api_tokens (
    id uuid not null constraint api_tokens_pkey primary key,
    token_hash bytea not null constraint api_tokens_token_hash_key unique,
    profile_id uuid not null constraint api_tokens_profile_id_fkey references profiles (id) on delete cascade,
    name text not null,
    created_at timestamptz not null default now(),
    last_used_at timestamptz,
    revoked_at timestamptz
);
create index api_tokens_profile_id_idx on api_tokens (profile_id);

-- A one-time sign-in link of development mode.
create table sign_in_links (
    token_hash bytea not null constraint sign_in_links_pkey primary key,
    profile_id uuid not null constraint sign_in_links_profile_id_fkey references profiles (id) on delete cascade,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index sign_in_links_profile_id_idx on sign_in_links (profile_id);
