//! How one entry lies in a file, and how entries are found again in a file that was cut, torn or damaged.
//!
//! ```text
//! magic 4 | payload's length 4 | durable 8 | checksum 16 | payload
//! ```
//!
//! `durable` is how much of the file had been synced when the record was written. So a hole before a record that knows
//! of more is damage, whose callbacks had been acknowledged; any other is an unfinished write, which nobody was told of.
//! The checksum is a SHA-256 with the file's own salt, which no sender knows: bytes of a body are never taken for a
//! record, however they were made up.

use std::ops::Range;

use memchr::memmem;
use sha2::{Digest as _, Sha256};

const MAGIC: [u8; 4] = *b"\xC7cbs";
const HEAD_BYTES: usize = 32;

pub type Salt = [u8; 8];

/// Appends a record to `file`'s next bytes.
pub fn write(into: &mut Vec<u8>, salt: Salt, durable: u64, payload: &[u8]) {
    let length = u32::try_from(payload.len()).expect("a body is at most 1 MiB, and headers 16 KiB");
    into.reserve(HEAD_BYTES + payload.len());
    into.extend_from_slice(&MAGIC);
    into.extend_from_slice(&length.to_le_bytes());
    into.extend_from_slice(&durable.to_le_bytes());
    into.extend_from_slice(&checksum(salt, length, durable, payload));
    into.extend_from_slice(payload);
}

/// How much of a file an entry takes.
pub fn size(payload: &[u8]) -> u64 {
    (HEAD_BYTES + payload.len()) as u64
}

/// What a file holds.
#[derive(Debug, Default, PartialEq)]
pub struct Scan<'a> {
    /// In the order in which they were written.
    pub payloads: Vec<&'a [u8]>,
    /// Bytes that were synced and cannot be read any more.
    pub damaged: Vec<Range<usize>>,
    /// Bytes of writes that did not come to their end.
    pub unfinished: usize,
}

pub fn scan(file: &[u8], salt: Salt) -> Scan<'_> {
    let (mut payloads, mut holes, mut durable) = (Vec::new(), Vec::new(), 0);
    let mut at = 0;
    while at < file.len() {
        if let Some(record) = read(&file[at..], salt) {
            at += HEAD_BYTES + record.payload.len();
            durable = durable.max(record.durable);
            payloads.push(record.payload);
        } else {
            let next = next_record(file, at + 1, salt);
            holes.push(at..next);
            at = next;
        }
    }
    let is_damage = |hole: &Range<usize>| (hole.start as u64) < durable;
    let unfinished = holes.iter().filter(|hole| !is_damage(hole)).map(ExactSizeIterator::len).sum();
    holes.retain(is_damage);
    Scan { payloads, damaged: holes, unfinished }
}

struct Record<'a> {
    durable: u64,
    payload: &'a [u8],
}

/// Where the next whole record begins, or the end.
fn next_record(file: &[u8], from: usize, salt: Salt) -> usize {
    let found = memmem::find_iter(file.get(from..).unwrap_or_default(), &MAGIC).map(|at| from + at);
    found.into_iter().find(|at| read(&file[*at..], salt).is_some()).unwrap_or(file.len())
}

fn read(bytes: &[u8], salt: Salt) -> Option<Record<'_>> {
    let (head, rest) = bytes.split_first_chunk::<HEAD_BYTES>()?;
    let length = u32::from_le_bytes(*head[4..].first_chunk()?);
    let durable = u64::from_le_bytes(*head[8..].first_chunk()?);
    let payload = rest.get(..length as usize)?;
    let whole = head[..4] == MAGIC && head[16..] == checksum(salt, length, durable, payload);
    whole.then_some(Record { durable, payload })
}

fn checksum(salt: Salt, length: u32, durable: u64, payload: &[u8]) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(length.to_le_bytes());
    hash.update(durable.to_le_bytes());
    hash.update(payload);
    *hash.finalize().first_chunk().expect("a SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: Salt = *b"saltsalt";

    /// Three groups: the first two were synced when the third was written.
    fn file() -> (Vec<u8>, Vec<Range<usize>>) {
        let (mut file, mut places) = (Vec::new(), Vec::new());
        for group in [&["one", "two"][..], &["three"], &["four", "five"]] {
            let durable = file.len() as u64;
            for payload in group {
                let begin = file.len();
                write(&mut file, SALT, durable, payload.as_bytes());
                places.push(begin..file.len());
            }
        }
        (file, places)
    }

    #[test]
    fn whatever_length_a_file_is_cut_to_its_whole_records_are_found() {
        let (file, places) = file();
        for length in 0..=file.len() {
            let found = scan(&file[..length], SALT);
            let whole = places.iter().filter(|place| place.end <= length).count();
            assert_eq!(found.payloads.len(), whole, "cut to {length}");
            assert!(found.damaged.is_empty(), "cut to {length}: that is a torn tail, not damage");
            let end = places[..whole].last().map_or(0, |place| place.end);
            assert_eq!(found.unfinished, length - end, "cut to {length}");
        }
    }

    #[test]
    fn whichever_byte_is_flipped_every_other_record_is_found_and_damage_is_told_from_a_torn_tail() {
        let (file, places) = file();
        for at in 0..file.len() {
            let mut file = file.clone();
            file[at] ^= 0x40;
            let found = scan(&file, SALT);
            let hit = places.iter().position(|place| place.contains(&at)).unwrap();
            assert_eq!(found.payloads.len(), places.len() - 1, "flipped {at}");
            let synced = hit < 3;
            assert_eq!(found.damaged.len(), usize::from(synced), "flipped {at}");
            assert_eq!(found.unfinished > 0, !synced, "flipped {at}");
        }
    }

    #[test]
    fn a_body_that_looks_like_a_record_is_never_taken_for_one() {
        let mut forged = Vec::new();
        write(&mut forged, *b"guessed!", 1 << 40, b"an invoice that nobody has signed");
        let mut file = Vec::new();
        write(&mut file, SALT, 0, &forged);
        file[0] ^= 1;
        assert!(scan(&file, SALT).payloads.is_empty());
    }

    #[test]
    fn anything_at_all_can_be_scanned() {
        proptest::proptest!(|(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400), at in 0_usize..100)| {
            let (mut file, _) = file();
            let at = at.min(file.len());
            file.splice(at..at, bytes);
            scan(&file, SALT);
        });
    }
}
