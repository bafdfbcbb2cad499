//! A position in commit order. Opaque to clients, decimal text on the wire; `0` is before everything.
//!
//! Text, not a number, because positions are 64 bits wide, of which JavaScript counts 53 exactly, and because a client
//! should not be tempted to calculate with it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Cursor(i64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a cursor is a decimal number of at most 19 digits, as nextCursor or an event's id gave it")]
pub struct InvalidCursor;

impl Cursor {
    /// Before everything.
    pub const START: Self = Self(0);

    /// From a position that the database gave.
    pub const fn from_seq(seq: i64) -> Self {
        Self(seq)
    }

    pub const fn seq(self) -> i64 {
        self.0
    }

    /// Whether nothing can lie between the two.
    pub const fn is_followed_at_once_by(self, next: Self) -> bool {
        next.0 == self.0 + 1
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    /// Digits only: no sign, no white space, no leading zeros, so that one position has one text.
    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let canonical = text == "0" || !text.starts_with('0');
        if digits && canonical {
            text.parse().map(Self).map_err(|_| InvalidCursor)
        } else {
            Err(InvalidCursor)
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
