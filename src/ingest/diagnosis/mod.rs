//! Why a request did not verify.
//!
//! A pure function from a request and the settings of its source to a diagnosis. It varies what a signature depends on
//! (key, algorithm, signed content, the bytes of the body, where and how the signature is written), computes, and
//! compares: what it names has been proven by a match, or stands in the request in so many words. Anything else is
//! "none of the known causes". Of secrets it says fingerprints only.
//!
//! The work is bounded by what it computes, not by a clock, so that the same request always gets the same answer: see
//! `search`.

mod algorithms;
mod bodies;
mod contents;
mod keys;
mod numbers;
mod placeholder;
mod presented;
mod search;
mod signature;
mod timestamp;
mod token;

use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use ed25519_dalek::VerifyingKey;

use crate::{
    callback::{Cause, Diagnosis, Finding, Proof, ProofKind},
    source::{
        Rejection, Source, Verdict,
        scheme::{Keys, Outcome},
    },
};

/// One request, and whom it is said to be from.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    pub source: &'a Source,
    /// Keys that the service publishes.
    pub published: &'a [VerifyingKey],
    /// Whose secret it may have been instead.
    pub others: &'a [&'a Source],
    pub headers: &'a HeaderMap,
    /// `None` where the request was refused before its body was read.
    pub body: Option<&'a [u8]>,
    pub received_at: DateTime<Utc>,
    /// What came of the token when it was received: of a stored request nothing else is known.
    pub token: Token,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// It stands in the headers.
    Presented,
    /// It was looked at, and not kept.
    Withheld(Outcome),
}

pub fn diagnose(case: &Case<'_>) -> Diagnosis {
    let verdict = verdict(case);
    let mut effort = search::Effort::default();
    let mut findings = Vec::new();
    if let Some(Err(rejection)) = verdict.signature {
        findings.extend(signature::explain(case, rejection, &verdict, &mut effort));
    }
    if let Some(Err(rejection)) = verdict.token {
        findings.push(token::explain(case, rejection));
    }
    if let Some(Err(rejection)) = verdict.timestamp {
        findings.push(timestamp::explain(case, rejection, &verdict));
    }
    if findings.is_empty() {
        findings.push(verified(case, &verdict));
    }
    Diagnosis {
        code: findings.first().map_or(Cause::NoneKnown, |finding| finding.code),
        findings,
        proofs: proofs(case, &verdict),
        tried: effort.tried(),
        complete: effort.is_complete(),
        checked_at: Utc::now(),
    }
}

/// Every proof with the settings of now, by the clock of when the request was received. What cannot be checked for
/// want of a body is left open.
pub fn verdict(case: &Case<'_>) -> Verdict {
    let Case { source, headers, received_at, .. } = *case;
    let keys = Keys { secrets: &source.secrets, published: case.published };
    let mut verdict = match (source.scheme.check_headers(headers), case.body) {
        (Ok(()), None) => Verdict::default(),
        (Err(missing), None) => missing,
        (Ok(()), Some(body)) => source.scheme.verify(headers, body, keys, received_at),
        (Err(missing), Some(body)) => {
            let verdict = source.scheme.verify(headers, body, keys, received_at);
            Verdict { signature: missing.signature.or(verdict.signature), ..verdict }
        }
    };
    if let (Token::Withheld(outcome), Some(_)) = (case.token, &source.scheme.token) {
        verdict.token = outcome.or(verdict.token.filter(Result::is_err));
    }
    verdict
}

/// Whether every proof that the source asks for was looked at and holds.
pub fn holds(source: &Source, verdict: &Verdict) -> bool {
    let scheme = &source.scheme;
    let asked = [
        (scheme.token.is_some(), verdict.token),
        (scheme.signature.is_some(), verdict.signature),
        (scheme.timestamp.is_some(), verdict.timestamp),
    ];
    asked.into_iter().all(|(is_asked, outcome)| !is_asked || outcome == Some(Ok(())))
}

fn verified(case: &Case<'_>, verdict: &Verdict) -> Finding {
    if holds(case.source, verdict) {
        return Finding::new(
            Cause::Verified,
            "With the settings of now this request verifies.",
            "Accept it, if it was rejected: it is then stored as a verified callback.",
        );
    }
    Finding::new(
        Cause::BodyNotKept,
        "The request was refused by its headers before its body was read, so its signature cannot be checked.",
        "Have the sender send it again.",
    )
}

fn proofs(case: &Case<'_>, verdict: &Verdict) -> Vec<Proof> {
    let scheme = &case.source.scheme;
    let asked = [
        (ProofKind::Signature, scheme.signature.is_some(), verdict.signature),
        (ProofKind::Token, scheme.token.is_some(), verdict.token),
        (ProofKind::Timestamp, scheme.timestamp.is_some(), verdict.timestamp),
    ];
    let asked = asked.into_iter().filter(|(_, is_asked, _)| *is_asked);
    let outcome = |outcome: Outcome| match outcome {
        None => "not_checked",
        Some(Ok(())) => "valid",
        Some(Err(rejection)) => Rejection::code(rejection),
    };
    asked.map(|(proof, _, found)| Proof { proof, outcome: outcome(found).to_owned() }).collect()
}
