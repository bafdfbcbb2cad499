//! The outage spool: whether a server could use it, and what lies in it.

use std::{os::unix::fs::PermissionsExt as _, path::Path};

use nix::sys::statvfs::statvfs;

use super::finding::Finding;
use crate::{
    config::{self, Config},
    ingest::{Look, look_at_spool},
};

const CHECK: &str = "spool";

pub fn examine(config: &Config) -> Vec<Finding> {
    let Some(spool) = &config.spool else {
        return vec![Finding::ok(CHECK, "spool_dir is not set: while the database is away, senders get 503")];
    };
    let dir = spool.dir.display();
    let Ok(found) = spool.dir.metadata() else {
        return vec![Finding::ok(CHECK, format!("{dir} is not there yet: `callbackd serve` makes it"))];
    };
    match look_at_spool(&spool.dir) {
        Err(error) => vec![Finding::fail(
            CHECK,
            format!("{:#}", anyhow::Error::new(error)),
            "docs/troubleshooting.md says what to do about a spool",
        )],
        Ok(look) => {
            let mode = found.permissions().mode() & 0o777;
            let others = [set_aside(&spool.dir, &look), private(&spool.dir, mode), room(spool, &look)];
            [contents(&dir.to_string(), &look)].into_iter().chain(others.into_iter().flatten()).collect()
        }
    }
}

fn contents(dir: &str, look: &Look) -> Finding {
    let Look { callbacks, bytes, process, .. } = look;
    let user = process.map_or_else(|| "no server uses it".to_owned(), |pid| format!("process {pid} uses it"));
    let detail = format!("{dir}: {callbacks} callbacks, {bytes} bytes; {user}");
    match (callbacks, process) {
        (0, _) => Finding::ok(CHECK, detail),
        (_, Some(_)) => Finding::warn(CHECK, detail, "its server stores them when the database is back"),
        (_, None) => Finding::warn(CHECK, detail, "start a server with this spool_dir, which stores them"),
    }
}

fn set_aside(dir: &Path, look: &Look) -> Option<Finding> {
    let Look { refused, damaged, .. } = look;
    (refused + damaged > 0).then(|| {
        Finding::warn(
            CHECK,
            format!(
                "{refused} callbacks that the database has refused, and {damaged} damaged files are kept"
            ),
            format!("look at them in {0}/refused and {0}/damaged, and remove them", dir.display()),
        )
    })
}

fn private(dir: &Path, mode: u32) -> Option<Finding> {
    (mode & 0o077 != 0).then(|| {
        let detail = format!("{} can be entered by others (mode {mode:o})", dir.display());
        Finding::warn(CHECK, detail, format!("chmod 700 {}", dir.display()))
    })
}

fn room(spool: &config::Spool, look: &Look) -> Option<Finding> {
    let disk = statvfs(&spool.dir).ok()?;
    // As many bits on every system as that system has.
    let (blocks, size) = (u128::from(disk.blocks_available()), u128::from(disk.fragment_size()));
    let missing = u128::from(spool.bytes_max).saturating_sub(u128::from(look.bytes) + blocks * size);
    (missing > 0).then(|| {
        Finding::warn(
            CHECK,
            format!("its disk lacks {missing} bytes of spool_max_bytes"),
            "make room there, or lower spool_max_bytes",
        )
    })
}
