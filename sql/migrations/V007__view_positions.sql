-- What a person has viewed one by one, in the order of positions: a page of it begins where the page begins, and ends
-- when it is full, instead of walking through everything that was never viewed to find it.
--
-- Locks llm_callback_views alone, some ten seconds for each million of its rows: meanwhile callbacks are received and
-- pushed, and the lists wait.
alter table llm_callback_views add column seq bigint;

-- A node of an earlier version names only the callback.
create function llm_callback_views_place() returns trigger language plpgsql as $$
begin
    select c.seq into new.seq from llm_callbacks c where c.id = new.callback_id;
    return new;
end
$$;
create trigger llm_callback_views_place before insert on llm_callback_views
    for each row when (new.seq is null) execute function llm_callback_views_place();

update llm_callback_views v set seq = c.seq from llm_callbacks c where c.id = v.callback_id;
alter table llm_callback_views alter column seq set not null;

create index llm_callback_views_admin_user_id_seq_idx on llm_callback_views (admin_user_id, seq);
-- The other begins with the same column.
drop index llm_callback_views_admin_user_id_idx;
