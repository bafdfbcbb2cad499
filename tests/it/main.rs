//! The integration tests: one binary, one topic a file, against a real PostgreSQL.

mod callback_detail;
mod callback_lists;
mod callback_members;
mod callback_positions;
mod callback_removal;
mod callback_views;
mod database;
mod embedded;
mod migrations;
mod support;
mod tidy;
mod tls;
