//! What fuzzing has kept, tried again at every run: each file of `tests/fuzz/corpus/<property>/` against its property.

#[path = "../fuzz/properties/mod.rs"]
mod properties;

use std::fs;
use std::path::{Path, PathBuf};

use self::properties::PROPERTIES;

fn kept(property: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(property);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    files.sort();
    files
}

#[test]
fn what_fuzzing_has_kept_holds() {
    for (name, property) in PROPERTIES {
        let files = kept(name);
        assert!(files.len() >= 3, "{name} has seeds");
        for file in files {
            let bytes = fs::read(&file).expect("it can be read");
            let held = std::panic::catch_unwind(|| property(&bytes));
            assert!(held.is_ok(), "{name} does not hold for {}", file.display());
        }
    }
}

#[test]
fn every_folder_of_the_corpus_has_its_property() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
    for entry in fs::read_dir(folder).expect("it is there") {
        let name = entry.expect("it can be listed").file_name().into_string().expect("a name");
        assert!(PROPERTIES.iter().any(|(known, _)| *known == name), "nothing tries {name}");
    }
}
