-- Loses: every person with role and password, every session, API token and linked external account.
drop table if exists sign_in_links;
drop table if exists api_tokens;
drop table if exists sessions;
drop table if exists external_identities;
drop table if exists profiles;
