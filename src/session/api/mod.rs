//! The routes of signing in, sessions, tokens, preferences and people.

mod answers;
mod password;
mod people;
mod preferences;
mod sessions;
mod sign_in;
mod tokens;

use axum::{
    extract::FromRef,
    http::{HeaderValue, header},
    middleware::map_response,
    response::Response,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Sessions;

/// All of them. Whoever mounts them puts [`super::refuse_cross_origin`] in front.
pub fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Sessions: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(sign_in::login))
        .routes(routes!(sign_in::link))
        .routes(routes!(sign_in::exchange))
        .routes(routes!(sign_in::logout))
        .routes(routes!(sign_in::me))
        .routes(routes!(sessions::list, sessions::revoke_others))
        .routes(routes!(sessions::revoke))
        .routes(routes!(tokens::list, tokens::create))
        .routes(routes!(tokens::revoke))
        .routes(routes!(preferences::get, preferences::put))
        .routes(routes!(people::list, people::create))
        .routes(routes!(people::set_role, people::remove))
        .routes(routes!(password::change))
        .routes(routes!(password::reset))
        .layer(map_response(never_stored))
}

/// Who somebody is, and what opens their door, belongs in no cache.
async fn never_stored(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
