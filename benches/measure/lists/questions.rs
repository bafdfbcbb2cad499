//! What people ask of the lists: every combination of up to three filters that the console offers, with values that are
//! in half of all callbacks, in few, and never together.

/// Each with a common value and a rare one. No callback of `workflow_39` failed.
const FILTERS: [(&str, [&str; 2]); 6] = [
    ("source", ["llm", "github"]),
    ("status", ["received", "error"]),
    ("workflow", ["workflow_0", "workflow_39"]),
    ("event", ["llm.step.completed", "workflow.failed"]),
    ("signature", ["valid", "invalid"]),
    ("viewed", ["true", "false"]),
];

/// Queries of the history, each beginning with `&`.
pub fn combinations() -> Vec<String> {
    let mut all = vec![(0, String::new())];
    for filters in 0..3 {
        let known: Vec<(usize, String)> =
            all.iter().filter(|(_, query)| query.matches('&').count() == filters).cloned().collect();
        for (next, query) in known {
            for (place, (name, values)) in FILTERS.iter().enumerate().skip(next) {
                all.extend(values.iter().map(|value| (place + 1, format!("{query}&{name}={value}"))));
            }
        }
    }
    all.into_iter().map(|(_, query)| query).filter(|query| !query.is_empty()).collect()
}
