//! What somebody can do about an error of the database: told where a person reads it, never to a client.

use std::error::Error as StdError;

use super::Error;

/// Of the first error in the chain that is known to have one.
pub fn remedy(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    chain(error).find_map(|error| {
        let ours = error.downcast_ref::<Error>().and_then(of_ours);
        ours.or_else(|| error.downcast_ref::<tokio_postgres::Error>().and_then(of_postgres))
    })
}

/// The error of ours within another one.
pub fn within<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Error> {
    chain(error).find_map(|error| error.downcast_ref::<Error>())
}

fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn StdError + 'static)| (*error).source())
}

fn of_ours(error: &Error) -> Option<&'static str> {
    match error {
        Error::Url(_) | Error::Tls(_) => Some("correct DATABASE_URL"),
        Error::Encoding(_) | Error::TooOld { .. } => Some("use another database"),
        Error::Timeout { .. } => Some(REACH),
        Error::Postgres(_) | Error::Closed => None,
    }
}

const REACH: &str = "check host and port in DATABASE_URL, and that PostgreSQL runs and listens there";

fn of_postgres(error: &tokio_postgres::Error) -> Option<&'static str> {
    let Some(code) = error.code() else {
        let tls = error.to_string().contains("TLS");
        return Some(if tls { "check sslmode and the certificates of PostgreSQL" } else { REACH });
    };
    Some(match code.code() {
        "28000" | "28P01" => {
            "check user and password in DATABASE_URL, and that pg_hba.conf lets them in from this machine"
        }
        "3D000" => "there must be such a database: correct its name in DATABASE_URL, or create it",
        "42501" => {
            "let a role that owns the schema run `callbackd migrate up`, and give this one its rights: \
             docs/deployment.md has them"
        }
        "53300" => "raise max_connections of PostgreSQL, or lower database_pool_max",
        "25006" => {
            "lead DATABASE_URL to the primary: several hosts with target_session_attrs=read-write find it"
        }
        "53100" => "give PostgreSQL's disk room",
        _ => return None,
    })
}
