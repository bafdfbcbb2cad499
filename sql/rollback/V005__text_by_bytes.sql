-- Loses nothing. Building the indexes again reads the whole table.
alter table if exists llm_callbacks
    alter column source type text collate "default",
    alter column callback_id type text collate "default",
    alter column external_job_id type text collate "default",
    alter column workflow_name type text collate "default",
    alter column event_type type text collate "default",
    alter column status type text collate "default",
    alter column subject_user_id type text collate "default";
