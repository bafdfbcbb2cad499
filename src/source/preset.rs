//! What is known of services: tables of the same settings by which a source is configured.

use std::sync::LazyLock;

const PRESETS: &str = include_str!("presets.toml");

/// By name.
pub fn preset(name: &str) -> Option<&'static toml::Table> {
    presets().get(name)?.as_table()
}

pub fn names() -> impl Iterator<Item = &'static str> {
    presets().keys().map(String::as_str)
}

fn presets() -> &'static toml::Table {
    static PARSED: LazyLock<toml::Table> =
        LazyLock::new(|| PRESETS.parse().expect("a test reads every preset"));
    &PARSED
}
