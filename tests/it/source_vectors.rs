//! Each preset against what its service really sends: requests from its documentation, or made by its own library.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use callbackd::source::scheme::{Envelope, Keys};
use callbackd::source::{self, Rejection, Source, Verdict};
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::VerifyingKey;
use secrecy::SecretString;

struct Vector {
    /// Where it comes from.
    origin: &'static str,
    preset: &'static str,
    secret: &'static str,
    /// A published key, in base64url.
    published: Option<&'static str>,
    /// The delivery's id, where the scheme signs one.
    id: &'static str,
    /// When it was signed, in seconds; 0 where the scheme does not say.
    at: i64,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
}

const STEPPER: &str = include_str!("samples/stepper.report.completed.json");

#[rustfmt::skip]
const VECTORS: &[Vector] = &[
    Vector {
        origin: "RFC 4231, test case 2, in the LLM service's header",
        preset: "llm", secret: "Jefe", published: None, id: "", at: 0,
        headers: &[("X-Webhook-Signature", "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")],
        body: "what do ya want for nothing?",
    },
    Vector {
        origin: "openssl dgst -sha256 -hmac, over the report service's sample",
        preset: "stepper", secret: "secret-of-reports", published: None, id: "", at: 1_705_314_600,
        headers: &[
            ("Authorization", "Bearer secret-of-reports"),
            ("X-Webhook-Signature", "ed736f9b31c7a991972772575055057806e4cc4c68d79df433c4b36469f5a807"),
            ("X-Webhook-Timestamp", "1705314600000"),
        ],
        body: STEPPER,
    },
    Vector {
        origin: "the report service's sample",
        preset: "stepper-callback", secret: "secret-of-reports", published: None, id: "", at: 0,
        headers: &[("Authorization", "Bearer secret-of-reports")],
        body: include_str!("samples/stepper-callback.json"),
    },
    Vector {
        origin: "Svix's documentation of manual verification; svix 1.99.1 (npm) signs the same",
        preset: "standard-webhooks", secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", published: None,
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek", at: 1_614_265_330,
        headers: &[
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            ("webhook-timestamp", "1614265330"),
        ],
        body: r#"{"test": 2432232314}"#,
    },
    Vector {
        origin: "standardwebhooks 1.1.1 (npm); openai 6.49.0 (npm) unwraps it",
        preset: "openai", secret: "whsec_RdvaYFYUXuIFuEbvZHwMfYFhUf7aMYjYcmM24+Aj40c=", published: None,
        id: "wh_685c059ae39c8190af8c71ed1022a24d", at: 1_750_861_210,
        headers: &[
            ("webhook-id", "wh_685c059ae39c8190af8c71ed1022a24d"),
            ("webhook-signature", "v1,gUAg4R2hWouRZqRQG4uJypNS8YK885G838+EHb4nKBY="),
            ("webhook-timestamp", "1750861210"),
        ],
        body: r#"{"id": "evt_685c059ae3a481909bdc86819b066fb6", "object": "event", "created_at": 1750861210, "type": "response.completed", "data": {"id": "resp_123"}}"#,
    },
    Vector {
        origin: "standardwebhooks 1.1.1 (npm); replicate 1.4.0 (npm) validates it",
        preset: "replicate", secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", published: None,
        id: "msg_2bZ8Kq", at: 1_706_700_000,
        headers: &[
            ("webhook-id", "msg_2bZ8Kq"),
            ("webhook-signature", "v1,qp4DlzNCKCGb5RacoovsmzxZHybBoecMrmEKaYeEMbI="),
            ("webhook-timestamp", "1706700000"),
        ],
        body: r#"{"id":"ufawqhfynnddngldkgtslldrkq","model":"black-forest-labs/flux-schnell","version":"5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa","status":"succeeded","input":{"text":"Alice"},"output":["hello Alice"],"error":null,"logs":"","metrics":{"predict_time":0.032135}}"#,
    },
    Vector {
        origin: "@elevenlabs/elevenlabs-js 2.73.0 (npm) constructs an event from it",
        preset: "elevenlabs", secret: "wsec_0123456789abcdef", published: None, id: "", at: 1_739_537_300,
        headers: &[("ElevenLabs-Signature", "t=1739537300,v0=dbde68c3bfb36688bdcfd748b1fcadeea3cad6e67e646bb20fe32fbbe90b1511")],
        body: r#"{"type":"post_call_transcription","event_timestamp":1739537297,"data":{"agent_id":"xyz","conversation_id":"abc","status":"done","transcript":[{"role":"agent","message":"Hey there angelo. How are you?","time_in_call_secs":0}],"metadata":{"start_time_unix_secs":1739537297,"call_duration_secs":22,"cost":296}}}"#,
    },
    Vector {
        origin: "libsodium-wrappers 0.8.4 (npm), as fal's documentation verifies; the key pair of RFC 8032, test 1",
        preset: "fal", secret: "", published: Some("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"), id: "", at: 1_752_019_770,
        headers: &[
            ("X-Fal-Webhook-Request-Id", "123e4567-e89b-12d3-a456-426614174000"),
            ("X-Fal-Webhook-User-Id", "user_2f"),
            ("X-Fal-Webhook-Timestamp", "1752019770"),
            ("X-Fal-Webhook-Signature", "f42bf6ea94c0f4c30eca90f453d8a0683b8a5be67e56afdc9cddf0c46e7ec4c30bb3c43cd4a90b8c8e03c7cb4b71b09ff1e564a7e3ccca8f4913bc07a52e500b"),
        ],
        body: r#"{"request_id": "123e4567-e89b-12d3-a456-426614174000", "gateway_request_id": "123e4567-e89b-12d3-a456-426614174000", "status": "OK", "payload": {"images": [{"url": "https://url.to/image.png", "content_type": "image/png", "file_name": "image.png", "file_size": 1824075, "width": 1024, "height": 1024}], "seed": 196619188014358660}}"#,
    },
    Vector {
        origin: "curl 7.88.1 for a callback URL with credentials, as Deepgram's documentation recommends",
        preset: "deepgram", secret: "callbackd:s3cret", published: None, id: "", at: 0,
        headers: &[("Authorization", "Basic Y2FsbGJhY2tkOnMzY3JldA==")],
        body: r#"{"metadata":{"request_id":"a847f427"},"results":{}}"#,
    },
    Vector {
        origin: "AssemblyAI's documentation: webhook_auth_header_name and webhook_auth_header_value",
        preset: "assemblyai", secret: "secret-value", published: None, id: "", at: 0,
        headers: &[("X-My-Webhook-Secret", "secret-value")],
        body: r#"{"transcript_id":"5552493-16d8-42d8-8feb-c2a16b56f6e8","status":"completed"}"#,
    },
    Vector {
        origin: "GitHub's documentation of validating deliveries; @octokit/webhooks-methods 6.0.0 (npm) signs the same",
        preset: "github", secret: "It's a Secret to Everybody", published: None, id: "", at: 0,
        headers: &[("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")],
        body: "Hello, World!",
    },
    Vector {
        origin: "stripe 23.1.0 (npm), generateTestHeaderString; constructEvent takes it",
        preset: "stripe", secret: "whsec_test_secret", published: None, id: "", at: 1_686_089_970,
        headers: &[("Stripe-Signature", "t=1686089970,v1=68bee50cc16a0bd4d69c260d8844ff3e83c23be18f416e7f08bb322dda1ab279")],
        body: r#"{"id":"evt_1NG8Du2eZvKYlo2CUI79vXWy","object":"event","type":"payment_intent.succeeded","pending_webhooks":1,"data":{"object":{"id":"pi_1","object":"payment_intent"}}}"#,
    },
    Vector {
        origin: "RFC 4231, test case 2, in the commonest header",
        preset: "generic-hmac", secret: "Jefe", published: None, id: "", at: 0,
        headers: &[("X-Signature", "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")],
        body: "what do ya want for nothing?",
    },
];

