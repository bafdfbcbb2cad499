-- Called by session::people, in a transaction that holds the admins' locks; profiles_pkey. Sessions, tokens and marks
-- go with the person. Every node is told when the transaction commits.
with gone as (
    delete from profiles where id = $1 returning id
)
select id,
    pg_notify('callbackd_signals', json_build_object('kind', 'role_changed', 'profiles', json_build_array(id))::text)
from gone
