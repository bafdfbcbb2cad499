-- Indexed text is compared byte by byte. Nobody reads these columns in alphabetical order; what matters is whether two
-- values are the same. A comparison of bytes costs a fraction of one by a language's rules, eleven times for each
-- callback that is stored; and an index whose order does not depend on the system's libraries does not become wrong
-- when they are upgraded, which would let a retry of a callback in a second time.
alter table llm_callbacks
    alter column source type text collate "C",
    alter column callback_id type text collate "C",
    alter column external_job_id type text collate "C",
    alter column workflow_name type text collate "C",
    alter column event_type type text collate "C",
    alter column status type text collate "C",
    alter column subject_user_id type text collate "C";
