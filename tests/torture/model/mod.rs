//! What must hold, whatever fails: judged from a history of what was done and seen, and from what the table holds in
//! the end.
//!
//! Pure: it knows no server, no clock and no randomness. The decision worth arguing about: it demands nothing that only
//! timing could tell. Facts are in the order in which the test program noted them, so "before" is what one of its tasks
//! knew before another began.

mod callbacks;
mod news;
mod readers;
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use uuid::Uuid;

/// A position, as the server gave it.
pub type Cursor = i64;
/// What identifies the bytes of one attempt.
pub type Digest = [u8; 32];

/// One callback of a sender, however often it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Callback(pub u32);

/// Somebody who reads by position, across all reconnects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reader(pub u32);

/// One server of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node(pub usize);

/// The answer to one delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub id: Uuid,
    pub cursor: Cursor,
    pub duplicate: bool,
}

/// What an admin does to callbacks, and streams are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    Viewed,
    Deleted,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Before an attempt; each has bytes of its own, since its timestamp is new.
    Sending {
        callback: Callback,
        bytes: Digest,
        node: Node,
    },
    Acknowledged {
        callback: Callback,
        receipt: Receipt,
    },
    /// Acknowledged without a place: it is in the node's spool.
    Spooled {
        callback: Callback,
        node: Node,
    },
    /// Any other answer, or none.
    Refused {
        callback: Callback,
    },
    /// Begins to read, or goes on: everything after this position is due. Without one, from now on.
    Opened {
        reader: Reader,
        after: Option<Cursor>,
    },
    Saw {
        reader: Reader,
        cursor: Cursor,
        id: Uuid,
    },
    /// Told that everything up to here has been covered.
    Passed {
        reader: Reader,
        cursor: Cursor,
    },
    /// Told to reload, and to go on from here.
    Reset {
        reader: Reader,
        cursor: Cursor,
    },
    /// About to ask for a change.
    Asking {
        change: Change,
        ids: Vec<Uuid>,
    },
    /// It was answered as done.
    Changed {
        change: Change,
        ids: Vec<Uuid>,
    },
    Told {
        reader: Reader,
        change: Change,
        ids: Vec<Uuid>,
    },
    /// A failover or a restore that loses what came after this position.
    Lost {
        kept: Cursor,
    },
    /// Something begins to fail, or no longer does.
    Fault {
        name: &'static str,
        begins: bool,
    },
    /// Nothing fails any more, nothing is sent, everybody has caught up: from here on hints are certain.
    Quiet,
}

/// What the database holds in the end.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub rows: Vec<Row>,
    pub viewed: BTreeSet<Uuid>,
    /// How many callbacks a stream's `ready` called unviewed, in the end.
    pub unviewed: Vec<i64>,
}

#[derive(Clone)]
pub struct Row {
    pub id: Uuid,
    pub cursor: Cursor,
    /// Of the stored payload; none once it is deleted.
    pub bytes: Option<Digest>,
    pub deliveries: i64,
}

impl Row {
    fn is_deleted(&self) -> bool {
        self.bytes.is_none()
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.is_deleted() { "deleted" } else { "live" };
        write!(f, "{} at {} ({state}, delivered {} times)", self.id, self.cursor, self.deliveries)
    }
}

/// The promises, one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    Kept,
    Once,
    Sent,
    Order,
    Seen,
    InOrder,
    CaughtUp,
    Reloaded,
    Deleted,
    Viewed,
}

impl Rule {
    pub const ALL: [Self; 10] = [
        Self::Kept,
        Self::Once,
        Self::Sent,
        Self::Order,
        Self::Seen,
        Self::InOrder,
        Self::CaughtUp,
        Self::Reloaded,
        Self::Deleted,
        Self::Viewed,
    ];

    pub fn promise(self) -> &'static str {
        match self {
            Self::Kept => "every acknowledged callback is in the table, as it was acknowledged",
            Self::Once => "no callback is in the table twice",
            Self::Sent => "nothing is in the table, or was shown, that was not sent, byte for byte",
            Self::Order => {
                "positions follow the order of commits, also of what was spooled, and none ever names two callbacks"
            }
            Self::Seen => "every reader saw every callback after its position, across all reconnects",
            Self::InOrder => "no reader saw a callback twice, or out of order",
            Self::CaughtUp => "every reader reached the end",
            Self::Reloaded => "nobody was told to reload who could be caught up",
            Self::Deleted => "what was deleted, and nothing else, is gone and was told so",
            Self::Viewed => "what was viewed, and nothing else, is viewed and was told so",
        }
    }
}

/// A promise that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    pub rule: Rule,
    pub detail: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.rule, self.detail)
    }
}

/// Everything that does not hold.
pub fn judge(history: &[Fact], state: &State) -> Vec<Breach> {
    let view = View::of(history, state);
    let mut breaches = callbacks::judge(&view);
    breaches.extend(readers::judge(&view));
    breaches.extend(news::judge(&view));
    breaches
}

/// History and table, looked up from several sides.
struct View<'a> {
    history: &'a [Fact],
    state: &'a State,
    by_id: BTreeMap<Uuid, &'a Row>,
    by_cursor: BTreeMap<Cursor, &'a Row>,
    /// Up to where each loss kept everything.
    losses: Vec<Cursor>,
    /// Whose deletion was asked for. A loss may bring them back.
    deleted: BTreeSet<Uuid>,
}

impl<'a> View<'a> {
    fn of(history: &'a [Fact], state: &'a State) -> Self {
        let losses = history.iter().filter_map(|fact| match fact {
            Fact::Lost { kept } => Some(*kept),
            _ => None,
        });
        let deleted = history.iter().filter_map(|fact| match fact {
            Fact::Asking { change: Change::Deleted, ids } => Some(ids),
            _ => None,
        });
        Self {
            history,
            state,
            by_id: state.rows.iter().map(|row| (row.id, row)).collect(),
            by_cursor: state.rows.iter().map(|row| (row.cursor, row)).collect(),
            losses: losses.collect(),
            deleted: deleted.flatten().copied().collect(),
        }
    }

    /// Whether everybody who passes this row must have been shown it.
    fn is_due(&self, row: &Row) -> bool {
        let was_deleted = !self.losses.is_empty() && self.deleted.contains(&row.id);
        !row.is_deleted() && !was_deleted
    }

    /// Whether a failover or restore explains that a callback at this position is gone: it lies after what was kept, and
    /// before the first that came afterwards.
    fn may_be_lost(&self, cursor: Cursor) -> bool {
        self.losses.iter().any(|kept| {
            let resumed = self.by_cursor.range(kept + 1..).next();
            *kept < cursor && resumed.is_none_or(|(resumed, _)| cursor < *resumed)
        })
    }
}

fn breach(rule: Rule, detail: String) -> Breach {
    Breach { rule, detail }
}
