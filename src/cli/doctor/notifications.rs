//! A notification there and back, on the ways that the server's own take: sent through the pool's address, heard at
//! the listener's. A pooler that gives each transaction another session takes LISTEN and says nothing; only this tells.

use std::time::{Duration, Instant};

use tokio_postgres::{AsyncMessage, Client};
use tokio_stream::StreamExt as _;
use uuid::Uuid;

use super::{database::chain, finding::Finding};
use crate::{
    config::Config,
    db::{self, Db, Dedicated, Messages, Settings, connect_dedicated},
};

const CHECK: &str = "notifications";
const CHANNEL: &str = "callbackd_doctor";
/// As long as the listener waits for its own.
const WAIT: Duration = Duration::from_secs(5);
const DIRECT: &str = "set CALLBACKD_LISTENER_DATABASE_URL to an address that leads to the same database directly, or let \
                      the pooler pool whole sessions; until then the server polls every second";

pub async fn examine(config: &Config, settings: &Settings, db: &Db) -> Finding {
    let url = config.database.listener_url.clone().unwrap_or_else(|| settings.url.clone());
    let listening = Settings { url, ..settings.clone() };
    let Dedicated { client, mut messages } = match connect_dedicated(&listening).await {
        Ok(dedicated) => dedicated,
        Err(error) => {
            let remedy = "check CALLBACKD_LISTENER_DATABASE_URL; left out, DATABASE_URL is used";
            return Finding::fail(CHECK, format!("the listener's address: {}", chain(&error)), remedy);
        }
    };
    match round_trip(&client, &mut messages, db).await {
        Ok(finding) => finding,
        Err(error) => Finding::fail(CHECK, chain(&error), DIRECT),
    }
}

async fn round_trip(client: &Client, messages: &mut Messages, db: &Db) -> Result<Finding, db::Error> {
    let token = Uuid::new_v4().to_string();
    let start = Instant::now();
    let asked = async {
        let elsewhere = !same_database(client, db).await?;
        if !elsewhere {
            client.batch_execute(include_str!("../../../sql/queries/doctor/listen.sql")).await?;
            let echo = include_str!("../../../sql/queries/signal/echo.sql");
            db.query_one(echo, &[&CHANNEL, &token]).await?;
        }
        Ok::<_, db::Error>(elsewhere)
    };
    let mut asked = std::pin::pin!(asked);
    let mut waiting = std::pin::pin!(tokio::time::sleep(WAIT));
    let mut is_asked = false;
    loop {
        // The connection works only while its messages are read.
        tokio::select! {
            elsewhere = &mut asked, if !is_asked => {
                is_asked = true;
                if elsewhere? {
                    let remedy = "lead CALLBACKD_LISTENER_DATABASE_URL to the database of DATABASE_URL";
                    return Ok(Finding::fail(CHECK, "the listener's address leads to another database", remedy));
                }
            }
            message = messages.next() => match message {
                Some(Ok(AsyncMessage::Notification(heard))) if heard.payload() == token => {
                    let detail = format!("there and back in {} ms", start.elapsed().as_millis());
                    return Ok(Finding::ok(CHECK, detail));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => return Err(db::Error::Closed),
            },
            () = &mut waiting => {
                let detail = format!("none came back within {} s: probably a pooler lies between", WAIT.as_secs());
                return Ok(Finding::fail(CHECK, detail, DIRECT));
            }
        }
    }
}

async fn same_database(client: &Client, db: &Db) -> Result<bool, db::Error> {
    let identity = include_str!("../../../sql/queries/doctor/identity.sql");
    let ours = db.query_one(identity, &[]).await?;
    let theirs = client.query_one(identity, &[]).await?;
    let names = |row: &tokio_postgres::Row| {
        Ok::<(String, String), tokio_postgres::Error>((row.try_get("database")?, row.try_get("system")?))
    };
    Ok(names(&ours)? == names(&theirs)?)
}
