-- Called by callback::Store::rejected; llm_callbacks_pkey. $1 id.
select c.source, c.rejection, c.request_headers::text as request_headers, c.payload::text as payload, c.raw_body,
    c.created_at, c.diagnosis::text as diagnosis, c.accepted_as
from llm_callbacks c
where c.id = $1::uuid and c.deleted_at is null
