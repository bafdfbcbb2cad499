-- Called by fetch::Store::begin; llm_callback_fetch_positions_pkey, one entry of llm_callbacks_created_at_idx. A source
-- begins a little before now: what it sent while it was being turned on is fetched too.
insert into llm_callback_fetch_positions (source, seq)
select
    source,
    coalesce((
        select seq from llm_callbacks
        where created_at <= clock_timestamp() - make_interval(secs => $2::double precision)
        order by created_at desc, seq desc
        limit 1
    ), 0)
from unnest($1::text[]) as source
on conflict (source) do nothing
