//! Every parser of foreign bytes in one place, for those who try it with what nobody would send: `tests/fuzz/` and
//! `tests/it/corpus.rs`. Nothing else uses this, and it is nobody's interface.

use axum::{extract::Query, http::Uri};

use crate::{
    callback::{
        api::query::{CheckQuery, CheckRequest, PageQuery, PageRequest, SearchQuery, SearchRequest},
        export::cells,
    },
    foreign, jwks,
    session::external::published,
};

pub use crate::{
    catalog::vault::{Sealed, Vault},
    cli::tail::events::{Event, Unread},
    ingest::{
        dedupe::dedupe_key,
        extract::{Request, accepted},
        headers::{kept as kept_headers, redact},
    },
    session::{
        address::resolve as client_address, cookie::read as cookie, external::Issuer, extract::bearer,
        opaque::hash_of,
    },
    stream::resume::Asked,
};

/// Whether a query string can be that of a list, whatever it asks for.
pub fn is_list_query(uri: &Uri) -> bool {
    fn read<Q: serde::de::DeserializeOwned, R: TryFrom<Q>>(uri: &Uri) -> bool {
        Query::<Q>::try_from_uri(uri).is_ok_and(|query| R::try_from(query.0).is_ok())
    }
    read::<SearchQuery, SearchRequest>(uri)
        && read::<PageQuery, PageRequest>(uri)
        && read::<CheckQuery, CheckRequest>(uri)
}

/// How many keys of a published set can be used.
pub fn published_keys(body: &[u8]) -> usize {
    jwks::parse(body, published::usable).map_or(0, |keys| keys.len())
}

/// A cell of a spreadsheet.
pub fn cell(text: &str) -> String {
    cells::text(text).into_owned()
}

pub fn line_for_terminals(text: &str) -> String {
    foreign::line(text).into_owned()
}

pub fn json_for_terminals(text: &str) -> String {
    foreign::json(text).into_owned()
}
