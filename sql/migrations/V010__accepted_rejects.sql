-- A rejected request that an admin has accepted, and the callback that it became: each names the other. No foreign keys:
-- either may go before the other, and whoever follows the name is told so. No index: both are only read with their row.
-- Takes no time, however many rows there are.
alter table llm_callbacks
    add column accepted_as uuid,
    add column accepted_from uuid;
