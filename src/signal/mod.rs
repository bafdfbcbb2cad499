//! Small news for all nodes that have no position: who viewed what, what was deleted, who is no longer let in, who
//! may send, who wants what.
//!
//! Sent by `pg_notify` in the transaction that makes the change, so that it is told if and only if it happened. They
//! carry ids only, and are hints: one that is lost costs freshness, never a callback. PostgreSQL refuses a payload
//! of 8,000 bytes, so a signal with a long list becomes several.

mod store;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::store::send;
use crate::callback::Cursor;

/// The channel that all nodes listen on.
pub const CHANNEL: &str = "callbackd_signals";

/// The longest payload that `pg_notify` takes, in bytes: it refuses 8,000.
const PAYLOAD_BYTES_MAX: usize = 7_999;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Signal {
    /// One person has seen callbacks; meant for that person's other streams alone.
    Viewed {
        /// The person's profile.
        admin: Uuid,
        #[serde(flatten)]
        what: Seen,
    },
    /// Callbacks are gone.
    Deleted {
        rows: Vec<DeletedRow>,
    },
    /// Callbacks changed after they were stored.
    Updated {
        ids: Vec<Uuid>,
    },
    SessionRevoked {
        sessions: Vec<Uuid>,
    },
    TokenRevoked {
        tokens: Vec<Uuid>,
    },
    /// These people's roles must be looked up again.
    RoleChanged {
        profiles: Vec<Uuid>,
    },
    /// A forwarding `tail` is to send a callback again.
    Replay {
        tail: Uuid,
        attempt: Uuid,
        callback: Uuid,
    },
    /// Sources were added, changed or removed.
    Sources,
    /// One person has other preferences now; meant for that person's streams alone.
    Preferences {
        person: Uuid,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    Ids(Vec<Uuid>),
    /// Everything up to here.
    Through(Cursor),
}

/// A deleted callback and whose it was, for streams that show only their owner's; `["<id>", "<owner>" or null]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedRow(pub Uuid, pub Option<String>);

impl Signal {
    /// The payloads to send: one, or several where the list is long.
    pub fn payloads(&self) -> Vec<String> {
        let text = self.encoded();
        match self.halves() {
            Some((first, second)) if text.len() > PAYLOAD_BYTES_MAX => {
                let mut payloads = first.payloads();
                payloads.extend(second.payloads());
                payloads
            }
            _ => vec![text],
        }
    }

    fn encoded(&self) -> String {
        serde_json::to_string(self).expect("ids and texts always become JSON")
    }

    /// The same news as two signals of half the length; `None` where there is no list left to halve.
    fn halves(&self) -> Option<(Self, Self)> {
        fn cut<T: Clone, U>(list: &[T], make: impl Fn(Vec<T>) -> U) -> Option<(U, U)> {
            let (first, second) = list.split_at(list.len() / 2);
            (!first.is_empty()).then(|| (make(first.to_vec()), make(second.to_vec())))
        }
        match self {
            Self::Viewed { what: Seen::Through(_), .. }
            | Self::Preferences { .. }
            | Self::Replay { .. }
            | Self::Sources => None,
            Self::Viewed { admin, what: Seen::Ids(ids) } => {
                cut(ids, |ids| Self::Viewed { admin: *admin, what: Seen::Ids(ids) })
            }
            Self::Deleted { rows } => cut(rows, |rows| Self::Deleted { rows }),
            Self::Updated { ids } => cut(ids, |ids| Self::Updated { ids }),
            Self::SessionRevoked { sessions } => cut(sessions, |sessions| Self::SessionRevoked { sessions }),
            Self::TokenRevoked { tokens } => cut(tokens, |tokens| Self::TokenRevoked { tokens }),
            Self::RoleChanged { profiles } => cut(profiles, |profiles| Self::RoleChanged { profiles }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    #[test]
    fn every_signal_has_its_form_on_the_wire() {
        let one = "00000000-0000-0000-0000-000000000001";
        let cases = [
            (
                Signal::Viewed { admin: id(1), what: Seen::Ids(vec![id(1)]) },
                format!(r#"{{"kind":"viewed","admin":"{one}","ids":["{one}"]}}"#),
            ),
            (
                Signal::Viewed { admin: id(1), what: Seen::Through(Cursor::from_seq(7)) },
                format!(r#"{{"kind":"viewed","admin":"{one}","through":"7"}}"#),
            ),
            (
                Signal::Deleted { rows: vec![DeletedRow(id(1), None), DeletedRow(id(1), Some("u".into()))] },
                format!(r#"{{"kind":"deleted","rows":[["{one}",null],["{one}","u"]]}}"#),
            ),
            (Signal::Updated { ids: vec![id(1)] }, format!(r#"{{"kind":"updated","ids":["{one}"]}}"#)),
            (
                Signal::SessionRevoked { sessions: vec![id(1)] },
                format!(r#"{{"kind":"session_revoked","sessions":["{one}"]}}"#),
            ),
            (
                Signal::TokenRevoked { tokens: vec![id(1)] },
                format!(r#"{{"kind":"token_revoked","tokens":["{one}"]}}"#),
            ),
            (
                Signal::RoleChanged { profiles: vec![id(1)] },
                format!(r#"{{"kind":"role_changed","profiles":["{one}"]}}"#),
            ),
            (
                Signal::Replay { tail: id(1), attempt: id(1), callback: id(1) },
                format!(r#"{{"kind":"replay","tail":"{one}","attempt":"{one}","callback":"{one}"}}"#),
            ),
            (Signal::Sources, r#"{"kind":"sources"}"#.to_owned()),
            (Signal::Preferences { person: id(1) }, format!(r#"{{"kind":"preferences","person":"{one}"}}"#)),
        ];
        for (signal, text) in cases {
            assert_eq!(signal.payloads(), std::slice::from_ref(&text));
            assert_eq!(serde_json::from_str::<Signal>(&text).expect(&text), signal);
        }
    }

    #[test]
    fn a_long_list_is_split_below_the_limit_and_loses_nothing() {
        let owner = Some("é".repeat(64));
        let rows: Vec<_> = (0..500).map(|number| DeletedRow(id(number), owner.clone())).collect();
        let payloads = Signal::Deleted { rows: rows.clone() }.payloads();
        assert!(payloads.iter().all(|payload| payload.len() < 8_000), "{payloads:?}");
        let mut arrived = Vec::new();
        for payload in payloads {
            match serde_json::from_str(&payload).expect("a signal") {
                Signal::Deleted { rows } => arrived.extend(rows),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(arrived, rows);
    }
}
