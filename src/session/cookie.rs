//! The session cookie: how it is read and how it is written.
//!
//! `Secure` unless the server is reached over plain http at a loopback name. What the settings say wins over the
//! request, since a proxy may rewrite `Host` to a loopback address while browsers speak https to it.

use axum::http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret as _, SecretString};

/// The cookie's name.
pub const NAME: &str = "callbackd_session";

/// The session token that the request carries. With several cookies of our name the first counts, as browsers send
/// the most specific path first.
pub fn read(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('='))
}

/// How the browser may use the cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    Secure,
    PlainLoopback,
}

impl Transport {
    /// `public_url` as configured; the request's headers decide only where it says nothing of https.
    pub fn of(public_url: Option<&str>, headers: &HeaderMap) -> Self {
        let https = public_url.is_some_and(|url| url.starts_with("https://"))
            || headers.get("x-forwarded-proto").is_some_and(|value| value.as_bytes().starts_with(b"https"));
        let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !https && is_loopback(host) { Self::PlainLoopback } else { Self::Secure }
    }

    fn attribute(self) -> &'static str {
        match self {
            Self::Secure => "; Secure",
            Self::PlainLoopback => "",
        }
    }
}

/// Hands the session to the browser, until the browser closes or the server ends it.
pub(super) fn set(token: &SecretString, transport: Transport) -> HeaderValue {
    write(token.expose_secret(), "", transport)
}

/// Takes it back.
pub(super) fn clear(transport: Transport) -> HeaderValue {
    write("", "; Max-Age=0", transport)
}

fn write(value: &str, age: &str, transport: Transport) -> HeaderValue {
    let text = format!("{NAME}={value}; HttpOnly; SameSite=Lax; Path=/{age}{}", transport.attribute());
    let mut header = HeaderValue::from_str(&text).expect("a token is base64url");
    header.set_sensitive(true);
    header
}

fn is_loopback(host: &str) -> bool {
    let Ok(url) = url::Url::parse(&format!("http://{host}/")) else { return false };
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn the_cookie_is_secure_except_for_plain_http_on_this_machine() {
        let cases = [
            (None, "localhost:8080", "", Transport::PlainLoopback),
            (None, "127.0.0.1:8080", "", Transport::PlainLoopback),
            (None, "[::1]:8080", "", Transport::PlainLoopback),
            (Some("http://localhost:8080"), "localhost:8080", "", Transport::PlainLoopback),
            (None, "localhost:8080", "https", Transport::Secure),
            (Some("https://c.example"), "127.0.0.1:8080", "", Transport::Secure),
            (None, "c.example", "", Transport::Secure),
            (None, "localhost.example", "", Transport::Secure),
            (None, "10.0.0.1:8080", "", Transport::Secure),
            (None, "", "", Transport::Secure),
        ];
        for (public_url, host, proto, expected) in cases {
            let headers = headers(&[("host", host), ("x-forwarded-proto", proto)]);
            assert_eq!(Transport::of(public_url, &headers), expected, "{public_url:?} {host} {proto}");
        }
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        for (cookies, expected) in [
            ("callbackd_session=abc", Some("abc")),
            ("a=1; callbackd_session=abc; b=2", Some("abc")),
            ("callbackd_session_other=abc", None),
            ("xcallbackd_session=abc", None),
            ("callbackd_session", None),
        ] {
            assert_eq!(read(&headers(&[("cookie", cookies)])), expected, "{cookies}");
        }
    }
}
