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
    SamePage,
    SameOrigin,
    SameSite,
    CrossSite,
    OtherOrigin,
    NullOrigin,
    /// What the browser says of the two wins over the older header.
    CrossSiteWithOurOrigin,
}

pub const ORIGINS: [Origin; 8] = [
    Origin::Program,
    Origin::SamePage,
    Origin::SameOrigin,
    Origin::SameSite,
    Origin::CrossSite,
    Origin::OtherOrigin,
    Origin::NullOrigin,
    Origin::CrossSiteWithOurOrigin,
];

impl Origin {
    pub fn is_ours(self) -> bool {
        matches!(self, Self::Program | Self::SamePage | Self::SameOrigin)
    }

    pub fn mark(self, request: RequestBuilder, site: &Site) -> RequestBuilder {
        let ours = format!("http://{}", site.address);
        match self {
            Self::Program => request,
            Self::SamePage => request.header("sec-fetch-site", "same-origin"),
            Self::SameOrigin => request.header("origin", ours),
            Self::SameSite => request.header("sec-fetch-site", "same-site"),
            Self::CrossSite => request.header("sec-fetch-site", "cross-site"),
            Self::OtherOrigin => request.header("origin", "https://evil.example"),
            Self::NullOrigin => request.header("origin", "null"),
            Self::CrossSiteWithOurOrigin => {
                request.header("origin", ours).header("sec-fetch-site", "cross-site")
            }
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
        let let_in = |status| (status, None);
        let (stranger, not_yours) = ((401, Some("no_session")), (403, Some("forbidden")));
        match (route.door, self) {
            (Door::Open(status) | Door::Webhook(status), _) => let_in(status),
            (Door::Scraper(status), Scraper | AdminSession | AdminToken) => let_in(status),
            (Door::SignedIn(status), MemberSession | MemberToken | AdminSession | AdminToken) => {
                let_in(status)
            }
            (Door::InPerson(status), MemberSession | AdminSession) => let_in(status),
            (Door::Admin(status), AdminSession | AdminToken) => let_in(status),
            (Door::Member(status), MemberSession | MemberToken) => let_in(status),
            (_, MemberSession | MemberToken | AdminSession | AdminToken) => not_yours,
            _ => stranger,
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
