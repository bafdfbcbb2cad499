-- Loses: every stored callback and reject, who has viewed what, and the positions: clients start anew.
drop view if exists llm_callback_payloads;
drop table if exists cursor_epoch;
drop table if exists llm_callback_view_marks;
drop table if exists llm_callback_views;
drop table if exists llm_callbacks;
drop function if exists llm_callbacks_touch();
drop sequence if exists llm_callbacks_seq;
