//! The integration tests: one binary, one topic a file, against a real PostgreSQL.

mod callback_positions;
mod database;
mod embedded;
mod migrations;
mod support;
mod tidy;
mod tls;
