-- Called by callback::Store::cursor_at; one entry of llm_callbacks_created_at_idx. The callbacks of a batch share
-- their time, so the last of them is meant.
select seq
from llm_callbacks
where created_at <= $1::timestamptz
order by created_at desc, seq desc
limit 1
