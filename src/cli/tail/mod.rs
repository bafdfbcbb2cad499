//! `callbackd tail`: a stream in a terminal, or in a pipe.
//!
//! A client like any other: it speaks to a server over HTTP, is let in by an API token, and resumes by its cursor. The
//! decision worth arguing about: it never gives up by itself. A server that is away is waited for; only a refusal that
//! trying again would not change ends it.

mod begin;
mod events;
mod follow;
mod screen;

use std::collections::BTreeMap;

use clap::Args;
use url::Url;

use self::{
    begin::Begin,
    follow::{Follower, News},
    screen::Screen,
};
use super::{
    filters::Filters,
    place::Where,
    server::{self, server_url},
};
use crate::{callback::Filter, shutdown};

/// Follows callbacks as they come in, through restarts and network cuts, until Ctrl-C.
///
/// Without --url it finds the server of this data folder, else the one that the settings describe. Beside a development
/// server nothing else is needed; for another one the environment variable `CALLBACKD_TOKEN` holds an admin's API token,
/// or `CALLBACKD_TOKEN_FILE` the name of a file with it. Callbacks go to standard output, everything else to standard error. Ends with status 1 if the server refuses
/// the token.
///
/// Example: callbackd tail --status error --after 1h
///
/// Example: callbackd tail --json | jq -r 'select(.costUsd > 0.1) | .callbackId'
#[derive(Args, Debug)]
pub struct Tail {
    /// Begins after this cursor, at this time, or so long ago (0: from the beginning); from now on if left out.
    #[arg(long, value_name = "CURSOR|TIME|AGO", value_parser = Begin::parse)]
    after: Option<Begin>,
    /// Prints each callback as a JSON object on a line, as lists show it.
    #[arg(long)]
    json: bool,
    /// The server.
    #[arg(long, value_name = "URL", value_parser = server_url)]
    url: Option<Url>,
    #[command(flatten)]
    filters: Filters,
}

impl Tail {
    pub async fn run(self, place: Where) -> anyhow::Result<()> {
        let config = place.config(BTreeMap::new())?;
        let url = self.url.clone().map_or_else(|| server::known(&config), Ok)?;
        let token = server::token(&place, &config, &url).await?;
        let filter = Filter::from(self.filters);
        let query: Vec<_> = filter.pairs().collect();
        let follower = Follower::new(&url, &query, token, self.after.unwrap_or(Begin::Now))?;
        tokio::select! {
            outcome = follow(follower, Screen::new(self.json)) => outcome,
            told = shutdown::told() => Ok(told.map(drop)?),
        }
    }
}

async fn follow(mut follower: Follower, mut screen: Screen) -> anyhow::Result<()> {
    let server = follower.server();
    loop {
        match follower.next().await? {
            News::Callback(json) => screen.callback(&json)?,
            News::Ready(cursor, back) => screen.ready(&server, cursor, back.as_ref()),
            News::Reset(cursor) => screen.reset(cursor),
            News::Alert(alert) => screen.alert(&alert),
            News::Away(why) => screen.away(&why),
        }
    }
}
