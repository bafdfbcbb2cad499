-- Called by callback::Store::record_acceptance; llm_callbacks_pkey. $1 reject, $2 what it became, $3 person. The
-- callback names the reject only if it was made from it: it may have been there before, received by itself. Both rows
-- are locked in the order of positions.
with pair as materialized (
    select id from llm_callbacks where id in ($1::uuid, $2::uuid) order by seq for no key update
), made as (
    update llm_callbacks c set accepted_from = $1::uuid
    from pair
    where c.id = pair.id and c.id = $2::uuid and c.accepted_by is not null and c.accepted_from is null
)
update llm_callbacks c
set accepted_as = $2::uuid, accepted_by = $3::uuid, accepted_at = clock_timestamp()
from pair
where c.id = pair.id and c.id = $1::uuid and c.accepted_as is null
