-- Called by fetch::Store::named; llm_callbacks_pkey.
select source, event_type, signature_valid or (accepted_by is not null and rejection is null) as vouched
from llm_callbacks
where id = $1::uuid and deleted_at is null
