-- Called by callback::Store::raw; llm_callbacks_pkey. $1 owner, $2 id.
select c.raw_body, c.payload::text as payload
from llm_callbacks c
where c.id = $2::uuid
    and c.deleted_at is null
    and ($1::text is null or (c.subject_user_id = $1::text and c.signature_valid))
