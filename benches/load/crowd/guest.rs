//! One stream of a crowd: what it asks for, how it reads, what it has read.

use anyhow::{Context as _, ensure};
use memchr::memmem;

/// Stands before a message's number in its data; eight digits follow.
pub const NUMBER: &[u8] = br#""callbackId":""#;
/// Stands before a message's position.
const POSITION: &[u8] = br#""cursor":""#;

/// One who is invited.
pub struct Guest {
    /// The whole request.
    pub request: Vec<u8>,
    pub pace: Pace,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Reads whatever comes.
    Quick,
    /// Reads a little ten times a second.
    Slow,
    /// Does not read at all once it is open.
    Stuck,
}

/// What is known of a stream. Small: there are ten thousand.
pub(super) struct Reading {
    pub pace: Pace,
    pub open: bool,
    pub frames: usize,
    pub unordered: bool,
    position: u64,
    /// The beginning of an event.
    begun: Vec<u8>,
}

impl Reading {
    pub fn new(pace: Pace) -> Self {
        Self { pace, open: false, frames: 0, unordered: false, position: 0, begun: Vec::new() }
    }

    /// What has been read; calls `each` with the number of each message in it. Chunk lengths lie between events and are
    /// not looked at.
    pub fn take(&mut self, bytes: &[u8], opened: &[u8], each: &mut impl FnMut(usize)) -> anyhow::Result<()> {
        let mut begun = std::mem::take(&mut self.begun);
        let mut bytes = bytes;
        if !begun.is_empty() {
            begun.extend_from_slice(bytes);
            bytes = &begun;
        }
        if !self.open {
            let status = bytes.get(..12).unwrap_or(bytes);
            ensure!(
                !bytes.starts_with(b"HTTP") || b"HTTP/1.1 200".starts_with(status),
                "a stream was answered {}",
                String::from_utf8_lossy(status)
            );
            self.open = memmem::find(bytes, opened).is_some();
        }
        while let Some(end) = memmem::find(bytes, b"\n\n") {
            let (event, rest) = bytes.split_at(end);
            self.event(event, each)?;
            bytes = rest.get(2..).unwrap_or_default();
        }
        self.begun = bytes.to_vec();
        Ok(())
    }

    fn event(&mut self, event: &[u8], each: &mut impl FnMut(usize)) -> anyhow::Result<()> {
        let Some(number) = digits_behind(event, NUMBER, 8) else { return Ok(()) };
        let position = digits_behind(event, POSITION, 20).context("a message has a position")?;
        self.unordered |= position <= self.position;
        self.position = position;
        self.frames += 1;
        each(usize::try_from(number)?);
        Ok(())
    }
}

fn digits_behind(event: &[u8], name: &[u8], most: usize) -> Option<u64> {
    let rest = event.get(memmem::find(event, name)? + name.len()..)?;
    let digits = rest.iter().take(most).take_while(|byte| byte.is_ascii_digit());
    Some(digits.fold(0, |value, digit| value * 10 + u64::from(digit - b'0')))
}
