-- Callbacks $1 to $2 of a service that has run for months, one every twenty seconds: forty workflows of which the
-- first is the half of everything, eight steps for each that ends, one in fifty that fails (and never one of
-- workflow_39), four sources, one reject in a thousand. Small payloads: what is measured here are the lists, which do
-- not read them. Written as the storing procedure writes them, positions in order.
insert into llm_callbacks (
    id, seq, source, callback_id, dedupe_key, signature_valid, signature_header, verified_at, payload, payload_plain,
    payload_preview, external_job_id, workflow_name, event_type, status, error_message, subject_user_id, cost_usd,
    total_tokens, duration_ms, request_headers, rejection, created_at, updated_at
)
select
    overlay(overlay(
        (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || substr(h, 1, 20))
        placing '7' from 13 for 1) placing '8' from 17 for 1)::uuid,
    n, source, job, decode('01' || h || h, 'hex'), rejection is null, 'sha256=' || h || h,
    case when rejection is null then at end,
    json_build_object('event', event, 'job_id', job, 'workflow_name', workflow, 'text', preview), true,
    preview, job, workflow, event,
    case event when 'llm.step.completed' then 'received' when 'workflow.failed' then 'error' else 'processed' end,
    case event when 'workflow.failed' then 'The model did not answer in time' end,
    'user-' || n % 1000, 0.01 * (n % 100), n % 5000, n % 60000,
    '[["content-type","application/json"],["user-agent","llm-service/2.1"]]',
    rejection, at, at
from (
    select
        n, md5(n::text) as h, now() - (5000001 - n) * interval '1 second' as at, 'job-' || n / 9 as job,
        (array['llm', 'llm', 'llm', 'llm', 'llm', 'llm', 'openai', 'openai', 'replicate', 'github'])[1 + n / 7 % 10]
            as source,
        'workflow_' || case when n / 9 % 2 = 0 then 0 else n / 9 % 40 end as workflow,
        case
            when n % 9 < 8 then 'llm.step.completed'
            when n / 9 % 50 = 17 and n / 9 % 40 <> 39 then 'workflow.failed'
            else 'workflow.completed'
        end as event,
        case when n % 1000 = 501 then 'Invalid signature' end as rejection,
        -- Words enough that a text is in some, and one of them in a single callback.
        'A ' || (array['short', 'long', 'late', 'wide', 'last'])[1 + n % 5] || ' report on ' || md5((n / 9)::text)
            || case when n = 1234 then ', the needle in the haystack' else '' end
            || ', with figures, a summary and what the reader ought to know before the meeting on Monday' as preview
    from generate_series($1::bigint, $2::bigint) as n
) as made
order by n
