//! From a setting's text to its value. Each parser's error is the sentence that says what is allowed.

use std::{net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use ipnet::IpNet;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use super::{Embedded, LogFormat, Unsigned};

type Parsed<T> = Result<T, String>;

pub fn text(text: &str) -> Parsed<String> {
    let text = text.trim();
    if text.is_empty() { Err("must not be blank".to_owned()) } else { Ok(text.to_owned()) }
}

pub fn path(text: &str) -> Parsed<PathBuf> {
    self::text(text).map(PathBuf::from)
}

pub fn address(text: &str) -> Parsed<SocketAddr> {
    text.parse().map_err(|_| "must be an address and a port, such as 127.0.0.1:8080 or [::1]:8080".to_owned())
}

pub fn duration(text: &str) -> Parsed<Duration> {
    let allowed = || "must be a time with its unit, above zero, such as 500ms, 15s, 1h".to_owned();
    humantime::parse_duration(text).ok().filter(|duration| !duration.is_zero()).ok_or_else(allowed)
}

/// Whole days, at least one.
pub fn days(text: &str) -> Parsed<Duration> {
    let days: u32 = number(text)?;
    if days == 0 {
        return Err("must be a whole number of days from 1; leave it out to keep everything".to_owned());
    }
    Ok(Duration::from_secs(u64::from(days) * 86_400))
}

pub fn number<T: FromStr>(text: &str) -> Parsed<T> {
    text.replace('_', "").parse().map_err(|_| "must be a whole number, not negative".to_owned())
}

pub fn count(text: &str) -> Parsed<usize> {
    number(text).and_then(|n: usize| if n == 0 { Err("must be at least 1".to_owned()) } else { Ok(n) })
}

/// Room for one of the largest bodies: with less, no callback would ever be taken.
pub fn queue_bytes(text: &str) -> Parsed<usize> {
    const LEAST: usize = 1024 * 1024;
    number(text)
        .and_then(|n: usize| if n < LEAST { Err(format!("must be at least {LEAST} bytes")) } else { Ok(n) })
}

/// Room for several of the largest callbacks, and for the files that they lie in.
pub fn spool_bytes(text: &str) -> Parsed<u64> {
    const LEAST: u64 = 16 * 1024 * 1024;
    number(text)
        .and_then(|n: u64| if n < LEAST { Err(format!("must be at least {LEAST} bytes")) } else { Ok(n) })
}

pub fn url(text: &str) -> Parsed<url::Url> {
    let allowed = || "must be an http or https address, such as https://callbacks.example.com".to_owned();
    let url = url::Url::parse(text.trim()).map_err(|_| allowed())?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() { Ok(url) } else { Err(allowed()) }
}

/// Any number of them, also none.
pub fn urls(text: &str) -> Parsed<Vec<url::Url>> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(url).collect()
}

/// Where a query, a fragment or a password would have to be left out again wherever something is put behind it.
pub fn public_url(text: &str) -> Parsed<String> {
    let url = url(text)?;
    let bare = url.query().is_none() && url.fragment().is_none();
    if !bare || !url.username().is_empty() || url.password().is_some() {
        return Err("must be scheme and host alone, such as https://callbacks.example.com".to_owned());
    }
    Ok(url).map(|url| url.as_str().trim_end_matches('/').to_owned())
}

pub fn networks(text: &str) -> Parsed<Vec<IpNet>> {
    let network = |item: &str| {
        item.parse::<IpNet>().or_else(|_| item.parse::<std::net::IpAddr>().map(IpNet::from)).map_err(|_| {
            format!(
                "{item:?} must be an address or a network, such as 10.0.0.0/8; several separated by commas"
            )
        })
    };
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(network).collect()
}

pub fn embedded(text: &str) -> Parsed<Embedded> {
    match text {
        "auto" => Ok(Embedded::Auto),
        "true" => Ok(Embedded::Yes),
        "false" => Ok(Embedded::No),
        _ => Err("must be auto, true or false".to_owned()),
    }
}

pub fn unsigned(text: &str) -> Parsed<Unsigned> {
    match text {
        "reject" => Ok(Unsigned::Reject),
        "accept" => Ok(Unsigned::Accept),
        _ => Err("must be reject or accept".to_owned()),
    }
}

pub fn log_format(text: &str) -> Parsed<LogFormat> {
    match text {
        "auto" => Ok(LogFormat::Auto),
        "pretty" => Ok(LogFormat::Pretty),
        "json" => Ok(LogFormat::Json),
        _ => Err("must be auto, pretty or json".to_owned()),
    }
}

/// A word alone must be a level: a misspelt one would be taken for the name of a module, and all else be silent.
pub fn log_filter(text: &str) -> Parsed<String> {
    let is_clear =
        |directive: &str| directive.contains(['=', '[']) || directive.parse::<LevelFilter>().is_ok();
    let directives = text.split(',').map(str::trim);
    if !directives.clone().all(is_clear) || EnvFilter::try_new(text).is_err() {
        return Err("must be off, error, warn, info, debug or trace, or such a level for a module, such as \
                    info,callbackd::listen=debug"
            .to_owned());
    }
    Ok(text.to_owned())
}
