//! API tokens: made, listed, revoked; for the console and the command line alike.

mod store;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use self::store::{create, list, revoke};

/// In characters: what a list shows on a line.
const NAME_MAX: usize = 100;

/// What a token is for: a line of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// `None` unless it has 1 to 100 characters, none of them a control character.
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.trim();
        let fits = !name.is_empty() && name.chars().count() <= NAME_MAX;
        (fits && !name.chars().any(char::is_control)).then(|| Self(name.to_owned()))
    }

    pub fn into_text(self) -> String {
        self.0
    }
}

/// An API token, without what it opens.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiToken {
    pub id: Uuid,
    pub name: String,
    pub created_at: DateTime<Utc>,
    /// To the minute; null while it was never used.
    #[schema(required)]
    pub last_used_at: Option<DateTime<Utc>>,
    /// Its owner; for the command line, which lists everybody's.
    #[serde(skip)]
    pub email: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_line_of_text() {
        assert_eq!(Name::parse(" nightly export ").unwrap().into_text(), "nightly export");
        for bad in ["", "  ", "a\0b", "a\nb", &"n".repeat(NAME_MAX + 1)] {
            assert_eq!(Name::parse(bad), None, "{bad:?}");
        }
    }
}
