//! What may have been signed.

use axum::http::{HeaderMap, HeaderName};

use super::Case;
use crate::{
    callback::{Cause, Finding},
    source::scheme::{Content, Part, Presented, Signature},
};

/// What services sign, as templates.
const TEMPLATES: [&str; 9] = [
    "{body}",
    "{timestamp}.{body}",
    "{id}.{timestamp}.{body}",
    "{timestamp}{body}",
    "{timestamp}:{body}",
    "v0:{timestamp}:{body}",
    "{id}.{body}",
    "{body}{timestamp}",
    "{body_sha256}",
];
/// Values of a request that are tried as its timestamp, and as its id. Others are not what a service puts there.
const VALUES_MAX: usize = 3;

pub struct Variant<'a> {
    /// `None` for what is configured.
    pub finding: Option<Finding>,
    pub content: Content,
    pub presented: Presented<'a>,
}

/// What stands in a header.
#[derive(Clone, Copy)]
struct Value<'a> {
    header: &'a HeaderName,
    bytes: &'a [u8],
}

/// The configured one first.
pub fn contents<'a>(case: &Case<'a>, signature: &Signature) -> Vec<Variant<'a>> {
    let presented = case.source.scheme.presented(case.headers);
    let configured = Variant { finding: None, content: signature.content.clone(), presented };
    let (times, ids) = (times(case.headers), ids(case.headers));
    let templates = TEMPLATES.iter().filter_map(|template| Some((*template, Content::parse(template).ok()?)));
    let variants = templates.flat_map(|(template, content)| {
        let times = chosen(&content, &Part::Timestamp, &times);
        let ids = chosen(&content, &Part::Id, &ids);
        let pairs = times.into_iter().flat_map(move |time| ids.clone().into_iter().map(move |id| (time, id)));
        pairs.map(move |(time, id)| (template, content.clone(), time, id)).collect::<Vec<_>>()
    });
    let others = variants.filter_map(|(template, content, time, id)| {
        let own = Presented { id: id.map(|id| id.bytes), timestamp: time.map(|time| time.bytes) };
        let reads = |part| content.has(part);
        let is_configured = content == signature.content
            && (!reads(&Part::Timestamp) || own.timestamp == presented.timestamp)
            && (!reads(&Part::Id) || own.id == presented.id);
        // A value that is missing where it belongs is named by its own proof, not here.
        let is_missing = presented.timestamp.is_none() && content == signature.content;
        let finding = (!is_missing).then(|| finding(signature, template, time, id));
        (!is_configured).then_some(Variant { finding, content, presented: own })
    });
    std::iter::once(configured).chain(others).collect()
}

/// The values to try for a part; one nothing where the template does not hold it.
fn chosen<'a>(content: &Content, part: &Part, values: &[Value<'a>]) -> Vec<Option<Value<'a>>> {
    if content.has(part) { values.iter().copied().map(Some).collect() } else { vec![None] }
}

/// Whatever looks like a time: digits in a header or in an item `t=…` of one.
fn times(headers: &HeaderMap) -> Vec<Value<'_>> {
    let pieces = headers.iter().flat_map(|(header, value)| {
        let pieces = value.as_bytes().split(|byte| matches!(byte, b',' | b' ' | b';'));
        pieces.map(move |piece| Value { header, bytes: piece.strip_prefix(b"t=").unwrap_or(piece) })
    });
    let named = |value: &Value<'_>| value.header.as_str().contains("timestamp");
    let is_time = |value: &Value<'_>| {
        (10..=19).contains(&value.bytes.len()) && value.bytes.iter().all(u8::is_ascii_digit)
    };
    distinct(pieces.filter(|value| is_time(value) || (named(value) && !value.bytes.is_empty())))
}

fn ids(headers: &HeaderMap) -> Vec<Value<'_>> {
    let all = headers.iter().map(|(header, value)| Value { header, bytes: value.as_bytes() });
    let is_id = |value: &Value<'_>| {
        let name = value.header.as_str();
        name.ends_with("-id") || name.ends_with("-delivery")
    };
    distinct(all.filter(is_id))
}

fn distinct<'a>(values: impl Iterator<Item = Value<'a>>) -> Vec<Value<'a>> {
    let mut found: Vec<Value<'a>> = Vec::new();
    for value in values {
        if found.len() < VALUES_MAX && found.iter().all(|known| known.bytes != value.bytes) {
            found.push(value);
        }
    }
    found
}

fn finding(signature: &Signature, template: &str, time: Option<Value<'_>>, id: Option<Value<'_>>) -> Finding {
    let configured = &signature.content;
    let found = Content::parse(template).map(|content| content.to_string()).unwrap_or_default();
    let values = [("{timestamp}", time), ("{id}", id)];
    let named = values.into_iter().filter_map(|(hole, value)| Some((hole, value?.header)));
    let from: Vec<String> = named.map(|(hole, header)| format!("{hole} from {header}")).collect();
    let from = if from.is_empty() { String::new() } else { format!(" ({})", from.join(", ")) };
    Finding::new(
        Cause::SignedContent,
        format!("The signature is over {found}{from}; this source expects it over {configured}."),
        format!("Set signed_content = \"{template}\" for this source (docs/sources.md), or have the sender sign {configured}."),
    )
    .figure("Expected", configured)
    .figure("Found", template)
}
