//! Mistakes in how a signature is made and written.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use callbackd::callback::Cause;

use super::made::{OTHER, RETIRED, SHAPES, Sender, Shape, causes, hex, tells_no_secret};
use crate::support::json_forms as forms;

type Spoil = fn(&mut Sender);
type IsPossible = fn(&Shape) -> bool;

fn hmac_key(sender: &mut Sender, key: impl Into<Vec<u8>>) {
    sender.key = key.into();
}

fn signed(sender: &mut Sender, body: impl AsRef<[u8]>) {
    sender.signed_body = body.as_ref().to_vec();
}

fn sent(sender: &mut Sender, body: impl AsRef<[u8]>) {
    sender.sent_body = body.as_ref().to_vec();
}

/// Two numbers as they were signed, and as they came.
fn renumbered(sender: &mut Sender, signed: (&str, &str), sent: (&str, &str)) {
    let body = |(first, second)| {
        let numbers = format!("\"cost\":[{first},{{\"seconds\":{second}}}],\"n\":1.5,");
        forms::COMPACT.replace("\"n\":1.5,", &numbers).into_bytes()
    };
    (sender.signed_body, sender.sent_body) = (body(signed), body(sent));
}

fn with_lines(end: &str) -> String {
    forms::INDENT_2.replace('\n', end)
}

fn is_decoded(shape: &Shape) -> bool {
    shape.secret.starts_with("whsec_")
}

