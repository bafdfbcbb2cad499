-- Called by callback::Store::remove_shells; llm_callbacks_deleted_at_idx. The row with the highest position stays
-- whatever its age: positions are read as max(seq), and must not go back.
delete from llm_callbacks
where id in (
    select id
    from llm_callbacks
    where deleted_at < clock_timestamp() - make_interval(secs => $1::double precision)
        and seq < (select max(seq) from llm_callbacks)
    order by deleted_at
    limit $2::bigint
)
