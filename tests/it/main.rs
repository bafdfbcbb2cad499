//! The integration tests: one binary, one topic a file, against a real PostgreSQL.

mod database;
mod embedded;
mod migrations;
mod support;
mod tidy;
mod tls;
