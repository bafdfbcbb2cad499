-- One row as the LLM service's callback makes it, and nothing else: what `plain` sends, with values made here.
insert into llm_callbacks (
    id, seq, source, callback_id, dedupe_key, signature_valid, signature_header, verified_at, payload,
    payload_plain, payload_preview, external_job_id, workflow_name, event_type, status, subject_user_id,
    cost_usd, total_tokens, duration_ms, request_headers, created_at, updated_at
)
select
    id, nextval('llm_callbacks_seq'), 'llm', id::text, decode('01' || md5(id::text) || md5(id::text), 'hex'), true,
    'sha256=' || md5(id::text) || md5(id::text), now(), {payload}::json,
    true, left({payload}, 200), id::text, 'emergency_contacts', 'workflow.completed', 'processed',
    '1b6c1a52-6c55-4d2e-9f3f-6d7a3b0c9e77', 0.0513, 4631, 18412,
    '[["host","127.0.0.1"],["user-agent","callbackd-bench"],["content-type","application/json"]]', now(), now()
from (select gen_random_uuid() as id from generate_series(1, {rows})) as made
