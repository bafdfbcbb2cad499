//! What to do at each service, out of `docs/sources.md`: written down once, for whoever reads the documents and for whoever
//! looks at a source in the console, with the source's own address and variable in place of the example's.

use crate::source::{self, Source};

const DOCUMENT: &str = include_str!("../../docs/sources.md");
/// Where the documents have their server.
const EXAMPLE: &str = "callbacks.example.com";
/// How a paragraph begins that says what to do at the service.
const BEGIN: &str = "**There:** ";
/// Where an admin puts a secret.
const SECRETS_HERE: &str = "this source's secrets, below";

/// As Markdown of paragraphs and code. `url` is the server's; one that an admin has added has no variables.
pub fn of(source: &Source, url: &str, is_added: bool) -> Option<String> {
    let preset = source.preset.as_deref()?;
    let known = source::find(&[], preset).ok().flatten()?;
    let text = paragraphs(preset)?;
    let own = format!("{url}{}", source.path);
    let text = text.replace(&format!("https://{EXAMPLE}{}", known.path), &own);
    let bare = |address: &str| address.split_once("://").map_or(address, |(_, rest)| rest).to_owned();
    let text = text.replace(&format!("{EXAMPLE}{}", known.path), &bare(&own));
    let text = text.replace(&format!("https://{EXAMPLE}"), url);
    let variable = |name: &str| format!("CALLBACKD_SOURCES_{}_SECRET", name.to_uppercase().replace('-', "_"));
    let (of_preset, of_source) = (variable(preset), variable(&source.name));
    Some(if is_added {
        text.replace(&format!("`{of_preset}`"), SECRETS_HERE)
    } else {
        text.replace(&of_preset, &of_source)
    })
}

/// What the preset's section says from there on to the next thing that it says.
fn paragraphs(preset: &str) -> Option<String> {
    let name = format!("`{preset}`");
    let mut sections = DOCUMENT.split("\n## ").skip(1);
    let section =
        sections.find(|section| section.lines().next().is_some_and(|title| title.contains(&name)))?;
    let text = section.split_once(BEGIN)?.1;
    let end = text.find("\n\n**").unwrap_or(text.len());
    let text = text.get(..end)?.trim();
    // It begins a sentence now; but the name of a server stays as it is.
    let begins_with_a_server = text.split_whitespace().next()?.contains('.');
    let mut chars = text.chars();
    let first = chars.next()?;
    let sentence = || first.to_uppercase().chain(chars).collect();
    Some(if begins_with_a_server { text.to_owned() } else { sentence() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::GivenSource;

    fn written(name: &str, preset: &str, is_added: bool) -> Option<String> {
        let mut given = GivenSource::named(name);
        given.settings.insert("preset".to_owned(), preset.into());
        let source = source::define(&given).unwrap().unwrap();
        of(&source, "http://inbox.test:8080", is_added)
    }

    #[test]
    fn every_preset_of_a_service_says_what_to_do_there() {
        for preset in source::presets().filter(|preset| *preset != "generic-hmac") {
            let text = written(preset, preset, false).unwrap_or_else(|| panic!("{preset}"));
            assert!(!text.contains(EXAMPLE) && !text.contains("**"), "{preset}: {text}");
            assert!(text.contains("inbox.test:8080"), "{preset} says where to send: {text}");
            assert_eq!(text.matches("```").count() % 2, 0, "{preset}: {text}");
        }
        assert_eq!(written("renderer", "generic-hmac", false), None);
    }

    #[test]
    fn a_source_is_told_its_own_address_and_variable() {
        let text = written("research", "openai", false).unwrap();
        assert!(text.starts_with("platform.openai.com"), "{text}");
        assert!(text.contains("`http://inbox.test:8080/api/webhooks/research`"), "{text}");
        assert!(text.contains("`CALLBACKD_SOURCES_RESEARCH_SECRET`"), "{text}");
        let text = written("research", "openai", true).unwrap();
        assert!(text.contains(SECRETS_HERE) && !text.contains("CALLBACKD_"), "{text}");
        let text = written("speech", "deepgram", true).unwrap();
        assert!(text.contains("callbackd:PASSWORD@inbox.test:8080/api/webhooks/speech"), "{text}");
    }
}
