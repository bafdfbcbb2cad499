-- Callbacks handed on: each attempt to send one again, to the machine of a developer or to an address of the settings,
-- and what was answered. They go with their callback.
create table llm_callback_attempts (
    id uuid not null constraint llm_callback_attempts_pkey primary key,
    callback_id uuid not null
        constraint llm_callback_attempts_callback_id_fkey references llm_callbacks (id) on delete cascade,
    -- The address, as it is shown.
    target text not null,
    -- Who asked for it, or whose program did it; null once that person is gone.
    profile_id uuid constraint llm_callback_attempts_profile_id_fkey references profiles (id) on delete set null,
    started_at timestamptz not null default clock_timestamp(),
    -- Null until it is known how it ended.
    ended_at timestamptz,
    -- HTTP status of the answer; null where there was none.
    status integer,
    duration_ms bigint,
    -- How the answer begins.
    answer text,
    -- Why there was no answer.
    error text
);
create index llm_callback_attempts_callback_id_idx on llm_callback_attempts (callback_id, started_at);
create index llm_callback_attempts_profile_id_idx on llm_callback_attempts (profile_id);
