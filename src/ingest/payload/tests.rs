//! Bodies: what is accepted, what is found in them, and their canonical form.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

#[test]
fn bodies_that_are_refused_say_why_and_where() {
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let cases: [(&[u8], &str); 9] = [
        (b"", "the body is empty"),
        (b"{\"a\":\"\xff\"}", "the body is not UTF-8: byte 6 begins no valid character"),
        (b"{\"a\":1,}", "the body is not JSON: key must be a string at line 1, column 8"),
        (b"{\"a\":1}{", "the body is not JSON: trailing characters at line 1, column 8"),
        (b"  ", "the body is not JSON: EOF while parsing a value at line 1, column 2"),
        (b"[1]", "the body must be a JSON object, not an array"),
        (b"null", "the body must be a JSON object, not null"),
        (b"-3", "the body must be a JSON object, not a number"),
        (deep.as_bytes(), "the body nests deeper than 128 levels, at byte 128"),
    ];
    for (body, expected) in cases {
        assert_eq!(Payload::parse(body).unwrap_err().to_string(), expected);
    }
}

#[test]
fn depth_128_is_accepted_and_129_is_not() {
    let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    assert!(Payload::parse(nested(128).as_bytes()).is_ok());
    assert!(matches!(Payload::parse(nested(129).as_bytes()), Err(Malformed::TooDeep { .. })));
}

