-- Called by callback::Store::same_delivery: for each callback of $3 another one under the same id of a delivery;
-- llm_callbacks_delivery_idx. $1 sources, $2 the id's parts of their dedupe keys.
select asked.source, asked.id, other.id as other_id
from unnest($1::text[], $2::bytea[], $3::uuid[]) as asked (source, delivery, id)
cross join lateral (
    select c.id
    from llm_callbacks c
    where c.source = asked.source
        and substring(c.dedupe_key for 17) = asked.delivery
        and get_byte(c.dedupe_key, 0) = 2
        and c.signature_valid
        and c.id <> asked.id
    limit 1
) as other
