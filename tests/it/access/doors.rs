//! What stands before each route: one line for each operation of the document. A new route has none, and fails here.

use reqwest::Method;
use serde_json::Value;

/// Who is let in, and what whoever is let in is answered to a request that changes nothing: about something that does
/// not exist, or with an empty object as its body.
#[derive(Clone, Copy, Debug)]
pub enum Door {
    /// Anybody.
    Open(u16),
    /// Anybody: a sender proves itself by its signature, and is not a browser.
    Webhook(u16),
    /// Whoever is signed in.
    SignedIn(u16),
    /// Whoever is signed in with a browser's session; with an API token 403.
    InPerson(u16),
    Admin(u16),
    Member(u16),
    /// Admins, and whoever has the token for it.
    Scraper(u16),
}

impl Door {
    pub fn answer(self) -> u16 {
        match self {
            Open(status) | Webhook(status) | SignedIn(status) | InPerson(status) | Admin(status)
            | Member(status) | Scraper(status) => status,
        }
    }
}

use Door::{Admin, InPerson, Member, Open, Scraper, SignedIn, Webhook};

const DOORS: [(&str, Door); 64] = [
    ("receiveCallback", Webhook(401)),
    ("receiveReport", Webhook(401)),
    ("receiveStepperCallback", Webhook(401)),
    ("health", Open(200)),
    ("readiness", Open(200)),
    ("receiving", Open(200)),
    ("metrics", Scraper(200)),
    ("login", Open(400)),
    ("loginByLink", Open(400)),
    ("exchange", Open(400)),
    ("logout", Open(204)),
    ("me", SignedIn(200)),
    ("listSessions", SignedIn(200)),
    ("revokeOtherSessions", SignedIn(200)),
    ("revokeSession", SignedIn(404)),
    ("listTokens", SignedIn(200)),
    ("createToken", InPerson(400)),
    ("revokeToken", SignedIn(404)),
    ("changePassword", InPerson(400)),
    ("getPreferences", SignedIn(200)),
    ("putPreferences", SignedIn(204)),
    ("checkOwnCallbacks", Member(200)),
    ("exportOwnCallbacks", Member(200)),
    ("ownCallbackFacets", Member(200)),
    ("ownCallbackHistory", Member(200)),
    ("markOwnCallbacksViewed", Member(400)),
    ("streamOwnCallbacks", Member(200)),
    ("unviewedOwnCallbackCount", Member(200)),
    ("ownCallbackDetail", Member(404)),
    ("ownCallbackRaw", Member(404)),
    ("checkCallbacks", Admin(200)),
    ("deleteCallbacks", Admin(400)),
    ("exportCallbacks", Admin(200)),
    ("callbackFacets", Admin(200)),
    ("callbackHistory", Admin(200)),
    ("invalidSignatureCount", Admin(200)),
    ("markCallbacksViewed", Admin(400)),
    ("streamCallbacks", Admin(200)),
    ("unviewedCallbackCount", Admin(200)),
    ("callbackDetail", Admin(404)),
    ("deleteCallback", Admin(404)),
    ("acceptCallback", Admin(404)),
    ("callbackAttempts", Admin(404)),
    ("reportAttempt", Admin(400)),
    ("callbackRaw", Admin(404)),
    ("replayCallback", Admin(400)),
    ("verifyCallback", Admin(404)),
    ("replayTargets", Admin(200)),
    ("listPeople", Admin(200)),
    ("createPerson", Admin(400)),
    ("removePerson", Admin(404)),
    ("setRole", Admin(400)),
    ("resetPassword", Admin(400)),
    ("listSources", Admin(200)),
    ("addSource", Admin(400)),
    ("changeSource", Admin(400)),
    ("removeSource", Admin(404)),
    ("addSourceSecret", Admin(404)),
    ("removeSourceSecret", Admin(404)),
    ("testSource", Admin(404)),
    ("systemState", Admin(200)),
    ("fetchObject", Admin(404)),
    ("setFetchKey", Admin(400)),
    ("removeFetchKey", Admin(404)),
];

/// One operation of the document.
#[derive(Clone, Debug)]
pub struct Route {
    pub id: String,
    pub method: Method,
    /// An address that leads to it.
    pub address: String,
    pub sends: bool,
    pub door: Door,
}

impl Route {
    /// Whether asking cannot change anything, so that any page may make a browser ask.
    pub fn only_reads(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }
}

/// Every route there is, and its `HEAD` where it has one.
///
/// # Panics
///
/// With the routes that have no line above, and the lines that have no route.
pub fn routes(document: &Value) -> Vec<Route> {
    let (mut routes, mut without) = (Vec::new(), Vec::new());
    for (path, item) in document["paths"].as_object().expect("there are paths") {
        for (method, described) in item.as_object().expect("a path has methods") {
            let id = described["operationId"].as_str().expect("every operation has an id");
            let Some((_, door)) = DOORS.iter().find(|(name, _)| *name == id) else {
                without.push(id.to_owned());
                continue;
            };
            let route = Route {
                id: id.to_owned(),
                method: method.to_uppercase().parse().expect("a method"),
                address: address(path),
                sends: described.get("requestBody").is_some(),
                door: *door,
            };
            if route.method == Method::GET {
                routes.push(Route { method: Method::HEAD, ..route.clone() });
            }
            routes.push(route);
        }
    }
    assert!(without.is_empty(), "who may do this has no line in tests/it/access/doors.rs: {without:?}");
    let gone = DOORS.iter().filter(|(id, _)| !routes.iter().any(|route| route.id == *id));
    let gone: Vec<_> = gone.map(|(id, _)| id).collect();
    assert!(gone.is_empty(), "there is no such route any more: {gone:?}");
    routes
}

/// Of something that does not exist.
fn address(path: &str) -> String {
    path.replace("{id}", "0192f0c1-7a4e-7c3a-9b1d-000000000000")
        .replace("{source}", "llm-callback")
        .replace("{name}", "nobodys")
        .replace("/export", "/export?format=csv")
}
