//! Why a request failed authentication, and the outcome of each of its proofs.

/// Why one proof, and with it the request, was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    MissingSignature,
    InvalidSignature,
    MissingToken,
    InvalidToken,
    MissingTimestamp,
    UnreadableTimestamp,
    /// Milliseconds that it is ahead of this server's clock; negative when behind.
    StaleTimestamp {
        ahead_ms: i64,
    },
    /// The timestamp is not the one in the signed body, so nobody has signed it.
    ForeignTimestamp,
    /// A header that is part of what is signed.
    MissingHeader,
}

impl Rejection {
    /// Stable; stored with the record, and the problem's code.
    pub fn code(self) -> &'static str {
        match self {
            Self::MissingSignature => "missing_signature",
            Self::InvalidSignature => "invalid_signature",
            Self::MissingToken => "missing_token",
            Self::InvalidToken => "invalid_token",
            Self::MissingTimestamp => "missing_timestamp",
            Self::UnreadableTimestamp => "unreadable_timestamp",
            Self::StaleTimestamp { .. } => "stale_timestamp",
            Self::ForeignTimestamp => "foreign_timestamp",
            Self::MissingHeader => "missing_header",
        }
    }

    /// The short public text.
    pub fn error(self) -> &'static str {
        match self {
            Self::MissingSignature => "Missing signature header",
            Self::InvalidSignature => "Invalid signature",
            // A token that is not there proves as little as a wrong one; the code tells them apart.
            Self::MissingToken | Self::InvalidToken => "Invalid token",
            Self::MissingTimestamp => "Missing timestamp header",
            Self::UnreadableTimestamp => "Unreadable timestamp header",
            Self::StaleTimestamp { .. } => "Timestamp out of tolerance",
            Self::ForeignTimestamp => "Timestamp is not that of the signed body",
            Self::MissingHeader => "Missing signed header",
        }
    }
}

/// One proof's outcome; `None` when the scheme does not ask for it, or it was not looked at.
pub type Outcome = Option<Result<(), Rejection>>;

/// The outcome of every proof that a scheme asks for. All are looked at, whatever the first one says: the record must
/// tell which of them held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verdict {
    pub token: Outcome,
    pub signature: Outcome,
    pub timestamp: Outcome,
}

impl Verdict {
    /// What the sender is answered: the first proof that failed, in a fixed order.
    pub fn result(&self) -> Result<(), Rejection> {
        [self.signature, self.token, self.timestamp].into_iter().flatten().collect()
    }
}
