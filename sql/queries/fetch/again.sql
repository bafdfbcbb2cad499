-- Called by fetch::Store::again; llm_callbacks_pkey, llm_callback_fetches_pkey. What is being tried at this moment goes on.
-- An object that came earlier stays until another comes.
insert into llm_callback_fetches as f (callback_id, source, next_at)
select id, source, clock_timestamp() from llm_callbacks where id = $1::uuid and deleted_at is null for key share
on conflict (callback_id) do update
set state = 'pending', attempts = 0, next_at = clock_timestamp()
where f.claim is null or f.next_at < clock_timestamp()
