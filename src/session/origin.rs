//! Refuses state-changing requests that another site made a browser send.
//!
//! `SameSite=Lax` already keeps the cookie from most of them; this also stops a neighbour on the same site, and signing
//! somebody in against their will. A request with a bearer token passes: no page can add one to a request to another
//! origin without being allowed to, and nobody is (a remembered `Basic` password a browser adds by itself).

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{Sessions, extract::bearer};
use crate::problem::Problem;

/// For the routes of the API, never for webhooks: use with `axum::middleware::from_fn_with_state`.
pub async fn refuse_cross_origin(State(sessions): State<Sessions>, request: Request, next: Next) -> Response {
    if is_own(request.method(), request.headers(), sessions.public_url()) {
        return next.run(request).await;
    }
    let detail = "this request was made by a page of another origin; use the console at its own address, or an API token";
    Problem::new(axum::http::StatusCode::FORBIDDEN, "cross_origin", "Cross-origin request refused", detail)
        .into_response()
}

fn is_own(method: &Method, headers: &HeaderMap, public_url: Option<&str>) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) || bearer(headers).is_some() {
        return true;
    }
    // Browsers since 2023 say it themselves, whatever a proxy does to Host.
    if let Some(site) = headers.get("sec-fetch-site") {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        // No browser sends a state-changing request with neither: this is a program.
        return true;
    };
    let origin = origin.to_str().ok().and_then(|text| url::Url::parse(text).ok());
    origin.is_some_and(|origin| is_this_server(&origin, headers, public_url))
}

fn is_this_server(origin: &url::Url, headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let public = public_url.and_then(|url| url::Url::parse(url).ok());
    if public.is_some_and(|public| public.origin().is_tuple() && public.origin() == origin.origin()) {
        return true;
    }
    // Behind TLS the server does not know its own scheme, so host and port are compared, the port as the origin's
    // scheme implies it.
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    url::Url::parse(&format!("{}://{host}/", origin.scheme()))
        .is_ok_and(|own| own.origin().is_tuple() && own.origin() == origin.origin())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn only_requests_of_our_own_pages_and_of_programs_change_anything() {
        type Headers = &'static [(&'static str, &'static str)];
        let cases: &[(&str, Headers, bool)] = &[
            ("GET", &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")], true),
            ("POST", &[], true),
            ("POST", &[("sec-fetch-site", "same-origin")], true),
            ("POST", &[("sec-fetch-site", "none")], true),
            ("POST", &[("sec-fetch-site", "same-site")], false),
            ("POST", &[("sec-fetch-site", "cross-site")], false),
            ("DELETE", &[("sec-fetch-site", "cross-site"), ("origin", "https://c.example")], false),
            ("POST", &[("origin", "https://c.example")], true),
            ("POST", &[("origin", "https://c.example:443")], true),
            ("POST", &[("origin", "http://c.example")], true),
            ("POST", &[("origin", "https://c.example:8443")], false),
            ("POST", &[("origin", "https://sub.c.example")], false),
            ("POST", &[("origin", "https://c.example.evil.example")], false),
            ("PUT", &[("origin", "null")], false),
            ("PATCH", &[("origin", "https://evil.example")], false),
            ("POST", &[("origin", "https://public.example")], true),
            ("POST", &[("origin", "http://public.example")], false),
            ("POST", &[("origin", "https://evil.example"), ("authorization", "Bearer cbd_x")], true),
            ("POST", &[("origin", "https://evil.example"), ("authorization", "Basic eDp5")], false),
            ("POST", &[("sec-fetch-site", "cross-site"), ("cookie", "callbackd_session=x")], false),
        ];
        for (method, pairs, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert("host", HeaderValue::from_static("c.example"));
            for (name, value) in *pairs {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            let own = is_own(&method.parse().unwrap(), &headers, Some("https://public.example"));
            assert_eq!(own, *expected, "{method} {pairs:?}");
        }
    }
}