impl Vector {
    fn source(&self) -> Source {
        let mut source = source::find(&[], self.preset).expect("its settings are good").expect("it is there");
        if !self.secret.is_empty() {
            source.add_secret(&SecretString::from(self.secret)).expect("a good secret");
        }
        source
    }

    fn published(&self) -> Vec<VerifyingKey> {
        let bytes = self.published.map(|text| URL_SAFE_NO_PAD.decode(text).expect("base64url"));
        let key = bytes.map(|bytes| VerifyingKey::from_bytes(&bytes.try_into().expect("32 bytes")));
        key.into_iter().map(|key| key.expect("a point on the curve")).collect()
    }

    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.at, 0).expect("a time")
    }

    fn verify(&self, headers: &HeaderMap, body: &[u8], now: DateTime<Utc>) -> Verdict {
        let (source, published) = (self.source(), self.published());
        if let Err(verdict) = source.scheme.check_headers(headers) {
            return verdict;
        }
        source.scheme.verify(headers, body, Keys { secrets: &source.secrets, published: &published }, now)
    }
}

fn map<'a>(headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> HeaderMap {
    let pair = |(name, value): (&str, &str)| -> (HeaderName, HeaderValue) {
        (name.parse().expect("a name"), value.parse().expect("a value"))
    };
    headers.into_iter().map(pair).collect()
}

