//! Tokens, timestamps, missing headers, key pairs, and which of several proofs has failed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use callbackd::callback::{Cause, ProofKind};
use callbackd::ingest::diagnosis::{Case, Token, diagnose};
use callbackd::source::scheme::Envelope;
use callbackd::source::{self, Rejection};
use ed25519_dalek::{Signer as _, SigningKey};
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};

use super::made::{
    NOW_MS, OTHER, RETIRED, SHAPES, Sender, causes, hex, look, map, now, source, tag, tells_no_secret,
};
use crate::support::json_forms::{COMPACT, SPACED};

const SECRET: &str = "0123456789abcdefghijklmnopqrstuv";

#[test]
fn a_token_that_is_wrong_is_told_why() {
    let signature = hex(&tag("sha256", SECRET.as_bytes(), COMPACT.as_bytes()));
    for (what, header, value, expected) in [
        ("no scheme", "authorization", SECRET.to_owned(), Cause::TokenForm),
        ("another scheme", "authorization", format!("Token {SECRET}"), Cause::TokenForm),
        ("base64", "authorization", format!("Bearer {}", STANDARD.encode(SECRET)), Cause::TokenForm),
        (
            "basic",
            "authorization",
            format!("Basic {}", STANDARD.encode(format!("me:{SECRET}"))),
            Cause::TokenForm,
        ),
        ("quotes", "authorization", format!("Bearer \"{SECRET}\""), Cause::SecretQuoted),
        ("retired", "authorization", format!("Bearer {RETIRED}"), Cause::SecretRetired),
        ("another source's", "authorization", format!("Bearer {OTHER}"), Cause::SecretOfOtherSource),
        ("a signature", "authorization", format!("Bearer sha256={signature}"), Cause::TokenIsSignature),
        ("a variable", "authorization", "Bearer ${WEBHOOK_SECRET}".to_owned(), Cause::SecretPlaceholder),
        ("nothing", "authorization", "Bearer undefined".to_owned(), Cause::SecretPlaceholder),
        ("another header", "x-api-key", SECRET.to_owned(), Cause::TokenHeader),
        ("another header, with a scheme", "x-auth", format!("Bearer {SECRET}"), Cause::TokenHeader),
        ("none", "x-other", "value".to_owned(), Cause::TokenMissing),
        ("unknown", "authorization", "Bearer of-somebody-else".to_owned(), Cause::NoneKnown),
    ] {
        let source = source("stepper-callback", SECRET);
        let headers = map(&[(header.to_owned(), value)]);
        let diagnosis = look(&source, &headers, Some(COMPACT.as_bytes()));
        assert_eq!(causes(&diagnosis), [expected], "{what}: {diagnosis:?}");
        tells_no_secret(&diagnosis, &[SECRET, RETIRED, OTHER]);
    }
}

#[test]
fn a_token_that_was_not_kept_is_known_by_what_came_of_it() {
    let source = source("stepper-callback", SECRET);
    let headers = map(&[("authorization".to_owned(), "(not kept: valid)".to_owned())]);
    for (outcome, expected) in [
        (Some(Ok(())), Cause::Verified),
        (Some(Err(Rejection::InvalidToken)), Cause::TokenNotKept),
        (None, Cause::TokenNotKept),
    ] {
        let diagnosis = diagnose(&Case {
            source: &source,
            published: &[],
            others: &[],
            headers: &headers,
            body: Some(COMPACT.as_bytes()),
            received_at: now(),
            token: Token::Withheld(outcome),
        });
        assert_eq!(causes(&diagnosis), [expected], "{outcome:?}");
    }
}

