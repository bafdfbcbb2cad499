-- Called by callback::Store::unverified_count; llm_callbacks_unverified_idx. Counts no further than $1.
select count(*) as count
from (
    select 1 from llm_callbacks where not signature_valid and deleted_at is null limit $1::bigint
) t
