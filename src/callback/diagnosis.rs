//! Why a request did not verify, as it is stored with the request and shown.
//!
//! Only the shape: how it is found out is the business of `ingest`. Nothing here ever holds a secret; of a secret it
//! holds the fingerprint.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{
    Deserialize, Serialize,
    de::{
        IntoDeserializer as _,
        value::{self, StrDeserializer},
    },
};
use utoipa::ToSchema;

/// What was found out about a request that failed authentication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Diagnosis {
    /// That of the first finding.
    pub code: Cause,
    /// The one that matters most first; never empty.
    pub findings: Vec<Finding>,
    /// Every proof that the source asks for, with the settings of now and the clock of when it was received.
    pub proofs: Vec<Proof>,
    /// How many signatures were computed.
    pub tried: u32,
    /// False when the search ended at its limit: a large body has more variants than are tried.
    pub complete: bool,
    pub checked_at: DateTime<Utc>,
}

/// One thing that is wrong. It was proven: by a signature that matches, or by what stands in the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    pub code: Cause,
    /// What is wrong, in one sentence.
    pub problem: String,
    /// What to do about it, in one sentence.
    pub remedy: String,
    pub figures: Vec<Figure>,
}

/// Something that can be compared with what the sender has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Figure {
    pub name: String,
    pub value: String,
}

/// The outcome of one proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Proof {
    pub proof: ProofKind,
    /// `valid`, `not_checked` where the request was refused before its body was read, or the code of a rejection.
    pub outcome: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProofKind {
    Signature,
    Token,
    Timestamp,
}

/// Stable names of what can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Nothing: with the settings of now it verifies.
    Verified,
    /// White space around the secret, on one of the two sides.
    SecretUntrimmed,
    SecretQuoted,
    /// Decoded on one side, used as it is on the other.
    SecretDecoding,
    SecretRetired,
    SecretOfOtherSource,
    SecretEmpty,
    /// What was meant to be replaced by the secret.
    SecretPlaceholder,
    BodyReserialised,
    /// Numbers were written otherwise: 1 for 1.0.
    BodyNumbers,
    BodyLineEnds,
    BodyByteOrderMark,
    BodyEncodedTwice,
    SignedContent,
    SignatureAlgorithm,
    SignatureHeader,
    SignatureEncoding,
    SignaturePrefix,
    SignatureTruncated,
    SignatureIsSecret,
    SignaturePlaceholder,
    SignatureUnreadable,
    SignatureMissing,
    SignedHeaderMissing,
    TokenMissing,
    TokenHeader,
    TokenForm,
    TokenIsSignature,
    /// Tokens are never stored, so an old one cannot be looked at again.
    TokenNotKept,
    TimestampMissing,
    TimestampFormat,
    TimestampUnit,
    TimestampOutOfWindow,
    TimestampNotSigned,
    /// Refused by its headers, so there is nothing to check a signature over.
    BodyNotKept,
    /// The source has no secret that is active.
    NoSecret,
    /// None of the known causes.
    NoneKnown,
}

impl Cause {
    /// From its stable name; `None` for one that another version has made up.
    pub fn from_code(code: &str) -> Option<Self> {
        let code: StrDeserializer<'_, value::Error> = code.into_deserializer();
        Self::deserialize(code).ok()
    }

    /// Its stable name.
    pub fn code(self) -> String {
        let code = serde_json::to_value(self).ok();
        code.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
    }

    /// Whether it can be about a token, which is seen once and never kept.
    pub fn is_of_token(self) -> bool {
        matches!(
            self,
            Self::TokenForm
                | Self::TokenIsSignature
                | Self::SecretQuoted
                | Self::SecretRetired
                | Self::SecretOfOtherSource
                | Self::SecretPlaceholder
                | Self::NoneKnown
        )
    }
}

impl Finding {
    pub fn new(code: Cause, problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { code, problem: problem.into(), remedy: remedy.into(), figures: Vec::new() }
    }

    #[must_use]
    pub fn figure(mut self, name: &str, value: &(impl fmt::Display + ?Sized)) -> Self {
        self.figures.push(Figure { name: name.to_owned(), value: value.to_string() });
        self
    }
}
