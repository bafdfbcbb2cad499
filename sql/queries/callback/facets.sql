-- Called by callback::Store::facets for admins: the first $1 values of each column in order, found by jumping from one
-- value to the next in llm_callbacks_source_seq_idx, llm_callbacks_workflow_name_seq_idx and
-- llm_callbacks_event_type_seq_idx, so that the cost is that of the values and not of the rows. What a rejected request
-- calls its workflow and event is a stranger's word, and is passed over. A recursion goes only as far as is read.
with recursive sources (value) as (
    (select source from llm_callbacks where source > '' order by source limit 1)
    union all
    select (
        select c.source from llm_callbacks c where c.source > s.value order by c.source limit 1
    )
    from sources s
    where s.value is not null
), workflows (value) as (
    (
        select workflow_name from llm_callbacks
        where workflow_name > '' and rejection is null
        order by workflow_name limit 1
    )
    union all
    select (
        select c.workflow_name from llm_callbacks c
        where c.workflow_name > w.value and c.rejection is null
        order by c.workflow_name limit 1
    )
    from workflows w
    where w.value is not null
), events (value) as (
    (
        select event_type from llm_callbacks
        where event_type > '' and rejection is null
        order by event_type limit 1
    )
    union all
    select (
        select c.event_type from llm_callbacks c
        where c.event_type > e.value and c.rejection is null
        order by c.event_type limit 1
    )
    from events e
    where e.value is not null
)
select
    array(select value from sources where value is not null limit $1::bigint) as sources,
    array(select value from workflows where value is not null limit $1::bigint) as workflows,
    array(select value from events where value is not null limit $1::bigint) as events
