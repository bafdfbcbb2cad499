-- Loses nothing: the older procedure stores as before. Building the index again reads the whole table.
drop procedure if exists store_callbacks_v2;
drop function if exists cursor_epoch_enter_v2(bigint);
alter table if exists llm_callbacks reset (toast_tuple_target);
alter table if exists llm_callbacks drop constraint if exists llm_callbacks_dedupe_key;
alter table if exists llm_callbacks
    add constraint llm_callbacks_dedupe_key unique (source, callback_id, signature_valid, dedupe_key);
create index if not exists llm_callbacks_external_job_id_seq_idx on llm_callbacks (external_job_id, seq);
alter table if exists llm_callbacks
    alter column request_headers set compression default,
    alter column payload_preview set compression default,
    alter column error_message set compression default,
    alter column diagnosis set compression default;
