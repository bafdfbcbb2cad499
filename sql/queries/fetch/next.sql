-- Called by fetch::Store::next; llm_callback_fetches_source_next_at_idx. Seconds until something is due, below 0 if it is;
-- null where nothing is pending.
select min(extract(epoch from next_at - clock_timestamp()))::double precision as wait
from unnest($1::text[]) as wanted,
    lateral (
        select next_at from llm_callback_fetches
        where source = wanted and state = 'pending'
        order by next_at
        limit 1
    ) as first
