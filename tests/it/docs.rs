//! The documents agree with the code, as far as a program can tell.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use callbackd::config::{SETTINGS, SOURCE_SETTINGS, Setting};
use callbackd::source;

struct Document {
    path: PathBuf,
    text: String,
}

/// Those at the root and in `docs/`: what is written for people.
fn documents() -> Vec<Document> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in [root.to_path_buf(), root.join("docs")] {
        for entry in std::fs::read_dir(&folder).expect("the folder is there") {
            let path = entry.expect("it can be listed").path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let text = std::fs::read_to_string(&path).expect("a document is UTF-8");
                found.push(Document { path, text });
            }
        }
    }
    assert!(found.len() > 1, "no documents were found");
    found
}

fn document(name: &str) -> String {
    let all = documents();
    all.into_iter().find(|document| document.path.ends_with(name)).expect("the document is there").text
}

fn row(setting: &Setting) -> String {
    let default = match setting.default {
        _ if setting.secret => "secret".to_owned(),
        None | Some("") => "–".to_owned(),
        Some(text) => format!("`{text}`"),
    };
    format!("| `{}` | `{}` | {default} | {} |", setting.key, setting.env, setting.help)
}

/// Rows that begin with the name of a setting.
fn rows(text: &str) -> Vec<&str> {
    let begins = |line: &&str| {
        let key = line.strip_prefix("| `").and_then(|rest| rest.split('`').next());
        key.is_some_and(|key| SETTINGS.iter().any(|setting| setting.key == key))
    };
    text.lines().filter(begins).collect()
}

#[test]
fn the_table_of_settings_is_the_one_in_the_code() {
    let expected: Vec<String> = SETTINGS.iter().map(row).collect();
    let text = document("docs/configuration.md");
    let missing: Vec<_> = expected.iter().filter(|row| !text.contains(row.as_str())).collect();
    assert!(missing.is_empty(), "docs/configuration.md should say:\n{missing:#?}");
    assert_eq!(rows(&text), expected, "in the same order, each once");

    let common = document("README.md");
    let common = rows(&common);
    assert!(!common.is_empty(), "the README shows the common ones");
    let wrong: Vec<_> = common.iter().filter(|row| !expected.iter().any(|good| good == *row)).collect();
    assert!(wrong.is_empty(), "the README differs from docs/configuration.md:\n{wrong:#?}");
}

#[test]
fn the_table_of_a_sources_settings_is_the_one_in_the_code() {
    let text = document("docs/sources.md");
    let expected: Vec<String> =
        SOURCE_SETTINGS.iter().map(|setting| format!("| `{}` | {} |", setting.key, setting.help)).collect();
    let begins = |line: &&str| {
        let key = line.strip_prefix("| `").and_then(|rest| rest.split('`').next());
        key.is_some_and(|key| SOURCE_SETTINGS.iter().any(|setting| setting.key == key))
    };
    let found: Vec<&str> = text.lines().filter(begins).collect();
    assert_eq!(found, expected, "docs/sources.md has them in the order of the code, each once");
}

#[test]
fn every_preset_has_a_section_with_its_path() {
    let text = document("docs/sources.md");
    for preset in source::presets() {
        let path = source::find(&[], preset).expect("it is good").expect("it is there").path;
        let row = text.lines().find(|line| line.starts_with(&format!("| [`{preset}`](#")));
        let row = row.unwrap_or_else(|| panic!("{preset} is not in the table of docs/sources.md"));
        let own = preset == "generic-hmac" || row.contains(&format!("`{path}`"));
        assert!(own, "{preset} is at {path}, not as in {row}");
    }
}

/// Prose, without what stands between fences: a command's output may hold anything.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// As GitHub makes them from headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter(|line| line.starts_with('#'));
    let slug = |heading: &str| {
        let kept = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(slug).collect()
}

fn broken(document: &Document, target: &str) -> bool {
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let folder = document.path.parent().expect("a file lies in a folder");
    let path = if file.is_empty() { document.path.clone() } else { folder.join(file) };
    if !path.exists() {
        return true;
    }
    let linked = || std::fs::read_to_string(&path).expect("an anchor is in a document");
    !anchor.is_empty() && !anchors(&linked()).contains(anchor)
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut lost = Vec::new();
    for document in documents() {
        for line in prose(&document.text) {
            let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            let ours = targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:"));
            let bad = ours.filter(|target| broken(&document, target));
            lost.extend(bad.map(|target| format!("{}: {target}", document.path.display())));
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn a_path_of_the_tree_that_a_document_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut gone = Vec::new();
    for document in documents() {
        let quoted = document.text.split('`').skip(1).step_by(2);
        let paths = quoted.filter(|text| {
            let ours = ["src/", "sql/", "tests/", "web/src/", "scripts/", "docs/"];
            ours.iter().any(|folder| text.starts_with(folder)) && !text.contains([' ', '*', '…', '<', '{'])
        });
        let lost = paths.filter(|path| !root.join(path).exists());
        gone.extend(lost.map(|path| format!("{}: {path}", document.path.display())));
    }
    assert!(gone.is_empty(), "{gone:#?}");
}

/// A promise leans on its test: whoever renames or removes one hears of it.
#[test]
fn a_test_that_a_document_names_is_in_the_file_it_names() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut gone = Vec::new();
    for name in ["docs/guarantees.md", "SECURITY.md"] {
        let (text, mut file) = (document(name), String::new());
        for quoted in text.split('`').skip(1).step_by(2) {
            if quoted.starts_with("tests/") {
                file = std::fs::read_to_string(root.join(quoted)).expect("a named file is there");
            } else if quoted.matches('_').count() > 2 && !file.contains(&format!("fn {quoted}(")) {
                gone.push(format!("{name}: {quoted}"));
            }
        }
    }
    assert!(gone.is_empty(), "{gone:#?}");
}

#[test]
fn a_metric_that_a_document_names_is_recorded() {
    let described = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/telemetry.rs"))
        .expect("it is there");
    let mut unknown = Vec::new();
    for document in documents() {
        let words = document.text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let metrics = words.filter(|word| {
            let kinds = ["_total", "_seconds", "_bytes", "_mode", "_usage", "_streams"];
            word.starts_with("callbackd_") && kinds.iter().any(|kind| word.ends_with(kind))
        });
        let strange = metrics.filter(|word| !described.contains(&format!("\"{word}\"")));
        unknown.extend(strange.map(|word| format!("{}: {word}", document.path.display())));
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}
