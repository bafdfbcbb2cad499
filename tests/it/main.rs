//! The integration tests: one binary, one topic a file, against a real PostgreSQL.

mod api_document;
mod callback_detail;
mod callback_lists;
mod callback_members;
mod callback_positions;
mod callback_removal;
mod callback_views;
mod database;
mod embedded;
mod fault_process;
mod migrations;
mod receive_answers;
mod session_app;
mod session_cli;
mod session_credentials;
mod session_external;
mod session_people;
mod session_sign_in;
mod support;
mod tidy;
mod tls;
