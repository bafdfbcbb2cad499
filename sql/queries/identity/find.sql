-- Called by session::sign_in with what an external token proves: the identity that an admin has recorded, or else the
-- profile whose id is the subject. external_identities_pkey, profiles_pkey.
select id, email, role, created_at from (
    select p.id, p.email, p.role, p.created_at, 1 as rank
    from external_identities i join profiles p on p.id = i.profile_id
    where i.issuer = $1 and i.subject = $2
    union all
    select id, email, role, created_at, 2 from profiles where id = $3
) as found
order by rank limit 1
