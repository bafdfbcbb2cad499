-- Called by callback::Store::facets for members: the values among the newest of one's own callbacks; a backward range
-- of llm_callbacks_subject_user_id_seq_idx. No index holds an owner's values in order, so it looks at no more than $3
-- rows. $1 owner, $2 values of each column.
with newest as materialized (
    select c.source, c.workflow_name, c.event_type
    from llm_callbacks c
    where c.subject_user_id = $1::text and c.signature_valid and c.deleted_at is null
    order by c.seq desc
    limit $3::bigint
)
select
    array(select distinct source from newest where source > '' order by source limit $2::bigint) as sources,
    array(
        select distinct workflow_name from newest where workflow_name > '' order by workflow_name limit $2::bigint
    ) as workflows,
    array(select distinct event_type from newest where event_type > '' order by event_type limit $2::bigint) as events
