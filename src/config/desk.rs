//! What the environment of a person at a terminal says, by conventions that many programs share. Nothing of it is a
//! setting of callbackd.

use std::{env, path::PathBuf};

/// Whether text on a terminal may be coloured: <https://no-color.org>, and terminals that can do nothing.
pub fn allows_colours() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !is_set("NO_COLOR") && env::var_os("TERM").is_none_or(|terminal| terminal != "dumb")
}

/// Where programs keep what should outlive them, by the XDG base directories.
pub fn state_dir() -> Option<PathBuf> {
    let folder = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")))
}
