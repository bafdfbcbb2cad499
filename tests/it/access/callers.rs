//! Who tries to get in, with what, from where; and what each is answered.

use reqwest::RequestBuilder;
use tokio_postgres::Client;
use uuid::Uuid;

use super::doors::{Door, Route};
use crate::support::app::SECRET;
use crate::support::site::Site;

/// Of the setting `metrics_token`.
pub const SCRAPER: &str = "secret-for-the-metrics";

/// Somebody, by what is presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    Nobody,
    UnknownSession,
    UnknownToken,
    NoTokenAtAll,
    /// The secret of a source opens no other door.
    Sender,
    Scraper,
    ExpiredSession,
    IdleSession,
    RevokedSession,
    RevokedToken,
    /// An admin's session where a token belongs.
    SessionAsToken,
    /// An admin's token where a session belongs.
    TokenAsSession,
    /// A wrong token is not made good by an admin's cookie beside it.
    WrongTokenBesideSession,
    MemberSession,
    MemberToken,
    AdminSession,
    AdminToken,
}

use Caller::*;

pub const CALLERS: [Caller; 17] = [
    Nobody,
    UnknownSession,
    UnknownToken,
    NoTokenAtAll,
    Sender,
    Scraper,
    ExpiredSession,
    IdleSession,
    RevokedSession,
    RevokedToken,
    SessionAsToken,
    TokenAsSession,
    WrongTokenBesideSession,
    MemberSession,
    MemberToken,
    AdminSession,
    AdminToken,
];

/// Which page a browser says that made the request, if it was a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Program,
    Own,
    Ours,
    Neighbour,
    Foreign,
    Elsewhere,
    Unnamed,
    /// What the browser says of the two wins over the older header.
    Disguised,
}

pub const ORIGINS: [Origin; 8] = [
    Origin::Program,
    Origin::Own,
    Origin::Ours,
    Origin::Neighbour,
    Origin::Foreign,
    Origin::Elsewhere,
    Origin::Unnamed,
    Origin::Disguised,
];

impl Origin {
    pub fn is_ours(self) -> bool {
        matches!(self, Self::Program | Self::Own | Self::Ours)
    }

    pub fn mark(self, request: RequestBuilder, site: &Site) -> RequestBuilder {
        let ours = format!("http://{}", site.address);
        match self {
            Self::Program => request,
            Self::Own => request.header("sec-fetch-site", "same-origin"),
            Self::Ours => request.header("origin", ours),
            Self::Neighbour => request.header("sec-fetch-site", "same-site"),
            Self::Foreign => request.header("sec-fetch-site", "cross-site"),
            Self::Elsewhere => request.header("origin", "https://evil.example"),
            Self::Unnamed => request.header("origin", "null"),
            Self::Disguised => request.header("origin", ours).header("sec-fetch-site", "cross-site"),
        }
    }
}

impl Caller {
    pub fn has_bearer(self) -> bool {
        matches!(
            self,
            UnknownToken
                | NoTokenAtAll
                | Sender
                | Scraper
                | RevokedToken
                | SessionAsToken
                | WrongTokenBesideSession
                | MemberToken
                | AdminToken
        )
    }

    /// The status, and the problem's code where there is one that matters.
    pub fn expected(self, route: &Route, origin: Origin) -> (u16, Option<&'static str>) {
        // A page of another origin cannot add a bearer token; whoever has one is a program.
        let is_browsers = !route.only_reads() && !self.has_bearer();
        if is_browsers && !origin.is_ours() && !matches!(route.door, Door::Webhook(_)) {
            return (403, Some("cross_origin"));
        }
        let is_admin = matches!(self, AdminSession | AdminToken);
        let is_member = matches!(self, MemberSession | MemberToken);
        let is_let_in = match route.door {
            Door::Open(_) | Door::Webhook(_) => true,
            Door::SignedIn(_) => is_admin || is_member,
            Door::InPerson(_) => matches!(self, MemberSession | AdminSession),
            Door::Admin(_) => is_admin,
            Door::Member(_) => is_member,
            Door::Scraper(_) => is_admin || self == Scraper,
        };
        match (is_let_in, is_admin || is_member) {
            (true, _) => (route.door.answer(), None),
            (false, true) => (403, Some("forbidden")),
            (false, false) => (401, Some("no_session")),
        }
    }