#[test]
fn what_postgres_operators_fail_on_is_accepted_and_marked() {
    let plain = |body: &str| Payload::parse(body.as_bytes()).unwrap().plain;
    assert!(plain(r#"{"a":"\ud83d\ude00 \u00e9 \\u0000"}"#));
    assert!(!plain(r#"{"a":"\u0000"}"#));
    assert!(!plain(r#"{"a":"\ud83d"}"#));
    assert!(!plain(r#"{"\udc00":1}"#));
    assert!(plain(r#"{"a":1e999,"a":123456789012345678901234567890,"b":[-0.5E+8000,1e-8000]}"#));
    for number in ["1e131072", "-1E+9999999999999", "[0.5e-16384]", &"9".repeat(140_000)] {
        assert!(!plain(&format!("{{\"a\":{number}}}")), "{}", &number[..number.len().min(20)]);
    }
}

#[test]
fn pointers_find_values_as_written() {
    let text =
        r#" { "a" : { "b/c" : [1, {"x": "]}"}] , "n":1.50 } , "k\u0065y":"v", "a":{"b/c":"last","n":2} } "#;
    let object = Object::of(text);
    assert_eq!(object.find(["a", "b/c"]), Some("\"last\""));
    assert_eq!(object.find(["key"]), Some("\"v\""));
    assert_eq!(object.find(["a", "n"]), Some("2"));
    assert_eq!(object.find(["missing"]), None);
    assert_eq!(object.find(["key", "deeper"]), None);
}

#[test]
fn text_holds_only_what_a_column_can() {
    assert_eq!(text(r#""a\u0000b\ud800c\ud83d\ude00\n\/""#, 99).unwrap(), "a\u{fffd}b\u{fffd}c😀\n/");
    assert_eq!(text(r#""äöü""#, 3).unwrap(), "ä");
    assert_eq!(text("12", 9), None);
}

#[test]
fn numbers_become_columns_only_where_they_fit() {
    assert_eq!(integer("1502"), Some(1502));
    assert_eq!(integer("1502.6"), Some(1503));
    assert_eq!(integer("1e3"), Some(1000));
    assert_eq!(integer("1e999"), None);
    assert_eq!(integer("\"12\""), None);
    assert_eq!(float("0.0513"), Some(0.0513));
    assert_eq!(float("1e999"), None);
}

#[test]
fn canonical_form_is_by_token() {
    let form = |text: &str| String::from_utf8(canonical(text, &["timestamp"])).unwrap();
    assert_eq!(
        form(r#" {"b" : [ 1.0 , {"z":1,"y":[ ]} ], "a":"x y", "timestamp":"t" } "#),
        r#"{"a":"x y","b":[1.0,{"y":[],"z":1}]}"#
    );
    assert_eq!(form(r#"{"a":2,"b":0,"a":1}"#), r#"{"a":2,"a":1,"b":0}"#);
    assert_eq!(form(r#"{"a":{"timestamp":1}}"#), r#"{"a":{"timestamp":1}}"#);
    assert_eq!(form("{}"), "{}");
    assert_ne!(form(r#"{"a":1.0}"#), form(r#"{"a":1}"#));
    assert_ne!(form(r#"{"a":"\u0041"}"#), form(r#"{"a":"A"}"#));
}

const NOTHING: &[&str] = &[];

/// Any JSON value, nested a little.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Every place in a value, as the tokens that lead to it.
fn places(value: &Value, way: &[String]) -> Vec<Vec<String>> {
    let inside: Vec<(String, &Value)> = match value {
        Value::Array(items) => items.iter().enumerate().map(|(at, item)| (at.to_string(), item)).collect(),
        Value::Object(members) => members.iter().map(|(key, member)| (key.clone(), member)).collect(),
        _ => Vec::new(),
    };
    let further = inside.into_iter().flat_map(|(token, value)| {
        let way = [way, &[token]].concat();
        let below = places(value, &way);
        std::iter::once(way).chain(below)
    });
    further.collect()
}

#[test]
fn a_pointer_goes_into_arrays_and_not_beyond_them() {
    let object = Object::of(r#"{ "a": [ [], {"b": "]"}, [ 1.50, {"0": "x"} ] ], "1": {"a": [ ]} }"#);
    let find = |pointer: &str| object.find(pointer.split('/'));
    for (pointer, found) in [
        ("a/0", Some("[]")),
        ("a/1/b", Some(r#""]""#)),
        ("a/2/0", Some("1.50")),
        ("a/2/1/0", Some(r#""x""#)),
        ("1/a", Some("[ ]")),
        ("a/3", None),
        ("a/-", None),
        ("a/01", None),
        ("a/0/0", None),
        ("1/a/0", None),
        ("a/2/0/0", None),
    ] {
        assert_eq!(find(pointer), found, "{pointer}");
    }
}

proptest! {
    /// However it is spaced, each place is found by its pointer, and holds what is there.
    #[test]
    fn a_pointer_leads_to_every_place(value in any_json()) {
        let object = json!({ "b": value, "a": 1 });
        for text in [object.to_string(), serde_json::to_string_pretty(&object).unwrap()] {
            let (object, found): (Value, _) = (serde_json::from_str(&text).unwrap(), Object::of(&text));
            for place in places(&object, &[]) {
                let there = found.find(place.iter().map(String::as_str)).unwrap_or_default();
                let there: Option<Value> = serde_json::from_str(there).ok();
                let expected = place.iter().try_fold(&object, |value, token| match value {
                    Value::Array(items) => items.get(token.parse::<usize>().ok()?),
                    other => other.get(token),
                });
                prop_assert_eq!(there.as_ref(), expected, "{:?}", place);
            }
        }
    }

    /// Pretty printing changes white space only, so it must not change the form; the form is still the same JSON.
    #[test]
    fn canonical_form_survives_other_spacing(value in any_json()) {
        let object = json!({ "b": value, "a": 1 });
        let compact = serde_json::to_string(&object).unwrap();
        let pretty = serde_json::to_string_pretty(&object).unwrap();
        let form = canonical(&compact, NOTHING);
        prop_assert_eq!(&form, &canonical(&pretty, NOTHING));
        let read = |text: &[u8]| serde_json::from_slice::<Value>(text).unwrap();
        prop_assert_eq!(read(&form), read(compact.as_bytes()));
    }

    /// Whatever bytes come, parsing answers and does not panic.
    #[test]
    fn any_bytes_are_answered(body in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(payload) = Payload::parse(&body) {
            let _ = canonical(payload.text, NOTHING);
            let _ = members(payload.text).count();
        }
    }

    /// Text goes through a string as written and back.
    #[test]
    fn text_is_what_was_written(original in any::<String>()) {
        let written = serde_json::to_string(&original).unwrap();
        prop_assert_eq!(text(&written, usize::MAX).unwrap(), original.replace('\0', "\u{fffd}"));
    }
}
