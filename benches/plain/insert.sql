-- One callback, one statement, one transaction, one round trip: insert, take the next position, notify.
with stored as (
    insert into llm_callbacks (
        id, seq, source, callback_id, dedupe_key, signature_valid, signature_header, verified_at, payload,
        payload_plain, payload_preview, external_job_id, workflow_name, event_type, status, subject_user_id,
        cost_usd, total_tokens, duration_ms, request_headers, created_at, updated_at
    )
    values (
        $1, nextval('llm_callbacks_seq'), 'llm', $2, $3, true, $4, now(), $5::text::json,
        true, $6, $2, $7, $8, $9, $10,
        $11, $12, $13, $14::text::json, now(), now()
    )
    on conflict on constraint llm_callbacks_dedupe_key
        do update set delivery_count = llm_callbacks.delivery_count + 1
    returning id, seq, delivery_count
)
select id, seq, delivery_count > 1 as duplicate,
    case when delivery_count = 1 then pg_notify('plain_callbacks', seq::text || ' ' || $15::text)::text end
from stored
