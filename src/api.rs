//! The table of routes, on one screen, and the document that describes them.

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, Method, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::{
    callback, catalog, console, fetch,
    ingest::{self, Ingest},
    operations,
    problem::Problem,
    replay,
    server::AppState,
    session::{self, ClientAddress, refuse_cross_origin},
    stream, telemetry,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "callbackd",
        description = "A realtime inbox for the callbacks that LLM services send. Errors are RFC 9457 problems; times \
                       are RFC 3339 in UTC; cursors are opaque decimal text; names are camelCase."
    ),
    modifiers(&Security),
    // Of every operation that does not say otherwise.
    security(("session" = []), ("token" = [])),
    tags(
        (name = "Receiving", description = "For LLM services."),
        (name = "Streaming", description = "For browsers and programs that follow."),
        (name = "Callbacks", description = "For admins: all that was received."),
        (name = "Own callbacks", description = "For members: verified callbacks of which they are the owner."),
        (name = "Signing in", description = "Sessions, one's own API tokens, and who one is."),
        (name = "Preferences", description = "What somebody has set in the console."),
        (name = "People", description = "For admins: who gets in."),
        (name = "Operations", description = "For supervisors and admins."),
    )
)]
struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(session::COOKIE_NAME)));
        components.add_security_scheme("session", cookie);
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("cbd_…").build();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

/// Every route that the document describes, but the webhooks.
fn described() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(operations::routes())
        .merge(callback::routes())
        .merge(ingest::review_routes())
        .merge(stream::routes())
        .merge(replay::routes())
        .merge(fetch::routes())
        .merge(session::routes())
        .merge(operations::admin_routes())
        .merge(catalog::routes())
}

/// The document alone, for whoever generates clients.
pub fn document() -> utoipa::openapi::OpenApi {
    described().merge(ingest::routes()).into_openapi()
}

/// Written once: the tree that it is made of takes megabytes, and anybody may ask for it at any rate.
fn written() -> Bytes {
    document().to_json().expect("the document becomes JSON").into()
}

/// The whole application.
pub fn router(state: AppState) -> Router {
    let document = ([(header::CONTENT_TYPE, "application/json")], written());
    let docs = SwaggerUi::new("/docs").config(Config::new(["/openapi.json"]).validator_url("none"));
    let browsers = Router::from(described())
        .route("/openapi.json", axum::routing::get(|| async { document }))
        .merge(docs)
        .fallback(console::page)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(state.sessions().clone(), refuse_cross_origin))
        .layer(from_fn(safe_headers))
        .layer(from_fn_with_state(state.clone(), sources_elsewhere));
    // A webhook comes from another origin by nature, and is authenticated by its signature; no browser asks there, and
    // a sender has no use for a kilobyte of headers.
    let webhooks = Router::from(ingest::routes()).method_not_allowed_fallback(method_not_allowed);
    browsers
        .merge(webhooks)
        .layer(from_fn_with_state(telemetry::Requests::default(), telemetry::request))
        .with_state(state)
}

async fn method_not_allowed(method: Method) -> Response {
    Problem::method_not_allowed(&method).into_response()
}

/// A source may have any path that callbackd has no other use for.
async fn sources_elsewhere(
    State(ingest): State<Ingest>,
    ClientAddress(from): ClientAddress,
    request: Request,
    next: Next,
) -> Response {
    if ingest.sources().contains(request.uri().path()) {
        return ingest::webhook_at(&ingest, from, request).await;
    }
    next.run(request).await
}

/// What every answer says to a browser, unless it has said something stricter itself.
async fn safe_headers(request: Request, next: Next) -> Response {
    let docs = request.uri().path().starts_with("/docs");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let policy = if docs { console::DOCS_POLICY } else { console::POLICY };
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(policy));
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
