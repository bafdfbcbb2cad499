-- Called by callback::Store::unviewed_counts, as unviewed_count for each of several people, in their order; the same
-- indexes. Counts no further than $3 for each. $1 people, $2 their owners.
select case when asked.owner is null
    then (
        select count(*) from (
            select 1
            from llm_callbacks c
            where c.seq > coalesce(mark.through_seq, 0)
                and not exists (
                    select 1 from llm_callbacks s
                    where s.seq = c.seq and s.seq > coalesce(mark.through_seq, 0) and s.deleted_at is not null
                )
                and not exists (
                    select 1 from llm_callback_views v where v.admin_user_id = asked.person and v.seq = c.seq
                )
            limit $3::bigint
        ) t
    )
    else (
        select count(*) from (
            select 1
            from llm_callbacks c
            where c.deleted_at is null
                and c.seq > coalesce(mark.through_seq, 0)
                and c.subject_user_id = asked.owner and c.signature_valid
                and not exists (
                    select 1 from llm_callback_views v where v.admin_user_id = asked.person and v.seq = c.seq
                )
            limit $3::bigint
        ) t
    )
end as count
from unnest($1::uuid[], $2::text[]) with ordinality as asked (person, owner, place)
left join llm_callback_view_marks mark on mark.admin_user_id = asked.person
order by asked.place
