-- Called by fetch::Store::look; llm_callbacks_source_seq_idx. What a source has sent since, and the head, of one moment;
-- the head alone where there is nothing. Nothing is fetched for requests that nobody has vouched for, nor for tests ($4).
select h.seq as head, c.id, c.seq, c.event_type
from (select coalesce(max(seq), 0) as seq from llm_callbacks) h
left join lateral (
    select id, seq, event_type
    from llm_callbacks
    where source = $1::text
        and seq > $2::bigint
        and deleted_at is null
        and (signature_valid or (accepted_by is not null and rejection is null))
        -- Within a string of JSON a quote has a backslash in front.
        and strpos(request_headers::text, '["' || $4::text || '",') = 0
    order by seq
    limit $3::bigint
) c on true
order by c.seq
