//! One file a subcommand; no rules here.

pub mod migrate;
