//! Why a token is missing or is none of the source's.

use base64::Engine as _;

use super::{Case, Token, placeholder::is_placeholder, signature::is_text_of};
use crate::{
    callback::{Cause, Finding},
    source::{
        BASE64, Fingerprint, Rejection, Secret,
        scheme::{self, Line},
    },
};

pub fn explain(case: &Case<'_>, rejection: Rejection) -> Finding {
    let Some(line) = case.source.scheme.token.as_ref().and_then(|token| token.lines.first()) else {
        return none_known(case);
    };
    if rejection == Rejection::MissingToken {
        return elsewhere(case, line).unwrap_or_else(|| missing(line));
    }
    if matches!(case.token, Token::Withheld(_)) {
        return not_kept(line);
    }
    presented(case).find_map(|text| read(case, line, &text)).unwrap_or_else(|| none_known(case))
}

/// What stands in the token's headers: whole, behind its scheme, and each of these decoded.
fn presented(case: &Case<'_>) -> impl Iterator<Item = String> {
    let names = case.source.scheme.token.iter().flat_map(scheme::Token::headers);
    let values = names.flat_map(|name| case.headers.get_all(name)).filter_map(|value| value.to_str().ok());
    let texts = values.flat_map(|value| {
        let value = value.trim();
        std::iter::once(value).chain(value.split_once(' ').map(|(_, rest)| rest.trim_start()))
    });
    texts.flat_map(|text| {
        let decoded = BASE64.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let part = decoded.as_deref().and_then(|pair| Some(pair.split_once(':')?.1.to_owned()));
        std::iter::once(text.to_owned()).chain(decoded).chain(part)
    })
}

fn read(case: &Case<'_>, line: &Line, text: &str) -> Option<Finding> {
    let active = |secret: &&Secret| secret.is_active(case.received_at);
    let own = &case.source.secrets;
    if let Some(secret) = own.iter().filter(active).find(|secret| is_text_of(text, secret)) {
        return Some(other_form(line, &secret.fingerprint()));
    }
    let bare = text.trim_matches(['"', '\'']);
    if let Some(secret) =
        own.iter().filter(active).find(|_| bare != text).filter(|secret| is_text_of(bare, secret))
    {
        return Some(quoted(&secret.fingerprint()));
    }
    if let Some(secret) = own.iter().filter(|secret| !active(secret)).find(|secret| is_text_of(text, secret))
    {
        return Some(retired(secret));
    }
    let foreign = case.others.iter().find_map(|other| {
        let secret = other.secrets.iter().find(|secret| is_text_of(text, secret))?;
        Some((other, secret))
    });
    if let Some((other, secret)) = foreign {
        return Some(
            Finding::new(
                Cause::SecretOfOtherSource,
                format!("The token is the secret of the source {}.", other.name),
                format!("Have the sender use this source's secret, or post to {}.", other.path),
            )
            .figure("Secret", &secret.fingerprint()),
        );
    }
    if is_signature(case, text) {
        return Some(Finding::new(
            Cause::TokenIsSignature,
            format!("{} holds a signature of the body, where the secret itself belongs.", line.name()),
            format!("Have the sender write {line}."),
        ));
    }
    is_placeholder(text).then(|| placeholder(line, text))
}

fn is_signature(case: &Case<'_>, text: &str) -> bool {
    use subtle::ConstantTimeEq as _;
    let Some(body) = case.body else { return false };
    let text = text.rsplit_once('=').map_or(text, |(_, rest)| if rest.is_empty() { text } else { rest });
    let read = [crate::source::unhex(text.as_bytes()), BASE64.decode(text).ok()];
    let mut read = read.into_iter().flatten();
    read.any(|bytes| {
        let keys = case.source.secrets.iter().filter_map(|secret| case.source.key(secret));
        let mut tags = keys.filter_map(|key| super::algorithms::hmac_sha256(&key, body));
        tags.any(|tag| bool::from(tag.as_slice().ct_eq(&bytes)))
    })
}

/// The right secret, in a header where nobody looks for it.
fn elsewhere(case: &Case<'_>, line: &Line) -> Option<Finding> {
    let values = case.headers.iter().filter_map(|(name, value)| Some((name, value.to_str().ok()?.trim())));
    let texts = values.flat_map(|(name, value)| {
        let rest = value.split_once(' ').map(|(_, rest)| rest.trim_start());
        std::iter::once(value).chain(rest).map(move |text| (name, text))
    });
    let active = case.source.secrets.iter().filter(|secret| secret.is_active(case.received_at));
    let (name, secret) = texts
        .flat_map(|(name, text)| active.clone().map(move |secret| (name, text, secret)))
        .find_map(|(name, text, secret)| is_text_of(text, secret).then_some((name, secret)))?;
    Some(
        Finding::new(
            Cause::TokenHeader,
            format!("The right secret is in {name}; this source looks for it in {}.", line.name()),
            format!("Have the sender write {line}, or set token for this source."),
        )
        .figure("Secret", &secret.fingerprint()),
    )
}

fn missing(line: &Line) -> Finding {
    Finding::new(
        Cause::TokenMissing,
        format!("The request has no {}.", line.name()),
        format!("Have the sender write {line}."),
    )
}

fn not_kept(line: &Line) -> Finding {
    Finding::new(
        Cause::TokenNotKept,
        format!("The token in {} was wrong; it was not kept, so it cannot be looked at again.", line.name()),
        "Have the sender send the request again: whatever is wrong with its token is then told.",
    )
}

fn other_form(line: &Line, print: &Fingerprint) -> Finding {
    Finding::new(
        Cause::TokenForm,
        format!("{} holds the right secret in another form.", line.name()),
        format!("Have the sender write {line}."),
    )
    .figure("Expected", line)
    .figure("Secret", print)
}

fn quoted(print: &Fingerprint) -> Finding {
    Finding::new(
        Cause::SecretQuoted,
        "The token is the right secret in quotes.",
        "Remove the quotes from the sender's secret.",
    )
    .figure("Secret", print)
}

fn retired(secret: &Secret) -> Finding {
    let until = secret.until.map(|until| until.format("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default();
    Finding::new(
        Cause::SecretRetired,
        format!("The token is a secret that was retired on {until}."),
        "Give the sender the secret that is active now, or move the date on which the old one ends.",
    )
    .figure("Secret", &secret.fingerprint())
}

fn placeholder(line: &Line, text: &str) -> Finding {
    Finding::new(
        Cause::SecretPlaceholder,
        format!("{} holds {text}, which was meant to be replaced by the secret.", line.name()),
        "Set the variable where the sender runs; in single quotes a shell expands nothing.",
    )
}

fn none_known(case: &Case<'_>) -> Finding {
    let finding = Finding::new(
        Cause::NoneKnown,
        "The token is no secret of this or any other source, in any form that was tried.",
        "Compare the fingerprint of the sender's secret with those of the active ones.",
    );
    let active = case.source.secrets.iter().filter(|secret| secret.is_active(case.received_at));
    active.fold(finding, |finding, secret| finding.figure("Active secret", &secret.fingerprint()))
}
