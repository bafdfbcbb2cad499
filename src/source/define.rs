//! From what is said of a source to a source: its settings laid over its preset, each read once.

use std::time::Duration;

use axum::http::HeaderName;
use ipnet::IpNet;

use super::{
    Source,
    fetch::{self, Fetch, Template},
    fields::{DurationUnit, Fields, Outcomes, Place},
    reader::Reader,
    scheme::{
        Algorithm, Content, Hole, Line, Part, Scheme, Signature, Timestamp, Token, Unit, encoding,
        header_name,
    },
    secret::{Format, Secret},
};
use crate::{
    callback::Status,
    config::{Error, GivenSource, SOURCE_SETTINGS},
};

/// Where sources post that do not say otherwise.
pub const WEBHOOKS: &str = "/api/webhooks/";
/// Longer ones are no addresses that somebody pastes.
const PATH_BYTES_MAX: usize = 200;
/// What the specification of Standard Webhooks recommends, and most services use.
const TOLERANCE: Duration = Duration::from_mins(5);
/// A sample is shown in a command.
const SAMPLE_BYTES_MAX: usize = 16 * 1024;

/// `None` when it is turned off.
pub fn define(given: &GivenSource) -> Result<Option<Source>, Error> {
    let reader = Reader::new(given)?;
    if !reader.parse("enabled", boolean)?.unwrap_or(true) {
        return Ok(None);
    }
    let algorithm = reader.parse("algorithm", algorithm)?.unwrap_or(Algorithm::HmacSha256);
    let format = reader.parse("secret_format", Format::parse)?;
    let format = format.unwrap_or_else(|| Format::parse("{text}").expect("it is one of the three"));
    let jwks_url = reader.parse("jwks_url", url)?;
    if jwks_url.is_some() && algorithm != Algorithm::Ed25519 {
        return Err(given.bad("jwks_url", "needs algorithm = \"ed25519\""));
    }
    let secret = |secret: &crate::config::GivenSecret| {
        Secret::new(&secret.text, secret.until, algorithm, &format).map_err(|allowed| Error::Bad {
            key: secret.key.clone(),
            value: "(hidden)".to_owned(),
            origin: secret.origin.clone(),
            allowed,
        })
    };
    let secrets = given.secrets.iter().map(secret).collect::<Result<_, _>>()?;
    let source = Source {
        name: given.name.as_str().into(),
        preset: reader.preset_name.map(str::to_owned),
        title: reader.text("title")?.unwrap_or_else(|| given.name.clone()),
        path: reader.parse("path", path)?.unwrap_or_else(|| format!("{WEBHOOKS}{}", given.name)),
        scheme: scheme(&reader, algorithm)?,
        algorithm,
        format,
        secrets,
        jwks_url,
        fields: fields(&reader)?,
        fetch: fetch(&reader)?,
        ignored: reader.list("ignored", |text| Ok(text.to_owned()))?,
        sample: reader.parse("sample", sample)?.unwrap_or_default(),
    };
    Ok(Some(source))
}

fn scheme(reader: &Reader<'_>, algorithm: Algorithm) -> Result<Scheme, Error> {
    let id = reader.list("id", header_name)?;
    let token = token(reader)?;
    let signature = signature(reader, algorithm, &id)?;
    if token.is_none() && signature.is_none() {
        return Err(reader.problem(&reader.unproven()));
    }
    let timestamp = timestamp(reader, signature.as_ref())?;
    Ok(Scheme { token, signature, timestamp, id })
}

fn token(reader: &Reader<'_>) -> Result<Option<Token>, Error> {
    let lines = reader.list("token", |text| {
        let line = Line::parse(text)?;
        let holds = line.has(Hole::Secret) || line.has(Hole::Base64);
        if holds && line.is_single() {
            Ok(line)
        } else {
            Err("must hold {secret}, or {base64} of it".to_owned())
        }
    })?;
    Ok((!lines.is_empty()).then_some(Token { lines }))
}

