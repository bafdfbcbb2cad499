-- Called by fetch::Store::look; llm_callback_fetches_pkey.
insert into llm_callback_fetches (callback_id, source, next_at)
select id, $2::text, clock_timestamp() from unnest($1::uuid[]) as id
on conflict (callback_id) do nothing
