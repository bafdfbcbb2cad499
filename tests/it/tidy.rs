//! The rules of this house that no tool knows. An exception is a line in a list here, with its reason.
//!
//! They are read off the text, not the syntax: a rule that can be fooled on purpose still holds everybody who does not
//! mean to break it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::postgres::TestDatabase;

/// A file may be longer only by its tests: a longer one has two subjects.
const LINES_MAX: usize = 500;
/// Nine files of ten are no longer.
const LINES_USUAL: usize = 350;

/// Files outside `store.rs`, `src/db` and `src/embedded` that may use SQL.
const SQL_ELSEWHERE: [(&str, &str); 3] = [
    ("src/ingest/writer/", "the writer calls the storing procedure on its own connection"),
    ("src/listen/", "LISTEN belongs to the listener's own connection"),
    ("src/cli/doctor/", "the doctor tries what no store does: a notification there and back"),
];

/// Files that may start tasks.
const MAY_SPAWN: [(&str, &str); 3] = [
    ("src/server.rs", "the composition root"),
    ("src/server/", "the same"),
    ("src/shutdown.rs", "owns the tracker that tasks are waited for with"),
];

/// Files that may read the environment.
const MAY_READ_ENVIRONMENT: [(&str, &str); 3] = [
    ("src/config.rs", "every setting is here"),
    ("src/config/", "every setting is here"),
    ("src/embedded/find.rs", "PATH is where programs are, not a setting"),
];

/// Where secrets may be compared in a time that tells something.
const MAY_COMPARE_SECRETS: [(&str, &str); 3] = [
    ("src/cli/admin.rs", "a person has typed a new password twice"),
    ("src/cli/doctor/settings.rs", "both are of the settings, and who runs the doctor reads them"),
    ("src/ingest/diagnosis/keys.rs", "none of them is the sender's: what is known twice is tried once"),
];

/// Query files that cannot be prepared, because they hold several statements.
const NOT_PREPARED: [(&str, &str); 3] = [
    ("sql/queries/migrate/create_requirement.sql", "runs before there is a schema, as one batch"),
    ("sql/queries/callback/writer_session.sql", "settings of a new session, as one batch"),
    ("sql/queries/signal/listen.sql", "the channels of a new session, as one batch"),
];

struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The lines before the tests, comments left out.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().take_while(|line| !line.starts_with("#[cfg(test)]"));
        lines
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
            .map(|(n, line)| (n + 1, line))
    }

    fn is_listed(&self, list: &[(&str, &str)]) -> bool {
        list.iter()
            .any(|(place, _)| self.path == *place || (place.ends_with('/') && self.path.starts_with(place)))
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &str, extension: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        let entries =
            std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for path in entries.map(|entry| entry.expect("it can be listed").path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(Source { text: read(&path), path: relative(&path) });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).expect("it is below the root").display().to_string()
}

/// Fails with every breach, one a line, so that all can be mended at once.
fn check(rule: &str, breaches: impl IntoIterator<Item = String>) {
    let breaches: Vec<String> = breaches.into_iter().collect();
    assert!(breaches.is_empty(), "{rule}:\n{}", breaches.join("\n"));
}

/// Every line of code that one of the words is in, outside the listed files.
fn lines_with(words: &[&str], list: &[(&str, &str)]) -> Vec<String> {
    let sources = sources("src", "rs");
    let outside = sources.iter().filter(|source| !source.is_listed(list));
    outside
        .flat_map(|source| {
            let hits = source.code().filter(|(_, line)| words.iter().any(|word| line.contains(word)));
            hits.map(|(number, line)| format!("{}:{number}: {}", source.path, line.trim()))
        })
        .collect()
}

#[test]
fn every_file_says_what_it_is_for() {
    let all = ["src", "tests", "benches"].into_iter().flat_map(|folder| sources(folder, "rs"));
    let silent = all.filter(|source| !source.text.starts_with("//! "));
    check("the first line is `//! …`", silent.map(|source| source.path));
}

#[test]
fn files_stay_of_a_size_that_can_be_read() {
    let sizes: Vec<_> =
        sources("src", "rs").iter().map(|source| (untested_lines(source), source.path.clone())).collect();
    let long = sizes.iter().filter(|(lines, _)| *lines > LINES_MAX);
    check(
        "no file is that long",
        long.map(|(lines, path)| format!("{path}: {lines} lines, at most {LINES_MAX}")),
    );
    let mut longish: Vec<_> = sizes.iter().filter(|(lines, _)| *lines > LINES_USUAL).collect();
    longish.sort();
    let allowed = sizes.len() / 10;
    assert!(longish.len() <= allowed, "more than {allowed} files above {LINES_USUAL} lines: {longish:?}");
}

fn untested_lines(source: &Source) -> usize {
    source.text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count()
}

#[test]
fn sql_is_in_its_own_files_and_called_from_stores() {
    let starts = ["select", "insert", "update", "delete", "create", "alter", "with", "call", "truncate"];
    let literal = starts.map(|word| format!("\"{word} "));
    let literal: Vec<&str> = literal.iter().map(String::as_str).collect();
    check("SQL stands in sql/queries", lines_with(&literal, &SQL_ELSEWHERE));

    let sources = sources("src", "rs");
    let strangers = sources.iter().filter(|source| {
        let at_home = source.path.ends_with("/store.rs")
            || source.path.contains("/store/")
            || source.path.starts_with("src/db/")
            || source.path.starts_with("src/embedded/");
        !at_home && !source.is_listed(&SQL_ELSEWHERE) && source.text.contains("sql/queries/")
    });
    check("only stores call SQL", strangers.map(|source| source.path.clone()));
}

