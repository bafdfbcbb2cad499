//! The built web console, from the binary: one page, its assets, and a page that says how to build it where it is not.
//!
//! Assets are compressed when they are built, never while they are served. Their names carry a hash of their content,
//! so a browser keeps them for good; the page itself is asked for each time.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::{problem::Problem, source::hex};

/// Nothing from elsewhere, nothing inline but styles, which a tree of windows needs for its places.
pub const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                          img-src 'self' data:; connect-src 'self'; worker-src 'self'; object-src 'none'; \
                          frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
/// The reference's own page draws its icons from `data:` addresses and starts with an inline style.
pub const DOCS_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                               frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

#[derive(RustEmbed)]
#[folder = "web/dist/"]
#[allow_missing = true]
struct Dist;

/// Whatever no route answers: an asset, or the page, which finds its way by its address.
pub async fn page(request: Request) -> Response {
    let path = request.uri().path();
    if path.starts_with("/api/") {
        return Problem::not_found("there is nothing at this path; /docs lists what there is")
            .into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let problem = Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "Method not allowed",
            "pages can only be read",
        );
        return ([(header::ALLOW, "GET, HEAD")], problem).into_response();
    }
    match asset(path.trim_start_matches('/'), request.headers()) {
        Some(response) => response,
        None if path.rsplit('/').next().is_some_and(|name| name.contains('.')) => {
            Problem::not_found("there is no such file").into_response()
        }
        None => asset("index.html", request.headers()).unwrap_or_else(not_built),
    }
}

fn asset(name: &str, headers: &HeaderMap) -> Option<Response> {
    // Compressed copies are ways of sending a file, not files.
    let is_copy = matches!(name.rsplit('.').next(), Some("br" | "gz"));
    let plain = Dist::get(name).filter(|_| !is_copy)?;
    let (encoding, file) = compressed(name, headers).unwrap_or(("identity", plain));
    let etag = format!("\"{}\"", hex(file.metadata.sha256_hash().get(..16).unwrap_or_default()));
    let mut response = if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == etag.as_str()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        file.data.into_response()
    };
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(name)));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if encoding != "identity" {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    let kept = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    if let Ok(etag) = HeaderValue::try_from(etag) {
        out.insert(header::ETAG, etag);
    }
    Some(response)
}

/// The smallest copy that the browser takes.
fn compressed(name: &str, headers: &HeaderMap) -> Option<(&'static str, EmbeddedFile)> {
    let accepted = headers.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let takes = |encoding: &str| {
        accepted.split(',').any(|item| {
            let (name, rest) = item.split_once(';').unwrap_or((item, ""));
            name.trim() == encoding && rest.replace(' ', "") != "q=0"
        })
    };
    [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(encoding, _)| takes(encoding))
        .find_map(|(encoding, ending)| Some((encoding, Dist::get(&format!("{name}.{ending}"))?)))
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn not_built() -> Response {
    Html(include_str!("console/not_built.html")).into_response()
}
