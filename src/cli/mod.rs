//! One file a subcommand; no rules here.

pub mod admin;
pub mod migrate;
pub mod token;
