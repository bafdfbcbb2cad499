-- Loses which callback an accepted reject became, and from which reject a callback was made; that it was accepted, when
-- and by whom is kept.
alter table llm_callbacks drop column if exists accepted_as, drop column if exists accepted_from;