/// Each mistake, its name in the diagnosis, and on which schemes it can be made.
#[rustfmt::skip]
const MISTAKES: &[(&str, Cause, IsPossible, Spoil)] = &[
    ("a line feed behind the secret", Cause::SecretUntrimmed, |s| !is_decoded(s), |s| hmac_key(s, format!("{}\n", s.shape.secret))),
    ("a line end behind the secret", Cause::SecretUntrimmed, |s| !is_decoded(s), |s| hmac_key(s, format!("{}\r\n", s.shape.secret))),
    ("a space in front of the secret", Cause::SecretUntrimmed, |s| !is_decoded(s), |s| hmac_key(s, format!(" {}", s.shape.secret))),
    ("a secret in quotes", Cause::SecretQuoted, |s| !is_decoded(s), |s| hmac_key(s, format!("\"{}\"", s.shape.secret))),
    ("a secret in single quotes", Cause::SecretQuoted, |s| !is_decoded(s), |s| hmac_key(s, format!("'{}'", s.shape.secret))),
    ("a secret that should be decoded, as it is", Cause::SecretDecoding, is_decoded, |s| hmac_key(s, s.shape.secret)),
    ("the same without whsec_", Cause::SecretDecoding, is_decoded, |s| hmac_key(s, &s.shape.secret[6..])),
    ("a secret that is text, decoded", Cause::SecretDecoding, |s| !is_decoded(s), |s| hmac_key(s, STANDARD.decode(s.shape.secret).expect("it can be read so"))),
    ("a retired secret", Cause::SecretRetired, |_| true, |s| hmac_key(s, RETIRED)),
    ("the secret of another source", Cause::SecretOfOtherSource, |_| true, |s| hmac_key(s, OTHER)),
    ("no secret", Cause::SecretEmpty, |_| true, |s| hmac_key(s, "")),
    ("a variable that nobody expanded", Cause::SecretPlaceholder, |_| true, |s| hmac_key(s, "$WEBHOOK_SECRET")),
    ("the same in braces", Cause::SecretPlaceholder, |s| s.preset == "llm", |s| hmac_key(s, "${LLM_WEBHOOK_SECRET}")),
    ("a program's word for nothing", Cause::SecretPlaceholder, |_| true, |s| hmac_key(s, "undefined")),

    ("signed with spaces, sent without", Cause::BodyReserialised, |_| true, |s| signed(s, forms::SPACED)),
    ("signed as Python does", Cause::BodyReserialised, |_| true, |s| signed(s, forms::SPACED_ASCII)),
    ("signed with sorted keys", Cause::BodyReserialised, |_| true, |s| signed(s, forms::SORTED)),
    ("signed as Python does with sorted keys", Cause::BodyReserialised, |_| true, |s| signed(s, forms::SPACED_SORTED_ASCII)),
    ("signed indented by two", Cause::BodyReserialised, |_| true, |s| signed(s, forms::INDENT_2)),
    ("signed indented by four, in ASCII", Cause::BodyReserialised, |_| true, |s| signed(s, forms::INDENT_4)),
    ("signed in ASCII", Cause::BodyReserialised, |_| true, |s| signed(s, forms::ASCII)),
    ("signed in ASCII, sent as it is", Cause::BodyReserialised, |_| true, |s| { signed(s, forms::COMPACT); sent(s, forms::ASCII); }),
    ("signed with escaped slashes", Cause::BodyReserialised, |_| true, |s| signed(s, forms::SLASHES)),
    ("signed as PHP does", Cause::BodyReserialised, |_| true, |s| signed(s, forms::PHP)),
    ("signed as Go does", Cause::BodyReserialised, |_| true, |s| signed(s, forms::GO)),
    ("signed without spaces, sent with", Cause::BodyReserialised, |_| true, |s| sent(s, forms::SPACED_ASCII.replace("\\u00e9", "é").replace("\\ud83d\\ude00", "😀"))),
    ("signed without spaces, sent indented", Cause::BodyReserialised, |_| true, |s| sent(s, forms::INDENT_2)),
    ("1.0 made to 1", Cause::BodyNumbers, |_| true, |s| renumbered(s, ("1.0", "0.25"), ("1", "0.25"))),
    ("floats made whole where others are not", Cause::BodyNumbers, |_| true, |s| renumbered(s, ("2.0", "3.0"), ("2", "3"))),
    ("1 made to 1.0", Cause::BodyNumbers, |_| true, |s| renumbered(s, ("1", "2"), ("1.0", "2.0"))),
    ("100 made to 100.0 under one key", Cause::BodyNumbers, |_| true, |s| renumbered(s, ("100", "7.0"), ("100.0", "7.0"))),
    ("1e3 made to 1000", Cause::BodyNumbers, |_| true, |s| renumbered(s, ("1e3", "2.5"), ("1000", "2.5"))),
    ("1000 made to 1e3", Cause::BodyNumbers, |_| true, |s| renumbered(s, ("1000", "2.5"), ("1e3", "2.5"))),
    ("zeros at the end lost", Cause::BodyNumbers, |_| true, |s| renumbered(s, ("2.50", "12.00"), ("2.5", "12"))),
    ("zeros at the end added", Cause::BodyNumbers, |_| true, |s| renumbered(s, ("2.5", "12"), ("2.50", "12.00"))),
    ("signed by JavaScript, written again by Python", Cause::BodyNumbers, |_| true, |s| renumbered(s, ("1.5e-7", "0.00001"), ("1.5e-07", "1e-05"))),
    ("signed by Python, written again by JavaScript", Cause::BodyNumbers, |_| true, |s| renumbered(s, ("1.5e-07", "1e-05"), ("1.5e-7", "0.00001"))),
    ("signed by Python with a large float, written again by JavaScript", Cause::BodyNumbers, |_| true, |s| renumbered(s, ("1e+16", "0.5"), ("10000000000000000", "0.5"))),
    ("signed by JavaScript, more digits sent than it has", Cause::BodyNumbers, |_| true, |s| renumbered(s, ("9007199254740992", "1"), ("9007199254740993", "1"))),
    ("signed by Java, written again by JavaScript", Cause::BodyNumbers, |_| true, |s| renumbered(s, ("1.0E7", "2.0"), ("10000000", "2"))),
    ("a line feed lost", Cause::BodyLineEnds, |_| true, |s| signed(s, format!("{}\n", forms::COMPACT))),
    ("a line end lost", Cause::BodyLineEnds, |_| true, |s| signed(s, format!("{}\r\n", forms::COMPACT))),
    ("a line feed added", Cause::BodyLineEnds, |_| true, |s| sent(s, format!("{}\n", forms::COMPACT))),
    ("a line end added", Cause::BodyLineEnds, |_| true, |s| sent(s, format!("{}\r\n", forms::COMPACT))),
    ("line feeds made to line ends", Cause::BodyLineEnds, |_| true, |s| { signed(s, forms::INDENT_2); sent(s, with_lines("\r\n")); }),
    ("line ends made to line feeds", Cause::BodyLineEnds, |_| true, |s| { signed(s, with_lines("\r\n")); sent(s, forms::INDENT_2); }),
    ("a byte order mark added", Cause::BodyByteOrderMark, |s| s.preset != "stepper", |s| sent(s, format!("\u{feff}{}", forms::COMPACT))),
    ("a byte order mark lost", Cause::BodyByteOrderMark, |_| true, |s| signed(s, format!("\u{feff}{}", forms::COMPACT))),
    ("a string of JSON sent", Cause::BodyEncodedTwice, |s| s.preset != "stepper", |s| sent(s, serde_json::to_string(forms::COMPACT).expect("JSON"))),
    ("a string of JSON signed", Cause::BodyEncodedTwice, |_| true, |s| signed(s, serde_json::to_string(forms::COMPACT).expect("JSON"))),

    ("SHA-1", Cause::SignatureAlgorithm, |_| true, |s| s.algorithm = "sha1"),
    ("SHA-512", Cause::SignatureAlgorithm, |_| true, |s| s.algorithm = "sha512"),
    ("a hash without the secret", Cause::SignatureAlgorithm, |_| true, |s| s.algorithm = "plain"),
    ("a hash of secret and body", Cause::SignatureAlgorithm, |_| true, |s| s.algorithm = "secret first"),
    ("base64 for hex", Cause::SignatureEncoding, |s| !s.base64, |s| s.write = |bytes| STANDARD.encode(bytes)),
    ("hex for base64", Cause::SignatureEncoding, |s| s.base64, |s| s.write = hex),
    ("base64 of hex", Cause::SignatureEncoding, |_| true, |s| s.write = |bytes| STANDARD.encode(hex(bytes))),
    ("another prefix", Cause::SignaturePrefix, |s| s.prefix == "sha256=", |s| s.prefix = "hmac-sha256=".into()),
    ("no prefix", Cause::SignaturePrefix, |s| s.prefix == "sha256=" || s.prefix == "v1,", |s| s.prefix = "".into()),
    ("a prefix where none belongs", Cause::SignaturePrefix, |s| s.preset == "stepper", |s| s.prefix = "v1=".into()),
    ("another version of the prefix", Cause::SignaturePrefix, |s| s.prefix.contains("{t}"), |s| s.prefix = "t={t},v9=".into()),
    ("half of a signature", Cause::SignatureTruncated, |_| true, |s| s.write = if s.shape.base64 { |bytes| STANDARD.encode(&bytes[..15]) } else { |bytes| hex(&bytes[..16]) }),
    ("a digit too few", Cause::SignatureTruncated, |s| !s.base64, |s| s.write = |bytes| hex(bytes)[..63].to_owned()),
    ("the body alone", Cause::SignedContent, |s| s.content != "{b}", |s| s.content = "{b}".into()),
    ("timestamp and body", Cause::SignedContent, |s| !s.content.starts_with("{t}") && !s.time_header.is_empty(), |s| s.content = "{t}.{b}".into()),
    ("timestamp and body where none is expected", Cause::SignedContent, |s| s.content == "{b}" && s.time_header.is_empty(), |s| { s.content = "{t}.{b}".into(); s.more.push(("x-request-timestamp", s.time.clone())); }),
    ("id, timestamp and body", Cause::SignedContent, |s| s.content == "{b}" && s.time_header.is_empty(), |s| {
        s.content = "{i}.{t}.{b}".into();
        s.more.extend([("webhook-timestamp", s.time.clone()), ("webhook-id", super::made::ID.to_owned())]);
    }),
    ("no full stop", Cause::SignedContent, |s| s.content == "{t}.{b}", |s| s.content = "{t}{b}".into()),
    ("a secret where the signature belongs", Cause::SignatureIsSecret, |_| true, |s| { s.write = |_| String::new(); s.prefix = s.shape.secret.into(); }),
    ("the same behind a prefix", Cause::SignatureIsSecret, |_| true, |s| { s.write = |_| String::new(); s.prefix = format!("sha256={}", s.shape.secret).into(); }),
    ("a variable where the signature belongs", Cause::SignaturePlaceholder, |_| true, |s| { s.write = |_| "$SIGNATURE".to_owned(); }),
    ("nothing where the signature belongs", Cause::SignatureUnreadable, |_| true, |s| s.write = |_| String::new()),
];

