//! How the object is fetched that a thin callback names: where it is, with which key, within which limits.
//!
//! Where it is, is a template of the settings; the sender says only the id, which fills one segment of its path and can
//! never leave that.

use std::{fmt::Write as _, time::Duration};

use axum::http::{HeaderName, HeaderValue};
use ipnet::IpNet;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::{
    Fingerprint,
    fields::{ByWord, Place},
    scheme::{Hole, Line},
};

const HOLE: &str = "{id}";

#[derive(Debug, Clone)]
pub struct Fetch {
    /// By event.
    urls: ByWord<Template>,
    pub id: Vec<Place>,
    pub key: SecretString,
    line: Line,
    /// For one attempt.
    pub timeout: Duration,
    pub bytes_max: usize,
    pub attempts_max: u32,
    /// What may be reached although it is not public.
    pub private_networks: Vec<IpNet>,
}

/// What is said of fetching, each part read.
pub(super) struct Parts {
    pub urls: Vec<(String, Template)>,
    pub id: Vec<Place>,
    pub key: SecretString,
    pub line: Option<Line>,
    pub timeout: Option<Duration>,
    pub bytes_max: Option<usize>,
    pub attempts_max: Option<u32>,
    pub private_networks: Vec<IpNet>,
}

impl Fetch {
    /// The longest that a service takes which answers at all.
    const TIMEOUT: Duration = Duration::from_secs(10);
    const TIMEOUT_MAX: Duration = Duration::from_mins(1);
    /// A long answer of a model has some 100 kB.
    const BYTES_MAX: usize = 1 << 20;
    /// What a browser still unfolds, and a database column still keeps well.
    const BYTES_LIMIT: usize = 16 << 20;
    const ATTEMPTS: u32 = 14;
    const ATTEMPTS_LIMIT: u32 = 100;

    /// The error names the setting, and what is allowed.
    pub(super) fn new(parts: Parts) -> Result<Self, (&'static str, String)> {
        let line =
            parts.line.unwrap_or_else(|| Line::parse("Authorization: Bearer {secret}").expect("it is one"));
        if parts.urls.iter().any(|(_, url)| url.is_open()) && parts.private_networks.is_empty() {
            return Err((
                "fetch.url",
                "must begin with https://: the key would go over the network for all to read. Only \
                addresses of fetch.private_networks are reached by http"
                    .to_owned(),
            ));
        }
        let fetch = Self {
            urls: ByWord::new(parts.urls),
            id: parts.id,
            key: parts.key,
            line,
            timeout: parts.timeout.unwrap_or(Self::TIMEOUT),
            bytes_max: parts.bytes_max.unwrap_or(Self::BYTES_MAX),
            attempts_max: parts.attempts_max.unwrap_or(Self::ATTEMPTS),
            private_networks: parts.private_networks,
        };
        fetch.header().ok_or_else(|| ("fetch.key", "must be one line of visible characters".to_owned()))?;
        Ok(fetch)
    }

    /// Whether callbacks of this event name an object.
    pub fn has(&self, event: Option<&str>) -> bool {
        self.template(event).is_some()
    }

    /// Where the object of this id is; `None` where an id is none, or the event names no object.
    pub fn url(&self, event: Option<&str>, id: &str) -> Option<Url> {
        self.template(event)?.fill(id)
    }

    /// What lets in: the name of a header and its value.
    pub fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        let text = self.line.fill(|hole| match hole {
            Hole::Base64 => base64::Engine::encode(&super::BASE64, self.key.expose_secret()),
            _ => self.key.expose_secret().to_owned(),
        });
        let mut value = HeaderValue::try_from(text).ok()?;
        value.set_sensitive(true);
        Some((self.line.header.clone(), value))
    }

    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.key)
    }

    /// Where objects come from, for people: the servers' names.
    pub fn hosts(&self) -> Vec<String> {
        let mut hosts: Vec<String> =
            self.urls.all().filter_map(|it| Some(it.fill("x")?.host_str()?.to_owned())).collect();
        hosts.sort();
        hosts.dedup();
        hosts
    }

    /// Whether any object is asked for without TLS.
    pub fn is_open(&self) -> bool {
        self.urls.all().any(Template::is_open)
    }

    fn template(&self, event: Option<&str>) -> Option<&Template> {
        self.urls.of(event.unwrap_or_default())
    }
}

/// An address with a hole in its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    before: String,
    after: String,
}

impl Template {
    pub fn parse(text: &str) -> Result<Self, String> {
        let allowed = || {
            "must be an https address with {id} as one segment of its path, such as https://api.example.com/v1/jobs/{id}"
                .to_owned()
        };
        let (before, after) = text.split_once(HOLE).ok_or_else(allowed)?;
        let template = Self { before: before.to_owned(), after: after.to_owned() };
        let (_, rest) = before.split_once("://").ok_or_else(allowed)?;
        let in_path =
            rest.find('/').is_some_and(|at| at > 0) && before.ends_with('/') && !rest.contains(['?', '#']);
        let is_whole = after.is_empty() || after.starts_with(['/', '?']);
        let url = template.fill("x").ok_or_else(allowed)?;
        let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
        if in_path && is_whole && is_plain && is_web && !after.contains(['{', '}']) {
            Ok(template)
        } else {
            Err(allowed())
        }
    }

