-- Called by callback::Store::delete and ::prune: empties rows and takes their views, attempts and
-- objects away; llm_callbacks_pkey. What is left keeps the dedupe key, so that the same request sent again stays hidden. Gives whose they were. Rows are
-- locked in the order of positions, so that two who delete the same never wait for each other in a circle.
with target as materialized (
    -- What was not verified names its owner without proof, so it is nobody's.
    select id, case when signature_valid then subject_user_id end as owner
    from llm_callbacks
    where id = any($1::uuid[]) and deleted_at is null
    order by seq
    for no key update
), emptied as (
    update llm_callbacks c
    set deleted_at = clock_timestamp(), signature_header = null, raw_body = null, payload = null,
        payload_plain = false, payload_preview = '', external_job_id = null, workflow_name = null, event_type = null,
        error_message = null, subject_user_id = null, cost_usd = null, total_tokens = null, duration_ms = null,
        request_headers = '[]', diagnosis = null
    from target
    where c.id = target.id
), unviewed as (
    delete from llm_callback_views v using target where v.callback_id = target.id
), forgotten as (
    delete from llm_callback_attempts a using target where a.callback_id = target.id
), unfetched as (
    delete from llm_callback_fetches f using target where f.callback_id = target.id
)
select id, owner from target
