//! Signatures, tokens and timestamps of every scheme there is.

use std::sync::OnceLock;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use callbackd::ingest::diagnosis::{Case, Token, diagnose};
use callbackd::parsers::{kept_headers, redact};
use callbackd::source::scheme::{Envelope, Keys};
use callbackd::source::{self, Source};
use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::request;

/// One source of each preset, with a secret, as far as there is one that signs.
pub fn sources() -> &'static [Source] {
    static SOURCES: OnceLock<Vec<Source>> = OnceLock::new();
    SOURCES.get_or_init(|| {
        let of = |name| {
            let mut source = source::find(&[], name).ok()??;
            source.add_secret(&SecretString::from(source.format.write(&[7; 32]))).ok()?;
            Some(source)
        };
        let all: Vec<Source> = source::presets().filter_map(of).collect();
        assert!(all.len() > 10, "there are presets");
        all
    })
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a time")
}

/// The first byte changes another one of what was signed.
pub fn verifies_only_as_it_was_signed(bytes: &[u8]) {
    let Some((place, body)) = bytes.split_first() else { return };
    for source in sources() {
        let (scheme, secrets) = (&source.scheme, &source.secrets);
        let mut headers = HeaderMap::new();
        for header in scheme.sign(&secrets[0], Envelope { id: "msg_1", at: now() }, body) {
            let name = HeaderName::from_bytes(header.name.as_bytes()).expect("a name");
            headers.append(name, HeaderValue::from_str(&header.value).expect("a value"));
        }
        let verify =
            |body: &[u8]| scheme.verify(&headers, body, Keys { secrets, published: &[] }, now()).signature;
        let Some(outcome) = verify(body) else { continue };
        assert_eq!(outcome, Ok(()), "{}: what was signed verifies", source.name);
        let mut changed = body.to_vec();
        changed.push(*place);
        assert!(verify(&changed).is_some_and(|outcome| outcome.is_err()), "{}: a byte more", source.name);
        changed.pop();
        if let Some(byte) = changed.get_mut(usize::from(*place) % body.len().max(1)) {
            *byte ^= 1;
            assert!(
                verify(&changed).is_some_and(|outcome| outcome.is_err()),
                "{}: a bit changed",
                source.name
            );
        }
    }
}

pub fn foreign_requests_are_refused_and_kept_without_secrets(bytes: &[u8]) {
    let (headers, body) = request(bytes);
    for source in sources() {
        let keys = Keys { secrets: &source.secrets, published: &[] };
        let missing = source.scheme.check_headers(&headers).is_err();
        let verdict = source.scheme.verify(&headers, body, keys, now());
        assert!(!missing || verdict.result().is_err(), "{}: what is missing does not verify", source.name);
        if verdict.signature == Some(Ok(())) {
            let longer = [body, b" "].concat();
            let verdict = source.scheme.verify(&headers, &longer, keys, now());
            assert_ne!(verdict.signature, Some(Ok(())), "{}: one signature, one body", source.name);
        }
        let mut redacted = headers.clone();
        redact(&mut redacted, &source.secrets.iter().collect::<Vec<_>>());
        let kept = kept_headers(&redacted, &source.scheme, verdict.token);
        let list: Vec<(String, String)> = serde_json::from_str(&kept).expect("it is a list of pairs");
        assert!(!list.iter().any(|(name, _)| name == "cookie" || name == "proxy-authorization"));
        let secret = source.secrets[0].expose();
        assert!(!list.iter().any(|(_, value)| value.contains(secret)), "{}: {kept}", source.name);
    }
}

pub fn a_diagnosis_is_always_the_same_and_bounded(bytes: &[u8]) {
    let (headers, body) = request(bytes);
    let sources = sources();
    let place = bytes.first().map_or(0, |byte| usize::from(*byte)) % sources.len();
    let (source, others) = (&sources[place], &sources[(place + 1) % sources.len()]);
    let case = Case {
        source,
        published: &[],
        others: &[others],
        headers: &headers,
        body: Some(body),
        received_at: now(),
        token: Token::Presented,
    };
    let (once, again) = (diagnose(&case), diagnose(&case));
    assert_eq!((once.code, once.tried, once.complete), (again.code, again.tried, again.complete));
    assert_eq!(once.findings.len(), again.findings.len());
    assert!(!once.findings.is_empty(), "it always says something");
    let said = serde_json::to_string(&once).expect("it is JSON");
    for secret in source.secrets.iter().chain(&others.secrets) {
        // What the sender itself has sent in clear is no news to anybody.
        let sent = headers.values().any(|value| contains(value.as_bytes(), secret.expose().as_bytes()));
        assert!(sent || contains(body, secret.expose().as_bytes()) || !said.contains(secret.expose()));
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
