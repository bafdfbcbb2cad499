//! A sender that can be told to make mistakes, and the judge of what is said about them.

use std::borrow::Cow;
use std::fmt::Write as _;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use callbackd::callback::{Cause, Diagnosis};
use callbackd::ingest::diagnosis::{Case, Token, diagnose};
use callbackd::source::{self, Source};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::SecretString;
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use crate::support::json_forms::COMPACT;

/// What the timestamp in the body says, in milliseconds.
pub const NOW_MS: i64 = 1_705_314_600_000;
pub const ID: &str = "msg_2bZ8Kq";
pub const RETIRED: &str = "secret-that-was-before-0123456789";
pub const OTHER: &str = "secret-of-another-source-01234567";

/// How a preset signs, in a few words.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub preset: &'static str,
    pub secret: &'static str,
    pub header: &'static str,
    pub prefix: &'static str,
    pub base64: bool,
    /// `{t}` and `{b}`, `{i}` stand for timestamp, body and id.
    pub content: &'static str,
    pub time_header: &'static str,
    pub id_header: &'static str,
    pub bearer: bool,
}

const PLAIN: Shape = Shape {
    preset: "llm",
    secret: "0123456789abcdefghijklmnopqrstuv",
    header: "x-webhook-signature",
    prefix: "sha256=",
    base64: false,
    content: "{b}",
    time_header: "",
    id_header: "",
    bearer: false,
};
const STANDARD_WEBHOOKS: Shape = Shape {
    preset: "standard-webhooks",
    secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    header: "webhook-signature",
    prefix: "v1,",
    base64: true,
    content: "{i}.{t}.{b}",
    time_header: "webhook-timestamp",
    id_header: "webhook-id",
    bearer: false,
};

/// Every scheme with a shared secret.
pub const SHAPES: [Shape; 9] = [
    PLAIN,
    Shape { preset: "stepper", prefix: "", time_header: "x-webhook-timestamp", bearer: true, ..PLAIN },
    Shape { preset: "github", header: "x-hub-signature-256", ..PLAIN },
    Shape { preset: "generic-hmac", header: "x-signature", ..PLAIN },
    Shape { preset: "stripe", header: "stripe-signature", prefix: "t={t},v1=", content: "{t}.{b}", ..PLAIN },
    Shape {
        preset: "elevenlabs",
        header: "elevenlabs-signature",
        prefix: "t={t},v0=",
        content: "{t}.{b}",
        ..PLAIN
    },
    STANDARD_WEBHOOKS,
    Shape { preset: "openai", ..STANDARD_WEBHOOKS },
    Shape { preset: "replicate", ..STANDARD_WEBHOOKS },
];

/// One request as a sender makes it: each part may be spoilt before it is sent.
#[derive(Debug, Clone)]
pub struct Sender {
    pub shape: Shape,
    pub key: Vec<u8>,
    pub algorithm: &'static str,
    pub content: Cow<'static, str>,
    pub header: String,
    pub prefix: Cow<'static, str>,
    pub signed_body: Vec<u8>,
    pub sent_body: Vec<u8>,
    pub time: String,
    pub token: Option<String>,
    /// From the bytes of the signature to its text.
    pub write: fn(&[u8]) -> String,
    pub more: Vec<(&'static str, String)>,
}

impl Sender {
    pub fn new(shape: Shape) -> Self {
        let key = match shape.secret.strip_prefix("whsec_") {
            Some(text) => STANDARD.decode(text).expect("base64"),
            None => shape.secret.as_bytes().to_vec(),
        };
        let time = if shape.preset == "stepper" { NOW_MS } else { NOW_MS / 1000 };
        Self {
            shape,
            key,
            algorithm: "sha256",
            content: shape.content.into(),
            header: shape.header.to_owned(),
            prefix: shape.prefix.into(),
            signed_body: COMPACT.as_bytes().to_vec(),
            sent_body: COMPACT.as_bytes().to_vec(),
            time: time.to_string(),
            token: shape.bearer.then(|| format!("Bearer {}", shape.secret)),
            write: if shape.base64 { |bytes| STANDARD.encode(bytes) } else { hex },
            more: Vec::new(),
        }
    }