#[test]
fn every_preset_has_a_vector() {
    let mut missing: Vec<&str> = source::presets().collect();
    missing.retain(|preset| !VECTORS.iter().any(|vector| vector.preset == *preset));
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn what_a_service_has_signed_verifies() {
    for vector in VECTORS {
        let headers = map(vector.headers.iter().copied());
        let verdict = vector.verify(&headers, vector.body.as_bytes(), vector.now());
        assert_eq!(verdict.result(), Ok(()), "{}: {verdict:?}", vector.origin);
    }
}

#[test]
fn what_is_changed_on_the_way_does_not() {
    for vector in VECTORS {
        let check = |what: &str, headers: &HeaderMap, body: &[u8]| {
            let verdict = vector.verify(headers, body, vector.now());
            assert!(verdict.result().is_err(), "{}: {what} is not noticed: {verdict:?}", vector.origin);
        };
        let good = map(vector.headers.iter().copied());
        let signs = vector.source().scheme.signature.is_some();
        if signs {
            for body in [format!("{} ", vector.body), format!("x{}", &vector.body[1..]), String::new()] {
                check("another body", &good, body.as_bytes());
            }
        }
        for (name, value) in vector.headers {
            let mut without = good.clone();
            without.remove(*name);
            check(&format!("no {name}"), &without, vector.body.as_bytes());
            // The last digit is part of every proof, and of every part of what is signed.
            let mut digits: Vec<char> = value.trim_end_matches('=').chars().collect();
            let last = digits.last_mut().expect("no value is empty");
            *last = if *last == '0' { '1' } else { '0' };
            let mut other = good.clone();
            other.insert(
                name.parse::<HeaderName>().expect("a name"),
                String::from_iter(digits).parse().expect("a value"),
            );
            check(&format!("another {name}"), &other, vector.body.as_bytes());
            let mut empty = good.clone();
            empty.insert(name.parse::<HeaderName>().expect("a name"), HeaderValue::from_static(""));
            check(&format!("an empty {name}"), &empty, vector.body.as_bytes());
        }
    }
}

#[test]
fn another_secret_does_not_verify() {
    for vector in VECTORS.iter().filter(|vector| !vector.secret.is_empty()) {
        let mut source = vector.source();
        source.secrets.clear();
        source.add_secret(&source.random_secret()).expect("a good secret");
        let headers = map(vector.headers.iter().copied());
        let keys = Keys { secrets: &source.secrets, published: &[] };
        let verdict = source.scheme.verify(&headers, vector.body.as_bytes(), keys, vector.now());
        let expected = match source.scheme.signature {
            Some(_) => Rejection::InvalidSignature,
            None => Rejection::InvalidToken,
        };
        assert_eq!(verdict.result(), Err(expected), "{}", vector.origin);
    }
}

#[test]
fn a_captured_request_is_of_no_use_later() {
    for vector in VECTORS.iter().filter(|vector| vector.at != 0) {
        let tolerance = vector.source().scheme.timestamp.expect("it says when it was signed").tolerance;
        let expected = if vector.preset == "elevenlabs" { 50 * 60 } else { 5 * 60 };
        assert_eq!(tolerance.as_secs(), expected, "{}", vector.origin);
        let headers = map(vector.headers.iter().copied());
        for side in [-1, 1] {
            let away = |seconds: u64| {
                let seconds = TimeDelta::seconds(side * i64::try_from(seconds).expect("it fits"));
                vector.verify(&headers, vector.body.as_bytes(), vector.now() + seconds).result()
            };
            assert_eq!(away(expected), Ok(()), "{}", vector.origin);
            let late = away(expected + 1);
            assert!(matches!(late, Err(Rejection::StaleTimestamp { .. })), "{}: {late:?}", vector.origin);
        }
    }
}

/// One implementation signs for `callbackd send`, for the commands that people paste, and here.
#[test]
fn what_is_signed_here_is_what_the_service_signs() {
    for vector in VECTORS.iter().filter(|vector| vector.published.is_none()) {
        let source = vector.source();
        let secret = source.secrets.first().expect("it has one");
        let signed =
            source.scheme.sign(secret, Envelope { id: vector.id, at: vector.now() }, vector.body.as_bytes());
        let signed = map(signed.iter().map(|header| (header.name.as_str(), header.value.as_str())));
        assert_eq!(signed, map(vector.headers.iter().copied()), "{}", vector.origin);
    }
}

/// Ed25519 is deterministic too, but the names of fal's own headers are made up by whoever sends.
#[test]
fn a_key_of_ones_own_signs_what_its_public_half_verifies() {
    let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    let fal = VECTORS.iter().find(|vector| vector.preset == "fal").expect("it is there");
    let mut source = fal.source();
    source.add_secret(&SecretString::from(seed)).expect("a private key");
    let secret = source.secrets.first().expect("it has just been added");
    let signed = source.scheme.sign(secret, Envelope { id: "request", at: fal.now() }, fal.body.as_bytes());
    let signed = map(signed.iter().map(|header| (header.name.as_str(), header.value.as_str())));
    assert_eq!(fal.verify(&signed, fal.body.as_bytes(), fal.now()).result(), Ok(()));
    let none = Keys { secrets: &[], published: &[] };
    assert_eq!(
        source.scheme.verify(&signed, fal.body.as_bytes(), none, fal.now()).result(),
        Err(Rejection::InvalidSignature)
    );
}

#[test]
fn a_signature_of_each_secret_is_looked_at_while_one_is_rotated() {
    let openai = VECTORS.iter().find(|vector| vector.preset == "openai").expect("it is there");
    let mut headers = map(openai.headers.iter().copied());
    let signature = headers["webhook-signature"].to_str().expect("plain text").to_owned();
    let other = "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=";
    for list in
        [format!("{other} {signature}"), format!("{signature} {other}"), format!("v1a,AAAA {signature}")]
    {
        headers.insert("webhook-signature", list.parse().expect("a value"));
        assert_eq!(openai.verify(&headers, openai.body.as_bytes(), openai.now()).result(), Ok(()), "{list}");
    }
    let many = format!("{}{signature}", format!("{other} ").repeat(16));
    headers.insert("webhook-signature", many.parse().expect("a value"));
    let flood = openai.verify(&headers, openai.body.as_bytes(), openai.now()).result();
    assert_eq!(flood, Err(Rejection::InvalidSignature), "sixteen are looked at, and no more");

    let stripe = VECTORS.iter().find(|vector| vector.preset == "stripe").expect("it is there");
    let value = stripe.headers[0]
        .1
        .replace(",v1=", ",v1=00,v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39,v1=");
    let headers = map([("Stripe-Signature", value.as_str())]);
    assert_eq!(stripe.verify(&headers, stripe.body.as_bytes(), stripe.now()).result(), Ok(()), "{value}");
}

#[test]
fn deepgrams_credentials_come_in_base64_and_the_identifier_of_a_key_as_it_is() {
    let deepgram = VECTORS.iter().find(|vector| vector.preset == "deepgram").expect("it is there");
    let headers = map([("dg-token", deepgram.secret)]);
    assert_eq!(deepgram.verify(&headers, b"{}", deepgram.now()).result(), Ok(()));
    let headers = map([("dg-token", "Y2FsbGJhY2tkOnMzY3JldA==")]);
    assert_eq!(deepgram.verify(&headers, b"{}", deepgram.now()).result(), Err(Rejection::InvalidToken));
}
