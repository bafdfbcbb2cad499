-- Called by the recorder of rejects after each record; walks llm_callbacks_unverified_idx for one source.
-- Sizes are those on disk, so that nothing is decompressed to be counted. The newest row is always kept.
delete from llm_callbacks
where id in (
    select id
    from (
        select id, row_number() over newest as place,
            sum(coalesce(pg_column_size(payload), 0) + coalesce(pg_column_size(raw_body), 0)) over newest as bytes
        from llm_callbacks
        where source = $1::text and not signature_valid and rejection is not null and deleted_at is null
        window newest as (order by seq desc)
    ) as kept
    where place > 1 and (place > $2::bigint or bytes > $3::bigint)
)
returning id
