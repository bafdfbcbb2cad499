-- Called by callback::Store::check, unprepared; the last entry of llm_callbacks_seq_key, and one of cursor_gaps_pkey. $1
-- the cursor asked for. The head is the last one that there is.
select
    head.seq as head,
    $1::bigint <> 0 and (
        $1::bigint > head.seq
        or $1::bigint < epoch.floor_seq
        or coalesce($1::bigint <= gap.through_seq, false)
    ) as reset
from cursor_epoch as epoch
cross join (select coalesce(max(seq), 0) as seq from llm_callbacks) as head
left join lateral (
    select through_seq from cursor_gaps where after_seq < $1::bigint order by after_seq desc limit 1
) as gap on true
