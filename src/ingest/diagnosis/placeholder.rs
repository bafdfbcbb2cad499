//! Text that was meant to be replaced by something, and was not.

/// Whole texts that programs put where nothing is.
const NOTHING: [&str; 8] = ["undefined", "null", "None", "nil", "NaN", "[object Object]", "(null)", "<nil>"];

/// Whether this is a variable that nobody expanded, or what a program writes for nothing. Neither is a signature; a
/// secret that looks like one would have matched.
pub fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    NOTHING.contains(&text) || is_variable(text)
}

/// `$NAME`, `${NAME}`, `%NAME%`, `{{ name }}`, `<name>`, `process.env.NAME`.
fn is_variable(text: &str) -> bool {
    let between = |start: &str, end: &str| {
        text.strip_prefix(start).and_then(|rest| rest.strip_suffix(end)).is_some_and(is_name)
    };
    text.strip_prefix('$').is_some_and(is_name)
        || text.strip_prefix("process.env.").is_some_and(is_name)
        || [("${", "}"), ("$(", ")"), ("%", "%"), ("{{", "}}"), ("<", ">"), ("${{", "}}")]
            .into_iter()
            .any(|(start, end)| between(start, end))
}

fn is_name(text: &str) -> bool {
    let text = text.trim();
    let good = |c: char| c.is_ascii_alphanumeric() || "_-. ".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && text.chars().all(good)
}

/// What a sender may have signed with in place of a source's secret.
pub fn stand_ins(source: &str) -> Vec<String> {
    let own = source.to_ascii_uppercase().replace('-', "_");
    let names = [
        format!("{own}_SECRET"),
        format!("{own}_WEBHOOK_SECRET"),
        "WEBHOOK_SECRET".to_owned(),
        "SECRET".to_owned(),
    ];
    let variables = names.iter().flat_map(|name| [format!("${name}"), format!("${{{name}}}"), name.clone()]);
    let words = ["undefined", "null", "None", "secret", "your-secret", "your_secret", "changeme", "<secret>"];
    variables.chain(words.map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_is_told_from_a_secret() {
        for text in [
            "$SECRET",
            "${WEBHOOK_SECRET}",
            "{{ secret }}",
            "<your secret>",
            "undefined",
            "%SECRET%",
            "process.env.SECRET",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in
            ["", "$", "$2b$10$abc", "secret", "K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=", "{\"a\":1}"]
        {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
