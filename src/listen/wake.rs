//! What a notification about callbacks says: `<previous> <first> <last> <node>`.

use std::str::FromStr;

use uuid::Uuid;

use crate::callback::Cursor;

/// A batch was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wake {
    pub last: Cursor,
    /// The server that committed it; nil for one that hands nothing over.
    pub node: Uuid,
}

impl FromStr for Wake {
    type Err = ();

    /// Anything else on the channel is not ours.
    fn from_str(payload: &str) -> Result<Self, ()> {
        let mut words = payload.split(' ').skip(2);
        let last = words.next().and_then(|word| word.parse().ok()).ok_or(())?;
        let node = words.next().and_then(|word| word.parse().ok()).ok_or(())?;
        Ok(Self { last, node })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_of_others_is_no_wake_up() {
        let node = Uuid::from_u128(7);
        let wake = format!("0 1 3 {node}").parse();
        assert_eq!(wake, Ok(Wake { last: Cursor::from_seq(3), node }));
        for payload in ["", "1 2 3", "hello", "1 2 x 00000000-0000-0000-0000-000000000007"] {
            assert_eq!(payload.parse::<Wake>(), Err(()), "{payload}");
        }
    }
}
