//! `callbackd tail`: a stream in a terminal, or in a pipe.
//!
//! A client like any other: it speaks to a server over HTTP, is let in by an API token, and resumes by its cursor. The
//! decision worth arguing about: it never gives up by itself. A server that is away is waited for; only a refusal that
//! trying again would not change ends it.

mod begin;
pub(crate) mod events;
mod follow;
mod forward;
mod screen;

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::Context as _;
use clap::Args;
use url::Url;

use self::{
    begin::Begin,
    follow::{Follower, News, Replay},
    forward::{Forwarder, Mark, Resigner},
    screen::{Colour, Screen},
};
use super::{
    filters::Filters,
    place::Where,
    server::{self, server_url},
};
use crate::{
    callback::{Cursor, Filter},
    config::{Config, desk},
    shutdown,
};

/// Follows callbacks as they come in, through restarts and network cuts, until Ctrl-C.
///
/// Without --url it finds the server of this data folder, else the one that the settings describe. Beside a development
/// server nothing else is needed; for another one the environment variable `CALLBACKD_TOKEN` holds an admin's API token,
/// or `CALLBACKD_TOKEN_FILE` the name of a file with it. Callbacks go to standard output, everything else to standard error. Ends with status 1 if the server refuses
/// the token.
///
/// Example: callbackd tail --status error --after 1h
///
/// Example: `callbackd tail --forward http://localhost:3000/hooks`
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
    /// Sends each callback on to this address, byte for byte with its original headers, and goes on where it stopped the
    /// last time. Credentials that the sender put into headers are not kept, so they are not sent.
    #[arg(long, value_name = "URL", value_parser = server_url)]
    forward: Option<Url>,
    /// Signs what is sent on anew, with the secret in this file, as the callback's source would.
    #[arg(long, value_name = "FILE", requires = "forward")]
    resign_secret_file: Option<PathBuf>,
    #[command(flatten)]
    filters: Filters,
}

impl Tail {
    pub async fn run(self, place: Where) -> anyhow::Result<()> {
        let config = place.config(self.flags()?)?;
        let url = self.url.clone().map_or_else(|| server::known(&config), Ok)?;
        let token = server::token(&place, &config, &url).await?;
        let filter = Filter::from(self.filters);
        let filter: Vec<_> = filter.pairs().collect();
        let forwarder = self.forward.map(|target| {
            let mark = Mark::open(&marks(&config, &url)?, &url, &target, &filter)?;
            let sources = config.sources.clone();
            let resigner = config.resign_secret.clone().map(|secret| Resigner::new(secret, sources));
            Forwarder::new(url.clone(), token.clone(), target, resigner, mark)
        });
        let forwarder = forwarder.transpose()?;
        let stopped = forwarder.as_ref().and_then(Forwarder::stopped_at).map(Begin::After);
        let begin = self.after.or(stopped).unwrap_or(Begin::Now);
        let owned = filter.iter().map(|(name, value)| (*name, (*value).to_owned()));
        let query = owned.chain(forwarder.iter().flat_map(Forwarder::query));
        let follower = Follower::new(&url, query, token, begin)?;
        tokio::select! {
            outcome = follow(follower, forwarder, Screen::new(self.json)) => outcome,
            told = shutdown::told() => Ok(told.map(drop)?),
            () = screen::nobody_reads() => Ok(()),
        }
    }

    fn flags(&self) -> anyhow::Result<BTreeMap<&'static str, String>> {
        let Some(path) = &self.resign_secret_file else { return Ok(BTreeMap::new()) };
        let secret = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        anyhow::ensure!(!secret.trim().is_empty(), "{} is empty", path.display());
        Ok(BTreeMap::from([("resign_secret", secret)]))
    }
}

/// Where marks are kept: beside a development server's data, which they go with; else where programs keep such things.
fn marks(config: &Config, url: &Url) -> anyhow::Result<PathBuf> {
    if server::is_ours(config, url) {
        return Ok(config.data_dir.join("forward"));
    }
    let state = desk::state_dir()
        .context("neither XDG_STATE_HOME nor HOME is set: there is no place to remember at")?;
    Ok(state.join("callbackd").join("forward"))
}

async fn follow(
    mut follower: Follower,
    mut forwarder: Option<Forwarder>,
    mut screen: Screen,
) -> anyhow::Result<()> {
    let server = follower.server();
    if let Some(forwarder) = &forwarder {
        screen.say(Colour::Dim, &format!("each callback is sent on to {}", forwarder.shown()));
    }
    loop {
        match follower.next().await? {
            News::Callback(cursor, json) => {
                screen.callback(&json)?;
                if let Some(forwarder) = &mut forwarder {
                    forwarder.hand_on(cursor, &json, &screen).await?;
                }
            }
            News::Replay(Replay { attempt, callback }) => {
                if let Some(forwarder) = &forwarder {
                    forwarder.replay(attempt, callback, &screen).await?;
                }
            }
            News::Ready(cursor, back) => {
                screen.ready(&server, cursor, back.as_ref());
                has_reached(forwarder.as_mut(), cursor)?;
            }
            News::Reset(cursor) => {
                screen.reset(cursor);
                has_reached(forwarder.as_mut(), cursor)?;
            }
            News::Alert(alert) => screen.alert(&alert),
            News::Away(why) => screen.away(&why),
        }
    }
}

fn has_reached(forwarder: Option<&mut Forwarder>, cursor: Cursor) -> anyhow::Result<()> {
    forwarder.map_or(Ok(()), |forwarder| forwarder.has_reached(cursor))
}
