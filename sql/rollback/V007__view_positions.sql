-- Loses nothing: the position of a view is that of its callback.
do $$
begin
    if to_regclass('llm_callback_views') is not null then
        create index if not exists llm_callback_views_admin_user_id_idx on llm_callback_views (admin_user_id);
    end if;
end
$$;
drop index if exists llm_callback_views_admin_user_id_seq_idx;
drop trigger if exists llm_callback_views_place on llm_callback_views;
drop function if exists llm_callback_views_place();
alter table if exists llm_callback_views drop column if exists seq;