#[test]
fn each_mistake_is_named_on_every_scheme_where_it_can_be_made() {
    let mut wrong = Vec::new();
    let mut cases = 0;
    for (what, expected, is_possible, spoil) in MISTAKES {
        for shape in SHAPES.iter().filter(|shape| is_possible(shape)) {
            let mut sender = Sender::new(*shape);
            spoil(&mut sender);
            let diagnosis = sender.diagnose();
            tells_no_secret(&diagnosis, &[shape.secret, &shape.secret[6..], RETIRED, OTHER]);
            cases += 1;
            let own = causes(&diagnosis);
            // Where a timestamp shares the header it is gone with it.
            let with_it = [Cause::SignaturePrefix, Cause::TimestampMissing];
            if own[0] != *expected || own[1..].iter().any(|cause| !with_it.contains(cause)) {
                wrong.push(format!("{what}, on {}: {own:?}", shape.preset));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {cases}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cases > 200, "{cases}");
}

#[test]
fn without_a_mistake_it_verifies() {
    for shape in SHAPES {
        let diagnosis = Sender::new(shape).diagnose();
        assert_eq!(causes(&diagnosis), [Cause::Verified], "{}: {diagnosis:?}", shape.preset);
        assert!(diagnosis.proofs.iter().all(|proof| proof.outcome == "valid"), "{diagnosis:?}");
    }
    let mut upper = Sender::new(SHAPES[0]);
    upper.write = |bytes| hex(bytes).to_uppercase();
    assert_eq!(causes(&upper.diagnose()), [Cause::Verified], "hex in capitals is hex");
}

#[test]
fn base64_of_another_alphabet_is_told_apart() {
    for (shape, write) in SHAPES.iter().flat_map(|shape| {
        let writes: [fn(&[u8]) -> String; 2] =
            [|bytes| URL_SAFE.encode(bytes), |bytes| URL_SAFE_NO_PAD.encode(bytes)];
        writes.map(|write| (shape, write))
    }) {
        let mut sender = Sender::new(*shape);
        sender.write = write;
        // Some signatures are the same in both alphabets: one is wanted that is not.
        for number in 0.. {
            let body = forms::COMPACT.replace("1.5", &format!("{number}"));
            sender.signed_body = body.clone().into_bytes();
            sender.sent_body = body.into_bytes();
            if sender.signature().contains(['-', '_']) {
                break;
            }
        }
        assert_eq!(causes(&sender.diagnose()), [Cause::SignatureEncoding], "{}", shape.preset);
    }
}

#[test]
fn a_right_signature_in_another_header_is_found() {
    for shape in SHAPES {
        let mut sender = Sender::new(shape);
        sender.header = "x-my-signature".to_owned();
        // Where the header carries the time it is missing then, and that is said as well.
        let own = causes(&sender.diagnose());
        assert_eq!(own[0], Cause::SignatureHeader, "{}: {own:?}", shape.preset);
        let mut both = sender.clone();
        both.more.push((shape.header, format!("sha256={}", "0".repeat(64))));
        assert_eq!(causes(&both.diagnose())[0], Cause::SignatureHeader, "{}", shape.preset);
    }
}

#[test]
fn two_mistakes_at_once_are_both_named() {
    for shape in SHAPES {
        let check = |what: &str, expected: [Cause; 2], spoil: Spoil| {
            let mut sender = Sender::new(shape);
            spoil(&mut sender);
            assert_eq!(causes(&sender.diagnose())[..2], expected, "{what}, on {}", shape.preset);
        };
        check("retired and serialised again", [Cause::SecretRetired, Cause::BodyReserialised], |sender| {
            hmac_key(sender, RETIRED);
            signed(sender, forms::SPACED_ASCII);
        });
        check(
            "serialised again with SHA-1",
            [Cause::BodyReserialised, Cause::SignatureAlgorithm],
            |sender| {
                signed(sender, forms::SPACED);
                sender.algorithm = "sha1";
            },
        );
    }
}

#[test]
fn numbers_and_spaces_are_both_named_with_the_number_that_was_signed() {
    for shape in SHAPES {
        let mut sender = Sender::new(shape);
        // Python signs, and JavaScript passes it on.
        sender.signed_body = forms::SPACED_ASCII.replace("[1,", "[1.0,").into_bytes();
        let diagnosis = sender.diagnose();
        assert_eq!(causes(&diagnosis), [Cause::BodyNumbers, Cause::BodyReserialised], "{}", shape.preset);
        let figures = &diagnosis.findings[0].figures;
        let said: Vec<_> = figures.iter().map(|figure| (&*figure.name, &*figure.value)).collect();
        assert_eq!(said, [("Signed", "1.0"), ("Received", "1")]);
    }
    let mut sender = Sender::new(SHAPES[0]);
    renumbered(&mut sender, ("2.0", "0.5"), ("2", "0.5"));
    hmac_key(&mut sender, RETIRED);
    assert_eq!(causes(&sender.diagnose()), [Cause::NoneKnown], "many forms are not tried with other secrets");
    renumbered(&mut sender, ("2", "0.5"), ("2.0", "0.5"));
    assert_eq!(causes(&sender.diagnose()), [Cause::SecretRetired, Cause::BodyNumbers]);
}

#[test]
fn a_body_full_of_numbers_and_keys_is_tried_within_the_limit() {
    let many: Vec<String> = (0..5_000).map(|at| format!("\"k{at}\":{at}.0")).collect();
    let key = "k".repeat(100_000);
    let long: Vec<String> = (0..3).map(|at| format!("\"{key}{at}\":[1.0,2]")).collect();
    for body in [format!("{{{}}}", many.join(",")), format!("{{{}}}", long.join(","))] {
        let mut sender = Sender::new(SHAPES[0]);
        sender.sent_body = body.clone().into_bytes();
        let diagnosis = sender.diagnose();
        assert_eq!((diagnosis.code, diagnosis.complete), (Cause::NoneKnown, false));
        sender.signed_body = body.replace(".0", "").into_bytes();
        assert_eq!(causes(&sender.diagnose()), [Cause::BodyNumbers]);
    }
}

#[test]
fn what_has_another_cause_is_not_guessed_at() {
    let unknown: &[(&str, Spoil)] = &[
        ("a secret that nobody knows", |s| hmac_key(s, "of-somebody-else-entirely")),
        ("a body changed on the way", |s| sent(s, forms::COMPACT.replace("more", "less"))),
        ("a number that is another", |s| signed(s, forms::COMPACT.replace("1.5", "1.51"))),
        ("a number written as nothing writes it", |s| signed(s, forms::COMPACT.replace("1.5", "1.5000"))),
        ("digits that are lost", |s| renumbered(s, ("9007199254740993", "1"), ("9007199254740992", "1"))),
        ("numbers, spaces and another secret", |s| {
            signed(s, forms::SPACED.replace("1.5", "1.50"));
            hmac_key(s, RETIRED);
        }),
        ("three mistakes", |s| {
            hmac_key(s, RETIRED);
            signed(s, forms::SPACED);
            s.algorithm = "sha512";
        }),
        ("noise of the right length", |s| {
            s.write = |bytes| if bytes.len() == 32 { "0".repeat(64) } else { String::new() }
        }),
        ("seven right bytes", |s| s.write = |bytes| hex(&[&bytes[..7], &[0; 25]].concat())),
    ];
    for (what, spoil) in unknown {
        for shape in SHAPES {
            let mut sender = Sender::new(shape);
            spoil(&mut sender);
            let diagnosis = sender.diagnose();
            assert_eq!(causes(&diagnosis), [Cause::NoneKnown], "{what}, on {}: {diagnosis:?}", shape.preset);
            assert!(diagnosis.complete && diagnosis.tried > 500, "{what}: {}", diagnosis.tried);
        }
    }
}

#[test]
fn a_large_body_is_tried_within_the_limit_and_every_single_mistake_is_still_found() {
    let filler = "x".repeat(1_000_000);
    let body = forms::COMPACT.replace("more", &filler);
    for (signed, expected) in [
        ("of something else".to_owned(), Cause::NoneKnown),
        (format!("{body}\n"), Cause::BodyLineEnds),
        (forms::GO.replace("more", &filler), Cause::BodyReserialised),
    ] {
        let mut sender = Sender::new(SHAPES[0]);
        (sender.signed_body, sender.sent_body) = (signed.into_bytes(), body.clone().into_bytes());
        let diagnosis = sender.diagnose();
        let said = (diagnosis.code, diagnosis.complete);
        assert_eq!(said, (expected, expected != Cause::NoneKnown), "{} tried", diagnosis.tried);
        assert!(diagnosis.tried < 300, "{}", diagnosis.tried);
    }
    // Nested as deep as a body may be: each form is one pass over it.
    let deep = format!("{}{}{}", "[".repeat(127), "1,".repeat(100_000) + "1", "]".repeat(127));
    let mut sender = Sender::new(SHAPES[0]);
    sender.sent_body = deep.into_bytes();
    assert_eq!(sender.diagnose().code, Cause::NoneKnown);
}
