//! The database: whether it can be reached and used, how it keeps what it was given, and what its clock says.

use chrono::{DateTime, TimeDelta, Utc};
use tokio_postgres::Row;

use super::{finding::Finding, notifications};
use crate::{
    config::Config,
    db::{self, Db, Settings, migrate},
};

/// What people notice in lists, and what begins to let timestamps look wrong.
const SKEW_WARN: TimeDelta = TimeDelta::seconds(2);
/// Timestamped signatures are refused beyond five minutes.
const SKEW_FAIL: TimeDelta = TimeDelta::minutes(5);

pub async fn examine(config: &Config, settings: &Settings) -> Vec<Finding> {
    let before = Utc::now();
    let reached = reach(settings).await;
    let after = Utc::now();
    let (db, row) = match reached {
        Ok(reached) => reached,
        Err(error) => return vec![unreachable(&error)],
    };
    let mut findings = match server(&row) {
        Ok(findings) => findings,
        Err(error) => vec![unreachable(&error.into())],
    };
    findings.extend(skew(&row, before, after));
    findings.push(schema(settings, &row).await);
    findings.push(rights(&db, &row).await.unwrap_or_else(|error| broken("rights", error)));
    findings.push(waiting(&db).await.unwrap_or_else(|error| broken("queue", error)));
    findings.push(notifications::examine(config, settings, &db).await);
    findings
}

/// `Db::connect` checks version and encoding. The second question is timed, without the way to a connection.
async fn reach(settings: &Settings) -> Result<(Db, Row), db::Error> {
    let db = Db::connect(settings).await?;
    let row = db.query_one(include_str!("../../../sql/queries/doctor/server.sql"), &[]).await?;
    Ok((db, row))
}

fn unreachable(error: &db::Error) -> Finding {
    let remedy = db::remedy(error)
        .unwrap_or("check DATABASE_URL: host, port, name, password and sslmode; and that the database runs");
    Finding::fail("database", chain(error), remedy)
}

fn broken(check: &'static str, error: impl Into<db::Error>) -> Finding {
    Finding::fail(check, chain(&error.into()), "see what the database's log says about this statement")
}

pub(super) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}

fn server(row: &Row) -> Result<Vec<Finding>, tokio_postgres::Error> {
    let text = |name| row.try_get::<_, String>(name);
    let (version, role) = (text("version")?, text("role")?);
    let (fsync, pages) = (text("fsync")?, text("full_page_writes")?);
    let reached = format!("PostgreSQL {version}, UTF8, as {role}");
    let first = if row.try_get("read_only")? {
        let remedy =
            "lead DATABASE_URL to the primary: several hosts with target_session_attrs=read-write find it";
        Finding::fail("database", format!("{reached}; it only reads"), remedy)
    } else {
        Finding::ok("database", reached)
    };
    let durability = if fsync == "off" || pages == "off" {
        Finding::fail(
            "durability",
            format!(
                "fsync is {fsync}, full_page_writes is {pages}: acknowledged callbacks can be lost in a crash"
            ),
            "set both to on in postgresql.conf",
        )
    } else {
        let commit = text("synchronous_commit")?;
        let raised = if commit == "off" { ", which callbackd raises to on for what it stores" } else { "" };
        Finding::ok("durability", format!("fsync is on, synchronous_commit is {commit}{raised}"))
    };
    Ok(vec![first, durability])
}

fn skew(row: &Row, before: DateTime<Utc>, after: DateTime<Utc>) -> Option<Finding> {
    let clock: DateTime<Utc> = row.try_get("clock").ok()?;
    // It was read somewhere in between: only what lies outside is certain.
    let skew = (before - clock).max(clock - after).max(TimeDelta::zero());
    let detail = format!("the database's clock is {} ms off", skew.num_milliseconds());
    Some(match skew {
        skew if skew > SKEW_FAIL => Finding::fail("clock", detail, "synchronise both machines' clocks (NTP)"),
        skew if skew > SKEW_WARN => Finding::warn("clock", detail, "synchronise both machines' clocks (NTP)"),
        _ => Finding::ok("clock", detail),
    })
}

async fn schema(settings: &Settings, server: &Row) -> Finding {
    let check = "schema";
    let steps = match migrate::status(settings).await {
        Ok(steps) => steps,
        Err(error) => {
            let remedy =
                db::remedy(&error).unwrap_or("see what the database's log says about this statement");
            return Finding::fail(check, chain(&error), remedy);
        }
    };
    let may_migrate = server.try_get("may_create").unwrap_or(true);
    let applied =
        steps.iter().filter(|step| step.state != migrate::State::Pending).map(|step| step.version).max();
    let newer = steps.iter().filter(|step| step.state == migrate::State::Unknown).count();
    let pending = steps.iter().filter(|step| step.state == migrate::State::Pending).count();
    let remedy = "the server applies them when it starts; `callbackd migrate up` does so now";
    match (applied, pending, newer) {
        (_, 1.., _) if !may_migrate => Finding::fail(
            check,
            format!("{pending} migrations to apply, which this role may not: the server will not start"),
            "run `callbackd migrate up` as the role that owns the schema",
        ),
        (None, pending, _) => Finding::warn(check, format!("empty: {pending} migrations to apply"), remedy),
        (Some(version), 0, 0) => Finding::ok(check, format!("version {version}, up to date")),
        (Some(version), 0, _) => Finding::warn(
            check,
            format!("version {version}, of a newer callbackd"),
            "upgrade this one when the others are",
        ),
        (Some(version), pending, _) => {
            Finding::warn(check, format!("version {version}, {pending} migrations to apply"), remedy)
        }
    }
}

async fn rights(db: &Db, server: &Row) -> Result<Finding, db::Error> {
    if let Some(missing) = db::rights::missing(db).await? {
        return Ok(Finding::fail("rights", missing.to_string(), missing.remedy()));
    }
    let (role, may_create): (String, bool) = (server.try_get("role")?, server.try_get("may_create")?);
    if !may_create {
        let remedy = "let a role that may create run `callbackd migrate up` before an upgrade";
        return Ok(Finding::warn(
            "rights",
            format!("{role} cannot create tables, so cannot migrate"),
            remedy,
        ));
    }
    Ok(Finding::ok("rights", format!("{role} may read, write and migrate")))
}

/// What holds up the cleaning of the notification queue: when it is full, nobody is notified any more.
async fn waiting(db: &Db) -> Result<Finding, db::Error> {
    let row = db.query_one(include_str!("../../../sql/queries/doctor/waiting.sql"), &[]).await?;
    let (usage, idle, prepared): (f64, i64, i64) =
        (row.try_get("usage")?, row.try_get("idle")?, row.try_get("prepared")?);
    let detail = format!(
        "{:.0} % full, {idle} sessions idle in a transaction and {prepared} prepared transactions for over 5 minutes",
        usage * 100.0
    );
    let remedy = "find them in pg_stat_activity and pg_prepared_xacts, and end them; set idle_in_transaction_session_timeout";
    Ok(match usage {
        usage if usage > 0.5 => Finding::fail("queue", detail, remedy),
        usage if usage > 0.1 || idle > 0 || prepared > 0 => Finding::warn("queue", detail, remedy),
        _ => Finding::ok("queue", "notifications are taken from it as they come"),
    })
}
