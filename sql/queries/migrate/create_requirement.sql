-- Called by db::migrate before the first migration. Like refinery's own history, this table belongs to no migration.
-- A migration that older programs do not survive raises minimum_version to its own number, and its way back lowers it.
create table if not exists callbackd_schema (
    only_row boolean primary key default true check (only_row),
    minimum_version integer not null
);
insert into callbackd_schema (minimum_version) values (0) on conflict do nothing;
