//! Why a timestamp is not taken.

use chrono::{DateTime, Utc};

use super::Case;
use crate::{
    callback::{Cause, Finding},
    source::{
        Rejection, Verdict,
        scheme::{Timestamp, Unit},
    },
};

pub fn explain(case: &Case<'_>, rejection: Rejection, verdict: &Verdict) -> Finding {
    let advice = case.source.scheme.advice(rejection);
    let plain =
        |code, problem: &str| Finding::new(code, problem, format!("Have the sender do this: {advice}."));
    let Some(timestamp) = &case.source.scheme.timestamp else {
        return plain(Cause::NoneKnown, "The timestamp is not taken.");
    };
    let text = timestamp.presented(case.headers).map(String::from_utf8_lossy).unwrap_or_default();
    match rejection {
        Rejection::MissingTimestamp => plain(Cause::TimestampMissing, "The request has no timestamp."),
        Rejection::ForeignTimestamp => plain(
            Cause::TimestampNotSigned,
            "The timestamp in the header is not the one in the signed body, so nobody has signed it.",
        ),
        Rejection::StaleTimestamp { ahead_ms } => other_unit(case, timestamp, &text)
            .unwrap_or_else(|| out_of_window(case, timestamp, ahead_ms, verdict)),
        _ => other_unit(case, timestamp, &text).unwrap_or_else(|| unreadable(timestamp, &text)),
    }
}

/// Read in another unit it is a time within the window.
fn other_unit(case: &Case<'_>, timestamp: &Timestamp, text: &str) -> Option<Finding> {
    let number: i64 = text.parse().ok()?;
    let readings = [
        (Unit::Seconds, "seconds", DateTime::from_timestamp(number, 0)),
        (Unit::Milliseconds, "milliseconds", DateTime::from_timestamp_millis(number)),
    ];
    let finer = [
        ("microseconds", DateTime::from_timestamp_micros(number)),
        ("nanoseconds", Some(DateTime::from_timestamp_nanos(number))),
    ];
    let others = readings.into_iter().filter(|(unit, ..)| *unit != timestamp.unit);
    let others = others.map(|(_, name, at)| (name, at)).chain(finer);
    let is_near = |at: DateTime<Utc>| {
        (at - case.received_at).abs().to_std().is_ok_and(|off| off <= timestamp.tolerance)
    };
    let (found, _) = others.into_iter().find(|(_, at)| at.is_some_and(is_near))?;
    let (expected, setting) = match timestamp.unit {
        Unit::Seconds => ("seconds", "ms"),
        Unit::Milliseconds => ("milliseconds", "s"),
    };
    let alternative = match found {
        "seconds" | "milliseconds" => format!(", or set timestamp_unit = \"{setting}\" for this source"),
        _ => String::new(),
    };
    Some(
        Finding::new(
            Cause::TimestampUnit,
            format!("The timestamp is in {found} since 1970; this source expects {expected}."),
            format!("Have the sender write {expected}{alternative}."),
        )
        .figure("Received", text),
    )
}

fn out_of_window(case: &Case<'_>, timestamp: &Timestamp, ahead_ms: i64, verdict: &Verdict) -> Finding {
    let side = if ahead_ms < 0 { "behind" } else { "ahead of" };
    let off = duration(ahead_ms.unsigned_abs().div_ceil(1000));
    let tolerance = duration(timestamp.tolerance.as_secs());
    let signed = if verdict.signature == Some(Ok(())) { "The signature is right, but the" } else { "The" };
    let remedy = if ahead_ms < 0 {
        "Set the sender's clock by NTP, and have it sign each attempt anew when it retries or works off a queue."
    } else {
        "Set the clocks of the sender and of this server by NTP."
    };
    Finding::new(
        Cause::TimestampOutOfWindow,
        format!("{signed} timestamp is {off} {side} the clock of this server; {tolerance} are allowed."),
        remedy,
    )
    .figure("Off by", &off)
    .figure("Allowed", &tolerance)
    .figure("Received at", &case.received_at.format("%Y-%m-%d %H:%M:%S UTC"))
}

fn unreadable(timestamp: &Timestamp, text: &str) -> Finding {
    let expected = match timestamp.unit {
        Unit::Seconds => "whole seconds since 1970",
        Unit::Milliseconds => "milliseconds since 1970",
    };
    let found = if DateTime::parse_from_rfc3339(text).is_ok() || DateTime::parse_from_rfc2822(text).is_ok() {
        "a date in words and digits"
    } else if text.parse::<f64>().is_ok() {
        "a number with a sign or a fraction, or too large"
    } else {
        "no number"
    };
    let shown: String = text.chars().take(40).collect();
    let finding = Finding::new(
        Cause::TimestampFormat,
        format!("The timestamp is {found}; this source expects {expected}."),
        format!("Have the sender write {expected}, digits only."),
    );
    let finding = finding.figure("Received", if shown.is_empty() { "(empty)" } else { &shown });
    match timestamp.lines.first() {
        Some(line) => finding.figure("Expected", line),
        None => finding,
    }
}

/// For people: 75 s, 6 min 12 s, 3 h 5 min, 2 days.
fn duration(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7199 => match seconds % 60 {
            0 => format!("{} min", seconds / 60),
            rest => format!("{} min {rest} s", seconds / 60),
        },
        7200..=172_799 => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{} days", seconds / 86_400),
    }
}
