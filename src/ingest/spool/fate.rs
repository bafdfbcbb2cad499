//! What becomes of entries, as the appender and the drain tell it: counted, said, and the way of those who come next
//! changed with it.

use std::{io, path::PathBuf};

use chrono::{DateTime, Utc};
use metrics::counter;

use super::{
    NotSpooled, Spool, Way,
    log::Segment,
    record,
    tally::{Level, Tally},
};
use crate::hub::Alert;

impl Spool {
    /// Whoever comes from now on is put behind it.
    pub(super) fn reserve(&self, size: u64, received_at: DateTime<Utc>) -> Result<(), NotSpooled> {
        let mut tally = self.tally();
        if !tally.has_room(size) {
            counter!("callbackd_spool_refused_total").increment(1);
            let news = tally.rises_to(Level::Full);
            self.say(&tally, news);
            return Err(NotSpooled::Full);
        }
        tally.reserve(size, received_at);
        self.turn(Way::Database, Way::Spool);
        tally.measure();
        Ok(())
    }

    /// They are on disk.
    pub(super) fn appended(&self, entries: usize) {
        counter!("callbackd_spool_spooled_total").increment(entries as u64);
        let mut tally = self.tally();
        tally.disk_works(true);
        self.0.alerts.clear(Alert::SPOOL_FAILED);
        let news = tally.news();
        self.say(&tally, news);
        self.0.added.notify_one();
    }

    /// They are not.
    pub(super) fn not_appended(&self, entries: usize, bytes: u64, error: &io::Error) {
        counter!("callbackd_spool_failures_total").increment(1);
        self.tally().disk_works(false);
        self.give_back(entries, bytes);
        self.0.alerts.raise(Alert::spool_failed(&error.to_string()));
    }

    /// Takes back what was reserved and did not come to be.
    pub(super) fn give_back(&self, entries: usize, bytes: u64) {
        let mut tally = self.tally();
        tally.free(bytes);
        self.less(&mut tally, entries);
    }

    /// So many are in the database; `since` is when the next one was received, if that is known.
    pub(super) fn drained(&self, entries: usize, since: Option<DateTime<Utc>>) {
        counter!("callbackd_spool_drained_total").increment(entries as u64);
        let mut tally = self.tally();
        tally.drained(entries, since);
        self.less(&mut tally, entries);
    }

    /// So many are in a file beyond those that were counted.
    pub(super) fn found(&self, entries: usize) {
        let mut tally = self.tally();
        tally.found(entries);
        tally.measure();
    }

    /// So many were there and cannot be found any more.
    pub(super) fn missed(&self, entries: usize) {
        self.less(&mut self.tally(), entries);
    }

    /// Whether these are the last ones: then whoever comes now waits until they are stored.
    pub(super) fn ends_with(&self, entries: usize) {
        let tally = self.tally();
        if tally.entries == entries {
            self.0.way.send_replace(Way::Soon);
        }
    }

    /// They were not stored: nobody waits for that any longer.
    pub(super) fn goes_on(&self) {
        let _tally = self.tally();
        self.turn(Way::Soon, Way::Spool);
    }

    /// All of a file is in the database: it counts no longer, also when the disk does not let it go yet.
    pub(super) async fn remove(&self, segment: Segment) {
        let bytes = segment.bytes;
        let removed = self.with_log(move |log| log.remove(&segment)).await;
        self.freed(bytes);
        if let Err(error) = removed {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a drained file cannot be removed yet: it is tried again, and not stored again"
            );
        }
    }

    /// Not all of a file could be read. When it cannot be moved, the next start finds it again.
    pub(super) async fn set_aside(&self, segment: Segment) {
        let bytes = segment.bytes;
        let kept = self.with_log(move |log| log.set_aside(&segment)).await;
        self.freed(bytes);
        match kept {
            Ok(place) => self.0.alerts.raise(Alert::spool_damaged(&place)),
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a damaged file cannot be moved away"
                );
            }
        }
    }

    /// Whether what the database has refused is kept beside the spool.
    pub(super) async fn keep_refused(&self, name: String, text: Vec<u8>) -> bool {
        let kept: io::Result<PathBuf> = self.with_log(move |log| log.keep_refused(&name, &text)).await;
        match &kept {
            Ok(place) => {
                counter!("callbackd_spool_set_aside_total").increment(1);
                self.0.alerts.raise(Alert::spool_refused(place));
            }
            Err(error) => self.0.alerts.raise(Alert::spool_failed(&error.to_string())),
        }
        kept.is_ok()
    }

    /// Whether an entry, which is still counted where it was, is at the end now.
    pub(super) async fn put_back(&self, payload: Vec<u8>) -> bool {
        let size = record::size(&payload);
        // There would be nothing that it lets pass.
        if self.tally().entries == 1 {
            return false;
        }
        self.tally().bytes += size;
        let appended = self.with_log(move |log| log.append(&[payload])).await;
        if let Err(error) = &appended {
            self.freed(size);
            self.0.alerts.raise(Alert::spool_failed(&error.to_string()));
        }
        appended.is_ok()
    }

    /// Of what was found at the start.
    pub(super) fn say_what_was_found(&self) {
        let mut tally = self.tally();
        let news = tally.news();
        self.say(&tally, news);
    }

    fn less(&self, tally: &mut Tally, entries: usize) {
        if let Some(drained) = tally.remove(entries) {
            self.0.alerts.end(&Alert::spool_drained(drained));
        }
        if tally.entries == 0 {
            self.0.way.send_replace(Way::Database);
        }
        tally.measure();
    }

    fn freed(&self, bytes: u64) {
        let mut tally = self.tally();
        tally.free(bytes);
        tally.measure();
    }

    fn say(&self, tally: &Tally, news: Option<Level>) {
        tally.measure();
        self.0.alerts.raise(match news {
            None | Some(Level::Empty) => return,
            Some(Level::Spooling) => Alert::spooling(),
            Some(Level::Filling) => Alert::spool_filling(tally.bytes, tally.bytes_max),
            Some(Level::Full) => Alert::spool_full(tally.bytes_max),
        });
    }

    fn turn(&self, from: Way, to: Way) {
        self.0.way.send_if_modified(|way| *way == from && std::mem::replace(way, to) == from);
    }
}
