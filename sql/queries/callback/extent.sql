-- Called by callback::Store::extent; cursor_epoch has one row, and of cursor_gaps_pkey the latest $1 entries are read.
select epoch.floor_seq, gaps.afters, gaps.throughs
from cursor_epoch as epoch
cross join lateral (
    select coalesce(array_agg(after_seq), '{}') as afters, coalesce(array_agg(through_seq), '{}') as throughs
    from (select after_seq, through_seq from cursor_gaps order by after_seq desc limit $1::bigint) as latest
) as gaps
