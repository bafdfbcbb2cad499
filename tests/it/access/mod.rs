//! Who gets in: every route, by everybody, from everywhere.
//!
//! The routes are those of the document, which `api_document` holds to be all there are.

mod callers;
mod doors;

use futures_util::stream::{self, StreamExt as _};
use reqwest::{Method, Response};
use serde_json::Value;

use self::callers::{CALLERS, Caller, ORIGINS, Origin, SCRAPER};
use self::doors::Route;
use crate::support::app::TestApp;

/// Requests under way at the same time.
const AT_ONCE: usize = 32;

struct Attempt<'a> {
    route: &'a Route,
    caller: Caller,
    origin: Origin,
}

async fn open() -> TestApp {
    TestApp::with(&[
        ("WEBHOOK_SECRET", "secret-of-reports"),
        ("CALLBACKD_METRICS_TOKEN", SCRAPER),
        ("CALLBACKD_STREAMS_PER_ADDRESS_MAX", "20000"),
    ])
    .await
}

fn document() -> Value {
    serde_json::to_value(callbackd::api::document()).expect("it is JSON")
}

#[tokio::test]
async fn every_route_lets_in_whom_it_should_and_nobody_else_from_anywhere() {
    let app = open().await;
    let routes = doors::routes(&document());
    let attempts: Vec<Attempt> = routes.iter().flat_map(attempts).collect();
    let who: Vec<Caller> = attempts.iter().map(|attempt| attempt.caller).collect();
    callers::settle(&app.client, &who).await;

    let tried = stream::iter(attempts.iter().enumerate())
        .map(|(place, attempt)| attempt.fails(&app, place))
        .buffer_unordered(AT_ONCE)
        .filter_map(async |breach| breach);
    let breaches: Vec<String> = tried.collect().await;
    assert!(breaches.is_empty(), "{} of {}:\n{}", breaches.len(), attempts.len(), breaches.join("\n"));
}

/// What only reads, and whoever has a bearer token, is tried from fewer places: there the origin decides nothing.
fn attempts(route: &Route) -> Vec<Attempt<'_>> {
    let origins = |caller: Caller| -> &[Origin] {
        match route.method {
            Method::HEAD => &[Origin::Program],
            Method::GET => &[Origin::Program, Origin::Foreign],
            _ if caller.has_bearer() => &[Origin::Program, Origin::Foreign, Origin::Elsewhere],
            _ => &ORIGINS,
        }
    };
    let each =
        |caller: Caller| origins(caller).iter().map(move |origin| Attempt { route, caller, origin: *origin });
    CALLERS.into_iter().flat_map(each).collect()
}

impl Attempt<'_> {
    /// What was wrong with the answer, if anything.
    async fn fails(&self, app: &TestApp, place: usize) -> Option<String> {
        let Route { id, method, address, sends, .. } = self.route;
        let request = app.request(method.clone(), address);
        let request = if *sends { request.json(&serde_json::json!({})) } else { request };
        let request = self.caller.present(request, &callers::token(place));
        let answer = self.origin.mark(request, app).send().await.expect("the server answers");
        let (status, code) = self.caller.expected(self.route, self.origin);
        let allowing = answer.headers().keys().find(|name| name.as_str().starts_with("access-control-"));
        let allowing = allowing.map(|name| format!(", with {name}")).unwrap_or_default();
        let (found, said) = (answer.status().as_u16(), said(method, answer).await);
        let is_right = found == status && (code.is_none() || said.is_none() || said.as_deref() == code);
        (!is_right || !allowing.is_empty()).then(|| {
            let Self { caller, origin, .. } = self;
            format!("{method} {id} by {caller:?} from {origin:?}: {found} {said:?}{allowing}, not {status} {code:?}")
        })
    }
}

/// The code of a problem. Of everything else the body is not waited for: a stream has no end.
async fn said(method: &Method, answer: Response) -> Option<String> {
    let is_problem = answer.status().as_u16() >= 400 && *method != Method::HEAD;
    if !is_problem {
        return None;
    }
    let problem: Value = answer.json().await.unwrap_or_default();
    Some(problem["code"].as_str().unwrap_or("no code").to_owned())
}