#[test]
fn of_several_proofs_those_that_failed_are_named() {
    let stepper = SHAPES[1];
    assert_eq!(stepper.preset, "stepper");
    let outcomes = |sender: &Sender, remove: &str| {
        let mut headers = sender.headers();
        headers.remove(remove);
        let diagnosis = look(&source(stepper.preset, stepper.secret), &headers, Some(&sender.sent_body));
        let proofs: Vec<_> =
            diagnosis.proofs.iter().map(|proof| (proof.proof, proof.outcome.clone())).collect();
        let word = |proof: ProofKind| {
            let found = proofs.iter().find(|(kind, _)| *kind == proof).expect("all three are there");
            found.1.clone()
        };
        let words = [ProofKind::Signature, ProofKind::Token, ProofKind::Timestamp].map(word);
        (causes(&diagnosis), words.join(" "), diagnosis.findings[0].problem.clone())
    };
    let good = Sender::new(stepper);
    let (found, words, problem) = outcomes(&good, "x-webhook-signature");
    assert_eq!((found, words.as_str()), (vec![Cause::SignatureMissing], "missing_signature valid valid"));
    assert!(problem.starts_with("The token is right, but"), "{problem}");
    let (found, words, _) = outcomes(&good, "authorization");
    assert_eq!((found, words.as_str()), (vec![Cause::TokenMissing], "valid missing_token valid"));
    let (found, words, _) = outcomes(&good, "x-webhook-timestamp");
    assert_eq!((found, words.as_str()), (vec![Cause::TimestampMissing], "valid valid missing_timestamp"));
    let mut bad = good.clone();
    bad.signed_body = SPACED.into();
    bad.token = Some(format!("Bearer {RETIRED}"));
    let (found, words, _) = outcomes(&bad, "x-none");
    let expected = vec![Cause::BodyReserialised, Cause::SecretRetired];
    assert_eq!((found, words.as_str()), (expected, "invalid_signature invalid_token valid"));
}

#[test]
fn a_timestamp_is_told_apart_by_unit_form_and_distance() {
    let seconds = NOW_MS / 1000;
    for shape in SHAPES.iter().filter(|shape| shape.content.contains("{t}")) {
        let minutes = if shape.preset == "elevenlabs" { 50 } else { 5 };
        for (time, expected, part) in [
            ((seconds - 7260).to_string(), Cause::TimestampOutOfWindow, "2 h 1 min behind"),
            ((seconds + 60 * minutes + 12).to_string(), Cause::TimestampOutOfWindow, "min 12 s ahead of"),
            (NOW_MS.to_string(), Cause::TimestampUnit, "in milliseconds"),
            (format!("{NOW_MS}000"), Cause::TimestampUnit, "in microseconds"),
            ("2024-01-15T10:30:00Z".to_owned(), Cause::TimestampFormat, "a date"),
            (format!("{seconds}.5"), Cause::TimestampFormat, "a fraction"),
            ("soon".to_owned(), Cause::TimestampFormat, "no number"),
        ] {
            let mut sender = Sender::new(*shape);
            sender.time.clone_from(&time);
            let diagnosis = sender.diagnose();
            assert_eq!(causes(&diagnosis), [expected], "{time} on {}: {diagnosis:?}", shape.preset);
            assert!(diagnosis.findings[0].problem.contains(part), "{diagnosis:?}");
        }
    }
    let mut stepper = Sender::new(SHAPES[1]);
    stepper.time = seconds.to_string();
    assert_eq!(causes(&stepper.diagnose()), [Cause::TimestampUnit]);
    stepper.time = (NOW_MS + 1000).to_string();
    assert_eq!(causes(&stepper.diagnose()), [Cause::TimestampNotSigned]);
}

#[test]
fn of_a_request_without_its_body_only_facts_are_told() {
    let source = source("llm", SECRET);
    let signature = hex(&tag("sha256", SECRET.as_bytes(), COMPACT.as_bytes()));
    let headers = map(&[("x-hub-signature-256".to_owned(), format!("sha256={signature}"))]);
    let diagnosis = look(&source, &headers, None);
    assert_eq!(causes(&diagnosis), [Cause::SignatureMissing]);
    let figures = &diagnosis.findings[0].figures;
    assert!(figures.iter().any(|figure| figure.value == "x-hub-signature-256"), "{figures:?}");
    assert_eq!(diagnosis.tried, 0);
    let known = look(&source, &headers, Some(COMPACT.as_bytes()));
    assert_eq!(causes(&known), [Cause::SignatureHeader], "with the body it can be proven");

    let headers = map(&[("x-webhook-signature".to_owned(), "sha256=00".to_owned())]);
    assert_eq!(causes(&look(&source, &headers, None)), [Cause::BodyNotKept]);
}

