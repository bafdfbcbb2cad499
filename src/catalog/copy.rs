//! What the database last said of sources, in the folder of the outage spool: a server that starts while the database is
//! away receives with it.
//!
//! Secrets lie there as they lie in the database, sealed. The decision worth arguing about: the file is believed for as
//! long as nothing better is known, although a secret may have been revoked since. Else a restart in an outage would
//! lose what the process before it would have kept; what no longer holds is said when the database is back.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use super::store::SourceRow;
use crate::source::hex;

/// Before the version and the checksum of what follows.
const MARK: &str = "callbackd-sources";
/// Of what follows; another one is not guessed at.
const VERSION: &str = "v1";
/// A hundred sources with all their secrets are less; longer is no file of ours.
const BYTES_MAX: u64 = 32 * 1024 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the file cannot be read")]
    Io(#[from] io::Error),
    #[error("it is not a file of callbackd's")]
    Foreign,
    #[error(
        "it was written by another version of callbackd: its format is {0}, and this version reads {VERSION}"
    )]
    Version(String),
    #[error("it is damaged: its checksum is wrong")]
    Damaged,
    #[error("what it says cannot be understood")]
    Json(#[from] serde_json::Error),
}

/// The file, which one process alone uses: it holds the folder's lock.
#[derive(Debug)]
pub struct Copy(PathBuf);

impl Copy {
    pub fn inside(folder: &Path) -> Self {
        Self(folder.join("sources"))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// In place of the one before, all or nothing, also over a crash of the machine.
    pub fn write(&self, text: &str) -> io::Result<()> {
        let new = self.0.with_extension("new");
        let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &self.0)?;
        self.0.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    }

    /// `None` where nothing was ever written.
    pub fn read(&self) -> Result<Option<Vec<SourceRow>>, Error> {
        match fs::metadata(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Ok(metadata) if metadata.len() > BYTES_MAX => return Err(Error::Foreign),
            _ => {}
        }
        decode(&fs::read(&self.0)?).map(Some)
    }
}

pub fn encode(rows: &[SourceRow]) -> serde_json::Result<String> {
    let body = serde_json::to_string(rows)?;
    Ok(format!("{MARK} {VERSION} {}\n{body}\n", checksum(&body)))
}

fn decode(bytes: &[u8]) -> Result<Vec<SourceRow>, Error> {
    let text = std::str::from_utf8(bytes).map_err(|_| Error::Foreign)?;
    let rest = text.strip_prefix(MARK).and_then(|rest| rest.strip_prefix(' ')).ok_or(Error::Foreign)?;
    let (head, body) = rest.split_once('\n').ok_or(Error::Damaged)?;
    let (version, sum) = head.split_once(' ').ok_or(Error::Damaged)?;
    if version != VERSION {
        return Err(Error::Version(version.to_owned()));
    }
    let body = body.strip_suffix('\n').ok_or(Error::Damaged)?;
    if sum != checksum(body) {
        return Err(Error::Damaged);
    }
    Ok(serde_json::from_str(body)?)
}

fn checksum(body: &str) -> String {
    hex(&Sha256::digest(body))
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::catalog::{
        store::{NewSecret, SecretRow},
        vault::Sealed,
    };

    fn row() -> SourceRow {
        let sealed = Sealed { key_id: "0a0b".to_owned(), nonce: vec![0, 255, 7], bytes: (0..=255).collect() };
        let secret = SecretRow {
            id: Uuid::from_u128(1),
            sealed: sealed.clone(),
            until: Some(Utc::now()),
            created_at: Utc::now(),
        };
        SourceRow {
            name: "partner".to_owned(),
            settings: json!({"preset": "llm", "title": "Ünïcode\n"}).as_object().cloned().unwrap_or_default(),
            enabled: true,
            version: 7,
            secrets: vec![secret],
            fetch_key: Some(NewSecret { id: Uuid::from_u128(2), sealed }),
        }
    }

    #[test]
    fn what_was_written_is_read_back_and_nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let copy = Copy::inside(folder.path());
        assert!(copy.read().unwrap().is_none(), "nothing was written yet");
        for rows in [vec![], vec![row()]] {
            let text = encode(&rows).unwrap();
            copy.write(&text).unwrap();
            let again = copy.read().unwrap().unwrap();
            assert_eq!(encode(&again).unwrap(), text);
        }
        assert_eq!(fs::metadata(copy.path()).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_was_cut_or_changed_anywhere_is_refused() {
        let text = encode(&[row()]).unwrap().into_bytes();
        for at in 0..text.len() {
            assert!(decode(&text[..at]).is_err(), "cut to {at}");
            let mut flipped = text.clone();
            flipped[at] ^= 1;
            assert!(decode(&flipped).is_err(), "flipped at {at}");
        }
        let later = String::from_utf8(text).unwrap().replacen("v1", "v2", 1);
        assert!(matches!(decode(later.as_bytes()), Err(Error::Version(version)) if version == "v2"));
        assert!(matches!(decode(b"[]"), Err(Error::Foreign)));
    }
}
