//! Variables that begin as ours do and mean nothing. A misspelt one must not go unnoticed: it would leave a default in
//! force that nobody chose. They cannot be refused either, since some systems set such by themselves.

use std::collections::BTreeSet;

use super::{
    layers::{Layers, near},
    sources::VARIABLES,
    table::{SETTINGS, Setting},
};

const OURS: &str = "CALLBACKD_";

/// A sentence for each.
pub fn ignored(layers: &Layers) -> Vec<String> {
    let known: BTreeSet<String> = SETTINGS.iter().flat_map(Setting::variables).collect();
    let names = layers.variables(OURS).map(|(name, _)| name);
    // Those of sources are refused where they are read.
    let odd = names.filter(|name| {
        !known.contains(*name) && !name.starts_with(VARIABLES) && !is_of_kubernetes(&name[OURS.len()..])
    });
    odd.map(|name| {
        let hint = near(name, &known).map(|near| format!(": did you mean {near}?")).unwrap_or_default();
        format!("{name} is no setting and is ignored{hint}")
    })
    .collect()
}

/// Every container is told where a service named `callbackd` is.
fn is_of_kubernetes(rest: &str) -> bool {
    rest.starts_with("SERVICE_") || rest == "PORT" || rest.starts_with("PORT_")
}