#[test]
fn only_the_composition_root_starts_tasks() {
    let words =
        ["tokio::spawn(", "task::spawn(", "thread::spawn(", "JoinSet", "Handle::current().spawn(", ".task("];
    check("tasks are started by src/server, through the tracker", lines_with(&words, &MAY_SPAWN));
}

#[test]
fn only_the_configuration_reads_the_environment() {
    let words = ["env::var", "env::set_var", "std::env::args"];
    check("settings come from config.rs", lines_with(&words, &MAY_READ_ENVIRONMENT));
}

/// Whoever presents something is answered after the same time, however much of it is right: `subtle`, and nothing else.
#[test]
fn secrets_are_compared_in_constant_time() {
    let mut all = Vec::new();
    for source in sources("src", "rs").iter().filter(|source| !source.is_listed(&MAY_COMPARE_SECRETS)) {
        let compares = |line: &str| line.contains(" == ") || line.contains(" != ");
        let secret = |line: &str| {
            line.contains("expose_secret()") || line.contains("_hash ") || line.contains("digest()")
        };
        let lines = source.code().filter(|(_, line)| compares(line) && secret(line));
        all.extend(lines.map(|(number, line)| format!("{}:{number}: {}", source.path, line.trim())));
    }
    check("secrets are compared by subtle", all);
}

/// Clippy denies `allow` where it stands; this one also sees macros and tests.
#[test]
fn a_lint_is_never_silenced_without_a_reason() {
    let all = ["src", "tests", "benches"].into_iter().flat_map(|folder| sources(folder, "rs"));
    let silenced = all.filter(|source| source.path != "tests/it/tidy.rs").flat_map(|source| {
        let text = source.text.clone();
        let allows = text.matches("#[allow(").count() + text.matches("#![allow(").count();
        let unexplained = text.split("#[expect(").skip(1).filter(|rest| {
            let attribute = rest.split(")]").next().unwrap_or_default();
            !attribute.contains("reason")
        });
        vec![source.path; allows + unexplained.count()]
    });
    check("use #[expect(…, reason = \"…\")]", silenced);
}

#[test]
fn every_query_file_is_used_and_says_by_whom() {
    let code: String = sources("src", "rs").into_iter().map(|source| source.text).collect();
    let queries = sources("sql/queries", "sql");
    let unused = queries.iter().filter(|query| !code.contains(&query.path));
    check("every file in sql/queries is included somewhere", unused.map(|query| query.path.clone()));
    let silent = queries.iter().filter(|query| !query.text.starts_with("-- "));
    check(
        "a query begins with a comment: who calls it, and which index serves it",
        silent.map(|q| q.path.clone()),
    );
}

#[tokio::test]
async fn every_query_fits_the_schema() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    let mut breaches = Vec::new();
    for query in sources("sql/queries", "sql") {
        if query.is_listed(&NOT_PREPARED) {
            continue;
        }
        if let Err(error) = client.prepare(&query.text).await {
            breaches.push(format!("{}: {:?}", query.path, error.as_db_error()));
        }
    }
    check("every query can be prepared against the migrated schema", breaches);
}

#[test]
fn exceptions_are_not_kept_longer_than_their_files() {
    let sources: BTreeSet<String> = sources("sql", "sql").into_iter().map(|source| source.path).collect();
    let gone = NOT_PREPARED.iter().filter(|(path, _)| !sources.contains(*path));
    check("a listed file is there", gone.map(|(path, _)| (*path).to_owned()));
}

/// By name, which is what can be told from the text: a name that is only mentioned counts as used.
#[test]
fn every_dependency_is_used() {
    let manifest = read(&root().join("Cargo.toml"));
    let section =
        manifest.split("[dependencies]").nth(1).and_then(|rest| rest.split("\n[").next()).unwrap_or_default();
    let names =
        section.lines().filter_map(|line| line.split_once(" =")).map(|(name, _)| name.replace('-', "_"));
    let code: String = sources("src", "rs").into_iter().map(|source| source.text).collect();
    let words: BTreeSet<&str> = code.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    check("every dependency is used in src", names.filter(|name| !words.contains(name.as_str())));
}

#[test]
fn nothing_that_is_built_is_tracked() {
    // A tree without git, such as an unpacked archive, tracks nothing.
    let Ok(listed) = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output() else {
        return;
    };
    let built =
        ["target", "dist", "node_modules", ".tools", ".callbackd", "test-results", "playwright-report"];
    let tracked = String::from_utf8_lossy(&listed.stdout).into_owned();
    let breaches = tracked.split('\0').map(PathBuf::from).filter(|path| {
        path.iter().any(|part| built.iter().any(|name| part == *name))
            || path.extension().is_some_and(|e| e == "log")
    });
    check("built files are ignored, not tracked", breaches.map(|path| path.display().to_string()));
}
