//! One file of the spool: what is known of it, and what can be read of it.

use crate::ingest::spool::{
    entry::{self, Entry},
    folder::Name,
    record::{self, Scan},
};

/// One file of entries.
#[derive(Debug, Clone)]
pub struct Segment {
    pub name: Name,
    /// What is known to be on disk; whatever lies behind it was promised to nobody.
    pub bytes: u64,
    pub entries: usize,
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Contents {
    pub entries: Vec<Entry>,
    /// Callbacks that were acknowledged and cannot be read: at least so many.
    pub damaged: usize,
    /// Bytes of writes that did not come to their end.
    pub unfinished: usize,
}

impl Contents {
    /// All that can be read of the bytes of the file that is called so.
    pub fn of(bytes: &[u8], name: Name) -> Self {
        let Scan { payloads, damaged, unfinished } = record::scan(bytes, name.salt);
        let mut contents =
            Self { entries: Vec::with_capacity(payloads.len()), damaged: damaged.len(), unfinished };
        for payload in payloads {
            match entry::decode(payload) {
                Ok(entry) => contents.entries.push(entry),
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, %name, "a spooled entry cannot be read");
                    contents.damaged += 1;
                }
            }
        }
        contents
    }
}