#[test]
fn a_signed_header_that_is_missing_is_named() {
    let sender = Sender::new(SHAPES[6]);
    assert_eq!(sender.shape.preset, "standard-webhooks");
    let mut headers = sender.headers();
    headers.remove("webhook-id");
    let source = source(sender.shape.preset, sender.shape.secret);
    for body in [None, Some(&sender.sent_body[..])] {
        let diagnosis = look(&source, &headers, body);
        assert_eq!(diagnosis.code, Cause::SignedHeaderMissing, "{diagnosis:?}");
        assert!(diagnosis.findings[0].remedy.contains("webhook-id"), "{diagnosis:?}");
    }
}

#[test]
fn a_key_pair_is_searched_too() {
    let mut source = source::find(&[], "fal").expect("good settings").expect("it is there");
    let key = SigningKey::from_bytes(&[7; 32]);
    source.add_secret(&SecretString::from(hex(key.as_bytes()))).expect("a private key");
    let secret = source.secrets.remove(0);
    let published = [key.verifying_key()];
    let signed = |body: &str| {
        let headers = source.scheme.sign(&secret, Envelope { id: "r-1", at: now() }, body.as_bytes());
        let headers: Vec<_> = headers.into_iter().map(|header| (header.name, header.value)).collect();
        map(&headers)
    };
    let check = |what: &str, headers: &axum::http::HeaderMap, expected: &[Cause]| {
        let diagnosis = diagnose(&Case {
            source: &source,
            published: &published,
            others: &[],
            headers,
            body: Some(COMPACT.as_bytes()),
            received_at: now(),
            token: Token::Presented,
        });
        assert_eq!(causes(&diagnosis), expected, "{what}");
    };
    check("as it should be", &signed(COMPACT), &[Cause::Verified]);
    check("serialised again", &signed(SPACED), &[Cause::BodyReserialised]);
    check("another body", &signed("{}"), &[Cause::NoneKnown]);
    let mut base64 = signed(COMPACT);
    let name = "x-fal-webhook-signature";
    let bytes = source::unhex(base64[name].as_bytes()).expect("hex");
    base64.insert(name, STANDARD.encode(bytes).parse().expect("a value"));
    check("base64", &base64, &[Cause::SignatureEncoding]);
}

/// Each check takes a processor fifty microseconds, and anybody can send what has to be checked.
#[test]
fn signatures_of_key_pairs_are_checked_within_a_limit() {
    let source = source::find(&[], "fal").expect("good settings").expect("it is there");
    let pairs = [1, 2, 3].map(|seed| SigningKey::from_bytes(&[seed; 32]));
    let published = pairs.each_ref().map(SigningKey::verifying_key);
    let look = |decoys: u8, body: &str| {
        let made = |text: &[u8]| hex(&pairs[2].sign(text).to_bytes());
        let digest = hex(&Sha256::digest(COMPACT));
        let signed = format!("r-1\nuser\n{}\n{digest}", now().timestamp());
        let mut headers = vec![
            ("x-fal-webhook-request-id".to_owned(), "r-1".to_owned()),
            ("x-fal-webhook-user-id".to_owned(), "user".to_owned()),
            ("x-fal-webhook-timestamp".to_owned(), now().timestamp().to_string()),
            ("x-fal-webhook-signature".to_owned(), made(signed.as_bytes())),
        ];
        headers.extend((0..decoys).map(|decoy| (format!("x-decoy-{decoy}"), made(&[decoy]))));
        diagnose(&Case {
            source: &source,
            published: &published,
            others: &[],
            headers: &map(&headers),
            body: Some(body.as_bytes()),
            received_at: now(),
            token: Token::Presented,
        })
    };
    let another = SPACED.replace("1.5", "1.51");
    let forged = look(0, &another);
    assert_eq!((forged.code, forged.complete), (Cause::NoneKnown, false));
    assert!(forged.tried < 1_050, "one signature each: {}", forged.tried);
    let flood = look(100, &another);
    assert_eq!((flood.code, flood.complete), (Cause::NoneKnown, false));
    assert!(flood.tried < 20, "a hundred signatures each: {}", flood.tried);
    assert_eq!(causes(&look(0, SPACED)), [Cause::BodyReserialised], "one difference is found all the same");
}

#[test]
fn a_source_without_an_active_secret_says_so() {
    let mut source = source("llm", SECRET);
    source.secrets.truncate(0);
    let headers = Sender::new(SHAPES[0]).headers();
    assert_eq!(causes(&look(&source, &headers, Some(COMPACT.as_bytes()))), [Cause::NoSecret]);
}