    /// Whether whoever is on the way can read along.
    fn is_open(&self) -> bool {
        !self.before.to_ascii_lowercase().starts_with("https:")
    }

    /// Two dots are a way up in a path: they are no id. Nor is what has them between slashes, though these are encoded: some
    /// servers decode a path before they look for ways up in it.
    fn fill(&self, id: &str) -> Option<Url> {
        if id.is_empty() || climbs(id) {
            return None;
        }
        Url::parse(&format!("{}{}{}", self.before, segment(id), self.after)).ok()
    }
}

fn climbs(id: &str) -> bool {
    id.split(['/', '\\']).any(|piece| matches!(piece, "." | ".."))
}

/// Everything but what stands for itself in a path is encoded (RFC 3986, 2.3).
fn segment(id: &str) -> String {
    id.bytes().fold(String::with_capacity(id.len()), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

pub(super) fn header_line(text: &str) -> Result<Line, String> {
    let line = Line::parse(text)?;
    let holds = line.is_single() && (line.has(Hole::Secret) || line.has(Hole::Base64));
    if holds { Ok(line) } else { Err("must hold {secret}, or {base64} of it".to_owned()) }
}

pub(super) fn timeout(wait: Duration) -> Result<Duration, String> {
    if wait <= Fetch::TIMEOUT_MAX { Ok(wait) } else { Err("must be at most 1m".to_owned()) }
}

pub(super) fn bytes_max(text: &str) -> Result<usize, String> {
    let read = text.replace('_', "").parse().ok().filter(|bytes| (1..=Fetch::BYTES_LIMIT).contains(bytes));
    read.ok_or_else(|| format!("must be a number of bytes from 1 to {}", Fetch::BYTES_LIMIT))
}

pub(super) fn attempts_max(text: &str) -> Result<u32, String> {
    let read = text.parse().ok().filter(|attempts| (1..=Fetch::ATTEMPTS_LIMIT).contains(attempts));
    read.ok_or_else(|| format!("must be a number from 1 to {}", Fetch::ATTEMPTS_LIMIT))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEMPLATE: &str = "https://api.example.com/v1/jobs/{id}/result?expand=all";

    #[test]
    fn a_way_up_is_no_id_however_it_is_written() {
        let template = Template::parse(TEMPLATE).unwrap();
        for id in ["", ".", "..", "../x", "x/..", "a/../b", "..\\x", "/./"] {
            assert_eq!(template.fill(id), None, "{id}");
        }
        for id in ["a..b", "...", "..%2Fx", "a/b", ".hidden"] {
            assert!(template.fill(id).is_some(), "{id}");
        }
    }

    proptest! {
        #[test]
        fn an_id_never_leaves_its_segment(id in "\\PC*|[./?#%\\\\@:\r\n\t ]{1,6}|(\\.\\./)+x") {
            let template = Template::parse(TEMPLATE).unwrap();
            match template.fill(&id) {
                None => prop_assert!(id.is_empty() || climbs(&id)),
                Some(url) => {
                    let segments: Vec<_> = url.path_segments().unwrap().collect();
                    prop_assert_eq!(url.host_str(), Some("api.example.com"));
                    prop_assert_eq!(&[segments[0], segments[1], segments[3]], &["v1", "jobs", "result"]);
                    prop_assert_eq!((segments.len(), url.query(), url.fragment()), (4, Some("expand=all"), None));
                    let back = (0..segments[2].len()).fold((Vec::new(), 0), |(mut bytes, skip), at| {
                        let rest = &segments[2].as_bytes()[at..];
                        if skip > 0 { return (bytes, skip - 1); }
                        if rest[0] == b'%' {
                            bytes.push(u8::from_str_radix(&segments[2][at + 1..at + 3], 16).unwrap());
                            return (bytes, 2);
                        }
                        bytes.push(rest[0]);
                        (bytes, 0)
                    });
                    prop_assert_eq!(String::from_utf8(back.0).unwrap(), id, "the service reads the same id");
                }
            }
        }
    }

    #[test]
    fn a_template_has_its_hole_in_the_path_and_nowhere_else() {
        for bad in [
            "https://{id}.example.com/",
            "https://example.com{id}",
            "https://example.com/?id={id}",
            "https://example.com/#{id}",
            "https://example.com/job-{id}",
            "https://example.com/{id}.json",
            "https://user:secret@example.com/{id}",
            "https://example.com/{id}/{id}",
            "https://example.com/",
            "ftp://example.com/{id}",
            "/v1/{id}",
            "https:///{id}",
        ] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
        assert!(Template::parse("http://127.0.0.1:9/{id}").is_ok());
    }
}