fn signature(
    reader: &Reader<'_>,
    algorithm: Algorithm,
    id: &[HeaderName],
) -> Result<Option<Signature>, Error> {
    let lines = reader.list("signature", |text| {
        let line = Line::parse(text)?;
        let holds = encoding(&line).is_some() && !line.has(Hole::Secret);
        if holds { Ok(line) } else { Err("must hold {hex} or {base64}".to_owned()) }
    })?;
    if lines.is_empty() {
        return Ok(None);
    }
    let content = reader.parse("signed_content", Content::parse)?;
    let content = content.unwrap_or_else(|| Content::parse("{body}").expect("it holds the body"));
    if content.has(&Part::Id) && id.is_empty() {
        return Err(reader.given.bad("signed_content", "holds {id}, so id must say in which header that is"));
    }
    Ok(Some(Signature { lines, algorithm, content }))
}

/// A time that nobody has signed proves nothing, and would only look as if it did.
fn timestamp(reader: &Reader<'_>, signature: Option<&Signature>) -> Result<Option<Timestamp>, Error> {
    let mut lines = reader.list("timestamp", |text| {
        let line = Line::parse(text)?;
        let holds = line.has(Hole::Timestamp) && line.is_single();
        if holds { Ok(line) } else { Err("must hold {timestamp} and nothing else".to_owned()) }
    })?;
    let shared = signature.iter().flat_map(|signature| &signature.lines);
    lines.extend(shared.filter(|line| line.has(Hole::Timestamp)).cloned());
    let in_body = reader.parse("timestamp_in_body", pointer)?;
    let in_content = signature.is_some_and(|signature| signature.content.has(&Part::Timestamp));
    let (given, signed) = (reader.given, in_content || (signature.is_some() && in_body.is_some()));
    match (lines.is_empty(), signed) {
        (true, false) => Ok(None),
        (true, true) => Err(given.bad("timestamp", "must say in which header the signed {timestamp} is")),
        (false, false) => Err(given.bad(
            "timestamp",
            "is not signed: signed_content must hold {timestamp}, or timestamp_in_body say where the body repeats it",
        )),
        (false, true) => Ok(Some(Timestamp {
            lines,
            unit: reader.parse("timestamp_unit", unit)?.unwrap_or(Unit::Seconds),
            tolerance: reader.parse("timestamp_tolerance", duration)?.unwrap_or(TOLERANCE),
            in_body,
        })),
    }
}

fn fields(reader: &Reader<'_>) -> Result<Fields, Error> {
    let places = |key| reader.list(key, Place::parse);
    // What a callback is, is said by the callback.
    let received = |key| reader.list(key, received);
    let job_id = received("job_id")?;
    if job_id.is_empty() {
        return Err(reader
            .given
            .bad("job_id", "must say where the job's id is, such as /job_id or header:X-Delivery-Id"));
    }
    let duration_unit = reader.parse("duration_unit", unit)?.unwrap_or(Unit::Milliseconds);
    Ok(Fields {
        job_id,
        event: received("event")?,
        workflow: places("workflow")?,
        status: places("status")?,
        error: places("error")?,
        owner: places("owner")?,
        cost_usd: places("cost_usd")?,
        total_tokens: places("total_tokens")?,
        duration: places("duration")?,
        duration_unit: match duration_unit {
            Unit::Seconds => DurationUnit::Seconds,
            Unit::Milliseconds => DurationUnit::Milliseconds,
        },
        events: reader.pairs("events", |text| Ok(text.to_owned()))?,
        outcomes: Outcomes::new(reader.pairs("outcomes", status)?),
        otherwise: reader.parse("otherwise", status)?.unwrap_or(Status::Received),
    })
}

