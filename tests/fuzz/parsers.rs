//! What libFuzzer runs: the one property that the variable `PROPERTY` names.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;

mod properties;

fuzz_target!(|bytes: &[u8]| {
    static PROPERTY: OnceLock<properties::Property> = OnceLock::new();
    let property = PROPERTY.get_or_init(|| {
        let name = std::env::var("PROPERTY").unwrap_or_default();
        let found = properties::PROPERTIES.iter().find(|(known, _)| *known == name);
        found.unwrap_or_else(|| panic!("there is no property {name:?}")).1
    });
    property(bytes);
});