    /// Shows what this caller has; `token` is of a person of this request alone.
    pub fn present(self, request: RequestBuilder, token: &str) -> RequestBuilder {
        let session = format!("callbackd_session={token}");
        let api_token = format!("cbd_{token}");
        match self {
            Nobody => request,
            NoTokenAtAll => request.bearer_auth("cbd_x"),
            Sender => request.bearer_auth(SECRET),
            Scraper => request.bearer_auth(SCRAPER),
            UnknownSession | ExpiredSession | IdleSession | RevokedSession | MemberSession | AdminSession => {
                request.header("cookie", session)
            }
            UnknownToken | RevokedToken | MemberToken | AdminToken => request.bearer_auth(api_token),
            SessionAsToken => request.bearer_auth(token),
            TokenAsSession => request.header("cookie", format!("callbackd_session={api_token}")),
            WrongTokenBesideSession => {
                request.bearer_auth(format!("cbd_{}", "A".repeat(43))).header("cookie", session)
            }
        }
    }
}

/// The secret of one caller: 43 characters, as 32 bytes in base64 have.
pub fn token(place: usize) -> String {
    format!("{place:043}")
}

/// Makes a person for each caller, with a session and an API token of [`token`], all in one go: what one request does
/// to its person touches no other.
pub async fn settle(client: &Client, callers: &[Caller]) {
    let ids: Vec<Uuid> = callers.iter().map(|_| Uuid::new_v4()).collect();
    let roles: Vec<&str> = callers.iter().map(|caller| caller.role()).collect();
    let states: Vec<&str> = callers.iter().map(|caller| caller.state()).collect();
    let tokens: Vec<String> = (0..callers.len()).map(token).collect();
    let people = "insert into profiles (id, email, role)
        select id, id || '@example.org', role from unnest($1::uuid[], $2::text[]) as people (id, role)";
    client.execute(people, &[&ids, &roles]).await.expect("people");
    let sessions = "insert into sessions
            (id, token_hash, profile_id, last_seen_at, expires_at, revoked_at, user_agent, address)
        select id, sha256(token::bytea), id,
            now() - case state when 'idle' then interval '13 hours' else interval '0' end,
            now() + case state when 'expired' then interval '-1 second' else interval '1 hour' end,
            case state when 'revoked' then now() end, 'test', '127.0.0.1'
        from unnest($1::uuid[], $2::text[], $3::text[]) as people (id, token, state) where state <> 'unknown'";
    client.execute(sessions, &[&ids, &tokens, &states]).await.expect("sessions");
    let tokens_sql = "insert into api_tokens (id, token_hash, profile_id, name, revoked_at)
        select id, sha256(('cbd_' || token)::bytea), id, 'test', case state when 'revoked' then now() end
        from unnest($1::uuid[], $2::text[], $3::text[]) as people (id, token, state) where state <> 'unknown'";
    client.execute(tokens_sql, &[&ids, &tokens, &states]).await.expect("tokens");
}

impl Caller {
    fn role(self) -> &'static str {
        if matches!(self, MemberSession | MemberToken) { "MEMBER" } else { "ADMIN" }
    }

    fn state(self) -> &'static str {
        match self {
            Nobody | UnknownSession | UnknownToken | NoTokenAtAll | Sender | Scraper => "unknown",
            ExpiredSession => "expired",
            IdleSession => "idle",
            RevokedSession | RevokedToken => "revoked",
            _ => "valid",
        }
    }
}