/// Only with a key: presets say where the objects are.
fn fetch(reader: &Reader<'_>) -> Result<Option<Fetch>, Error> {
    let given = reader.given;
    let Some(key) = &given.fetch_key else {
        // Whoever says where objects are wants them.
        let said = SOURCE_SETTINGS.iter().map(|setting| setting.key).filter(|key| key.starts_with("fetch."));
        let said =
            said.filter(|key| given.settings.contains_key(*key)).find(|key| reader.value(key).is_some());
        return said
            .map_or(Ok(None), |key| Err(given.bad(key, "needs fetch.key, the key of the service's API")));
    };
    let urls = reader.by_word("fetch.url", Template::parse)?;
    if urls.is_empty() {
        return Err(given.bad("fetch.url", "must say where the objects are: fetch.key is set"));
    }
    let id = reader.list("fetch.id", |text| pointer(text).and_then(|_| Place::parse(text)))?;
    let fetch = Fetch::new(fetch::Parts {
        urls,
        id: if id.is_empty() { reader.list("job_id", received)? } else { id },
        key: key.text.clone(),
        line: reader.parse("fetch.header", fetch::header_line)?,
        timeout: reader.parse("fetch.timeout", |text| duration(text).and_then(fetch::timeout))?,
        bytes_max: reader.parse("fetch.bytes_max", fetch::bytes_max)?,
        attempts_max: reader.parse("fetch.attempts", fetch::attempts_max)?,
        private_networks: reader.list("fetch.private_networks", network)?,
    });
    fetch.map(Some).map_err(|(setting, allowed)| match setting {
        "fetch.key" => Error::Bad {
            key: key.key.clone(),
            value: "(hidden)".to_owned(),
            origin: key.origin.clone(),
            allowed,
        },
        _ => given.bad(setting, allowed),
    })
}

fn algorithm(text: &str) -> Result<Algorithm, String> {
    let found = Algorithm::ALL.into_iter().find(|algorithm| algorithm.name() == text);
    found.ok_or_else(|| format!("must be one of {}", Algorithm::ALL.map(Algorithm::name).join(", ")))
}

fn boolean(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "must be true or false".to_owned())
}

fn unit(text: &str) -> Result<Unit, String> {
    match text {
        "s" => Ok(Unit::Seconds),
        "ms" => Ok(Unit::Milliseconds),
        _ => Err("must be s or ms".to_owned()),
    }
}

fn status(text: &str) -> Result<Status, String> {
    let all = [Status::Received, Status::Processed, Status::Error];
    let found = all.into_iter().find(|status| status.as_str() == text);
    found.ok_or_else(|| "must be received, processed or error".to_owned())
}

fn duration(text: &str) -> Result<Duration, String> {
    let read = humantime::parse_duration(text).ok().filter(|duration| !duration.is_zero());
    read.ok_or_else(|| "must be a time with its unit, above zero, such as 30s, 5m".to_owned())
}

fn url(text: &str) -> Result<url::Url, String> {
    let url =
        url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| "must be an http or https address".to_owned())
}

fn pointer(text: &str) -> Result<String, String> {
    match Place::parse(text)? {
        Place::Body(_) => Ok(text.to_owned()),
        _ => Err("must be a JSON pointer, such as /timestamp".to_owned()),
    }
}

fn received(text: &str) -> Result<Place, String> {
    match Place::parse(text)? {
        Place::Object(_) => Err("must be in what was received: the object is fetched later".to_owned()),
        place => Ok(place),
    }
}

/// An address alone is a network of its own.
fn network(text: &str) -> Result<IpNet, String> {
    let read = text.parse().or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from));
    read.map_err(|_| "must be an address or a network, such as 10.1.0.0/16".to_owned())
}

/// Any path that callbackd has no other use for.
fn path(text: &str) -> Result<String, String> {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let segments = text
        .strip_prefix('/')
        .map(|rest| rest.split('/').all(|part| !part.is_empty() && part != "." && part != ".."));
    let own = ["/api", "/docs", "/assets", "/openapi.json", "/healthz", "/readyz", "/metrics"];
    let is_own = own
        .iter()
        .any(|own| text.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    match segments {
        _ if text.len() > PATH_BYTES_MAX || !text.bytes().all(good) || segments != Some(true) => {
            Err(format!(
                "must be a path of at most {PATH_BYTES_MAX} bytes, such as /api/webhooks/openai: letters, digits and -._~ between slashes"
            ))
        }
        _ if is_own && !text.starts_with(WEBHOOKS) => {
            Err(format!("is callbackd's own: choose one below {WEBHOOKS}, or outside of /api"))
        }
        _ => Ok(text.to_owned()),
    }
}

fn sample(text: &str) -> Result<serde_json::Map<String, serde_json::Value>, String> {
    let read = serde_json::from_str(text).ok().filter(|_| text.len() <= SAMPLE_BYTES_MAX);
    read.ok_or_else(|| format!("must be a JSON object of at most {SAMPLE_BYTES_MAX} bytes"))
}
