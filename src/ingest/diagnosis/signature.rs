//! Why a signature is missing or does not match.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{
    Case,
    placeholder::is_placeholder,
    presented::{Candidate, candidates},
    search::{Effort, search},
};
use crate::{
    callback::{Cause, Finding},
    ingest::headers::HELD_A_SECRET,
    source::{
        Rejection, Secret, Verdict, hex,
        scheme::{Line, Signature},
    },
};

/// The findings about the signature; at least one.
pub fn explain(
    case: &Case<'_>,
    rejection: Rejection,
    verdict: &Verdict,
    effort: &mut Effort,
) -> Vec<Finding> {
    let Some(signature) = &case.source.scheme.signature else { return Vec::new() };
    if rejection == Rejection::MissingHeader {
        return vec![missing_header(case, rejection)];
    }
    if let Some(finding) = written(case, signature) {
        return vec![finding];
    }
    let candidates = candidates(case.headers, signature);
    if let Some(found) = search(case, &candidates, effort).filter(|found| !found.is_empty()) {
        return found;
    }
    vec![if rejection == Rejection::MissingSignature {
        missing(case, signature, verdict, &candidates)
    } else if !case.source.secrets.iter().any(|secret| secret.is_active(case.received_at))
        && case.published.is_empty()
    {
        no_secret(case)
    } else if !candidates.iter().any(|candidate| is_at_home(candidate, signature)) {
        unreadable(signature)
    } else {
        none_known(case)
    }]
}

/// What can be read off the header itself.
fn written(case: &Case<'_>, signature: &Signature) -> Option<Finding> {
    let texts: Vec<(&Line, &str)> = signature
        .lines
        .iter()
        .flat_map(|line| case.headers.get_all(&line.header).iter().map(move |value| (line, value)))
        .filter_map(|(line, value)| Some((line, value.to_str().ok()?.trim())))
        .collect();
    let own = case.source.secrets.iter().map(|secret| (None, secret));
    let others =
        case.others.iter().flat_map(|other| other.secrets.iter().map(|secret| (Some(&other.name), secret)));
    let secrets: Vec<(Option<&Arc<str>>, &Secret)> = own.chain(others).collect();
    for (line, text) in &texts {
        if *text == HELD_A_SECRET {
            return Some(is_secret(line, ""));
        }
        for piece in behind_signs(text) {
            if let Some((other, secret)) = secrets.iter().find(|(_, secret)| is_text_of(piece, secret)) {
                let whose = other.map_or_else(String::new, |name| format!(" of the source {name}"));
                return Some(is_secret(line, &whose).figure("Secret", &secret.fingerprint()));
            }
            if is_placeholder(piece) {
                return Some(placeholder(line, piece));
            }
        }
    }
    None
}

/// The text, and what stands behind each sign that separates a prefix from it.
fn behind_signs(text: &str) -> impl Iterator<Item = &str> {
    let cuts = text.match_indices(['=', ',', ':', ' ']).map(|(at, sign)| at + sign.len());
    std::iter::once(0)
        .chain(cuts)
        .filter_map(|at| text.get(at..))
        .map(str::trim)
        .filter(|rest| !rest.is_empty())
}

/// Digests are compared, so that nothing of a secret can be measured.
pub fn is_text_of(text: &str, secret: &Secret) -> bool {
    bool::from(Sha256::digest(text).as_slice().ct_eq(secret.digest().as_slice()))
}

fn is_at_home(candidate: &Candidate<'_>, signature: &Signature) -> bool {
    signature.lines.iter().any(|line| line.header == *candidate.header())
}

fn is_secret(line: &Line, whose: &str) -> Finding {
    Finding::new(
        Cause::SignatureIsSecret,
        format!("{} holds the secret{whose} itself, where a signature made with it belongs.", line.name()),
        "Have the sender compute the signature, and replace the secret: it has been sent over the network in clear.",
    )
    .figure("Expected", line)
}

fn placeholder(line: &Line, text: &str) -> Finding {
    Finding::new(
        Cause::SignaturePlaceholder,
        format!("{} holds {text}, which was meant to be replaced by the signature.", line.name()),
        "Set the variable where the sender runs, and have it computed before the request is made; in single quotes a shell expands nothing.",
    )
    .figure("Expected", line)
}

fn missing_header(case: &Case<'_>, rejection: Rejection) -> Finding {
    let advice = case.source.scheme.advice(rejection);
    Finding::new(
        Cause::SignedHeaderMissing,
        "A header that is part of what is signed is missing.",
        format!("Have the sender do this: {advice}."),
    )
}

fn missing(
    case: &Case<'_>,
    signature: &Signature,
    verdict: &Verdict,
    candidates: &[Candidate<'_>],
) -> Finding {
    let Some(line) = signature.lines.first() else { return none_known(case) };
    let problem = match verdict.token {
        Some(Ok(())) => {
            format!("The token is right, but {} is missing: this source asks for both.", line.name())
        }
        _ => format!("The request has no {}.", line.name()),
    };
    let finding = Finding::new(
        Cause::SignatureMissing,
        problem,
        format!("Have the sender {}.", case.source.scheme.advice(Rejection::MissingSignature)),
    )
    .figure("Expected", line);
    // As long as the body is not there nothing can be proven; but that a header of this form is there is a fact.
    let similar = candidates.iter().find(|candidate| [20, 32, 64].contains(&candidate.bytes.len()));
    match similar.filter(|_| case.body.is_none()) {
        Some(candidate) => finding.figure("A header of this form", candidate.header()),
        None => finding,
    }
}

fn no_secret(case: &Case<'_>) -> Finding {
    Finding::new(
        Cause::NoSecret,
        format!("The source {} has no active secret, so nothing can verify.", case.source.name),
        "Set its secret (docs/sources.md says where).",
    )
}

fn unreadable(signature: &Signature) -> Finding {
    let line = signature.lines.first();
    let name = line.map(Line::name).unwrap_or_default();
    let finding = Finding::new(
        Cause::SignatureUnreadable,
        format!("{name} holds nothing that can be read as a signature, in hex or base64."),
        "Have the sender compute the signature and write it in the expected form.",
    );
    match line {
        Some(line) => finding.figure("Expected", line),
        None => finding,
    }
}

fn none_known(case: &Case<'_>) -> Finding {
    let mut finding = Finding::new(
        Cause::NoneKnown,
        "Nothing that was tried makes this signature.",
        "Compare the figures with the sender's: the fingerprint of its secret, and the length and SHA-256 of the bytes that it signs.",
    );
    for secret in case.source.secrets.iter().filter(|secret| secret.is_active(case.received_at)) {
        finding = finding.figure("Active secret", &secret.fingerprint());
    }
    if let Some(body) = case.body {
        let digest = hex(&Sha256::digest(body));
        finding =
            finding.figure("Body", &format!("{} bytes", body.len())).figure("SHA-256 of the body", &digest);
    }
    match case.source.scheme.signature.as_ref().and_then(|signature| signature.lines.first()) {
        Some(line) => finding.figure("Expected", line),
        None => finding,
    }
}
