//! Whom PostgreSQL runs as, and which folders that account can reach.
//!
//! PostgreSQL refuses to run as root. The decision worth arguing about: started by root we take the account `postgres`,
//! else `nobody`, rather than making one: nothing on the machine is changed by a development server.

use std::fs::Metadata;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::Path;
use std::{fs, io};

use nix::unistd::{Gid, Uid, User};
use tokio::process::Command;

use super::Error;

/// An account, and whether we must change to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Account {
    uid: u32,
    gid: u32,
    change: bool,
}

impl Account {
    /// The owner of an existing cluster, if there is one, so that a later change of accounts does not lock us out.
    pub fn choose(owned: Option<&Metadata>) -> Result<Self, Error> {
        let (uid, gid) = (Uid::effective(), Gid::effective());
        if !uid.is_root() {
            let known = User::from_uid(uid).ok().flatten().is_some();
            let account = Self { uid: uid.as_raw(), gid: gid.as_raw(), change: false };
            return if known { Ok(account) } else { Err(Error::NamelessUser { uid: uid.as_raw() }) };
        }
        if let Some(owner) = owned.filter(|owner| owner.uid() != 0) {
            return Ok(Self { uid: owner.uid(), gid: owner.gid(), change: true });
        }
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| User::from_name(name).ok().flatten())
            .map(|user| Self { uid: user.uid.as_raw(), gid: user.gid.as_raw(), change: true })
            .ok_or(Error::NoAccount)
    }

    /// Makes a command run as this account, outside our process group so that Ctrl-C does not reach it first, and
    /// with nothing of our environment, in which `PGDATA` and its like would change what it does.
    pub fn apply(self, command: &mut Command) {
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C").process_group(0);
        if self.change {
            command.uid(self.uid).gid(self.gid);
        }
    }

    pub fn own(self, path: &Path) -> io::Result<()> {
        if self.change { chown(path, Some(self.uid), Some(self.gid)) } else { Ok(()) }
    }

    pub fn owns(self, metadata: &Metadata) -> bool {
        metadata.uid() == self.uid
    }

    /// Whether every folder on the way to `path`, itself included, lets this account through.
    pub fn reaches(self, path: &Path) -> bool {
        !self.change || path.ancestors().all(|folder| self.enters(folder))
    }

    fn enters(self, folder: &Path) -> bool {
        let Ok(metadata) = fs::metadata(folder) else { return false };
        let bit = match metadata {
            _ if metadata.uid() == self.uid => 0o100,
            _ if metadata.gid() == self.gid => 0o010,
            _ => 0o001,
        };
        metadata.mode() & bit != 0
    }
}
