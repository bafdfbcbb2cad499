//! The body of an export: pages for as long as they are wanted and allowed, and an end that shows what it is.

use std::{error::Error as StdError, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::time::sleep;

use crate::{
    callback::{Export, Place, Scope, TooSlow, Viewer},
    session::{Credential, Role, Sessions, Standing},
};

/// Between the words that a file is broken and the end of its connection, which is dropped with whatever has not been
/// sent by then.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// An export on its way.
pub(super) struct Download {
    pub export: Export,
    pub place: Place,
    pub sessions: Sessions,
    pub viewer: Viewer,
    pub credential: Credential,
}

/// Why a body ends before its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error(transparent)]
    Page(#[from] TooSlow),
    #[error("whoever exported may no longer")]
    NotAllowed,
}

enum Step {
    First(Bytes),
    Next,
    Broken(Broken),
}

impl Download {
    /// Asked for bytes only when the connection has room for them.
    pub fn into_body(self, first: Bytes) -> impl Stream<Item = Result<Bytes, Broken>> {
        stream::unfold(Some((self, Step::First(first))), |state| async {
            let (mut download, step) = state?;
            download.place.asked();
            let bytes = match step {
                Step::First(bytes) if bytes.is_empty() => download.bytes().await,
                Step::First(bytes) => Ok(Some(bytes)),
                Step::Next => download.bytes().await,
                Step::Broken(error) => {
                    sleep(LAST_WORDS).await;
                    return Some((Err(error), None));
                }
            };
            download.place.given();
            match bytes {
                Ok(bytes) => Some((Ok(bytes?), Some((download, Step::Next)))),
                Err(error) => {
                    tracing::warn!(error = &error as &dyn StdError, "an export broke off");
                    Some((Ok(download.export.broken()), Some((download, Step::Broken(error)))))
                }
            }
        })
    }

    /// The next bytes; pages that found nothing are passed over.
    async fn bytes(&mut self) -> Result<Option<Bytes>, Broken> {
        loop {
            self.check().await?;
            match self.export.next().await? {
                Some(bytes) if bytes.is_empty() => {}
                bytes => return Ok(bytes),
            }
        }
    }

    /// Before each page, for a revocation must not wait for the end of a file. While it cannot be looked up nobody is
    /// cut off: the page needs the same database.
    async fn check(&self) -> Result<(), Broken> {
        let Ok(standing) = self.sessions.standing(&[self.credential]).await else { return Ok(()) };
        let role = match self.viewer.scope {
            Scope::All => Role::Admin,
            Scope::Owner(_) => Role::Member,
        };
        if standing == [Standing::Valid(role)] { Ok(()) } else { Err(Broken::NotAllowed) }
    }
}