    pub fn signature(&self) -> String {
        let mut signed = Vec::new();
        let mut rest = &*self.content;
        while let Some(c) = rest.chars().next() {
            let part =
                [("{b}", &self.signed_body[..]), ("{t}", self.time.as_bytes()), ("{i}", ID.as_bytes())]
                    .into_iter()
                    .find(|(name, _)| rest.starts_with(name));
            let length = if let Some((name, bytes)) = part {
                signed.extend_from_slice(bytes);
                name.len()
            } else {
                signed.extend_from_slice(c.to_string().as_bytes());
                c.len_utf8()
            };
            rest = &rest[length..];
        }
        (self.write)(&tag(self.algorithm, &self.key, &signed))
    }

    pub fn headers(&self) -> HeaderMap {
        let value = format!("{}{}", self.prefix.replace("{t}", &self.time), self.signature());
        let mut pairs = vec![(self.header.clone(), value)];
        let mut put = |name: &str, value: &str| {
            if !name.is_empty() {
                pairs.push((name.to_owned(), value.to_owned()));
            }
        };
        put(self.shape.time_header, &self.time);
        put(self.shape.id_header, ID);
        if let Some(token) = &self.token {
            put("authorization", token);
        }
        put("content-type", "application/json");
        for (name, value) in &self.more {
            put(name, value);
        }
        map(&pairs)
    }

    pub fn diagnose(&self) -> Diagnosis {
        look(&source(self.shape.preset, self.shape.secret), &self.headers(), Some(&self.sent_body))
    }
}

/// By the clock of when the timestamp is from.
pub fn look(source: &Source, headers: &HeaderMap, body: Option<&[u8]>) -> Diagnosis {
    let other = self::source("assemblyai", OTHER);
    diagnose(&Case {
        source,
        published: &[],
        others: &[&other],
        headers,
        body,
        received_at: now(),
        token: Token::Presented,
    })
}

/// A preset's source with an active secret, and one that was retired yesterday.
pub fn source(preset: &str, secret: &str) -> Source {
    let mut source = source::find(&[], preset).expect("its settings are good").expect("it is there");
    let retired = match secret.strip_prefix("whsec_") {
        Some(_) => format!("whsec_{}", STANDARD.encode(RETIRED)),
        None => RETIRED.to_owned(),
    };
    source.add_secret(&SecretString::from(retired)).expect("a good secret");
    source.secrets[0].until = Some(now() - TimeDelta::days(1));
    source.add_secret(&SecretString::from(secret)).expect("a good secret");
    source
}

pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(NOW_MS).expect("a time")
}

pub fn map(pairs: &[(String, String)]) -> HeaderMap {
    let pair = |(name, value): &(String, String)| -> (HeaderName, HeaderValue) {
        (name.parse().expect("a name"), value.parse().expect("a value"))
    };
    pairs.iter().map(pair).collect()
}

pub fn tag(algorithm: &str, key: &[u8], message: &[u8]) -> Vec<u8> {
    macro_rules! hmac {
        ($hash:ty) => {{
            let mut mac = Hmac::<$hash>::new_from_slice(key).expect("a key of any length");
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        }};
    }
    match algorithm {
        "sha1" => hmac!(Sha1),
        "sha256" => hmac!(Sha256),
        "sha512" => hmac!(Sha512),
        "plain" => <Sha256 as sha2::Digest>::digest(message).to_vec(),
        "secret first" => <Sha256 as sha2::Digest>::digest([key, message].concat()).to_vec(),
        other => panic!("{other}"),
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What it found, in order.
pub fn causes(diagnosis: &Diagnosis) -> Vec<Cause> {
    assert_eq!(diagnosis.code, diagnosis.findings[0].code, "{diagnosis:?}");
    diagnosis.findings.iter().map(|finding| finding.code).collect()
}

/// No part of a secret, of a key or of the right signature is in what is said.
pub fn tells_no_secret(diagnosis: &Diagnosis, secrets: &[&str]) {
    let said = serde_json::to_string(diagnosis).expect("JSON");
    for secret in secrets {
        assert!(!said.contains(secret), "{said}");
    }
}
