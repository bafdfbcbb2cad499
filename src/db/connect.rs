//! From a connection string to a configuration: time limits, aliveness, TLS mode.
//!
//! Adds the `sslmode` and `sslrootcert` values that `tokio_postgres` does not read. The decision worth arguing about:
//! dead peers are found by TCP itself (keep-alives when silent, user timeout when sending), so no query needs a
//! limit only because a cable was cut.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tls::{self, Verify};
use super::{Error, Settings};

/// The whole way to a usable connection, name lookup and TLS included; `connect_timeout` bounds one socket only.
pub(super) const CONNECT_WAIT: Duration = Duration::from_secs(5);

/// One socket of several hosts: the second one is tried while the first is cut off, within [`CONNECT_WAIT`].
const SOCKET_WAIT: Duration = Duration::from_secs(3);

/// A silent peer is probed after 3 s, every 2 s, 3 times: found dead after 9 s (measured).
const KEEPALIVE_IDLE: Duration = Duration::from_secs(3);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(2);
const KEEPALIVE_RETRIES: u32 = 3;

/// Data that nobody acknowledges ends the connection after 5 s, inside a sender's time limit of 10 s.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(5);

/// Where to connect, and how to encrypt.
pub(super) struct Target {
    pub config: Config,
    pub tls: MakeRustlsConnect,
}

/// Says whether a connection string can be used, without connecting.
pub fn check_url(url: &str) -> Result<(), Error> {
    Options::take(url).and_then(|options| parse(&options)).map(|_| ())
}

/// Hosts, ports and database, for messages: no user, no password. Empty if the connection string cannot be read.
pub fn place(url: &str) -> String {
    let Ok(config) = Options::take(url).and_then(|options| parse(&options)) else { return String::new() };
    let ports = config.get_ports();
    let hosts = config.get_hosts().iter().enumerate().map(|(n, host)| {
        let port = ports.get(n).or(ports.first()).unwrap_or(&5432);
        match host {
            Host::Tcp(name) if name.contains(':') => format!("[{name}]:{port}"),
            Host::Tcp(name) => format!("{name}:{port}"),
            Host::Unix(folder) => format!("{}:{port}", folder.display()),
        }
    });
    let database = config.get_dbname().or(config.get_user()).unwrap_or_default();
    format!("{}/{database}", hosts.collect::<Vec<_>>().join(","))
}

pub(super) fn target(settings: &Settings) -> Result<Target, Error> {
    let options = Options::take(settings.url.expose_secret())?;
    let mut config = parse(&options)?;
    let ca_file = settings.ca_file.clone().or(options.root_cert);
    let (mode, verify) = match options.ssl_mode.as_deref() {
        None | Some("prefer" | "allow") => (SslMode::Prefer, Verify::Nothing),
        Some("disable") => (SslMode::Disable, Verify::Nothing),
        // With an authority given, `require` checks it, as libpq does.
        Some("require") if ca_file.is_some() => (SslMode::Require, Verify::Authority),
        Some("require") => (SslMode::Require, Verify::Nothing),
        Some("verify-ca") => (SslMode::Require, Verify::Authority),
        Some("verify-full") => (SslMode::Require, Verify::AuthorityAndName),
        Some(_) => {
            return Err(Error::Url(
                "has an unknown sslmode: use disable, prefer, require, verify-ca or verify-full".to_owned(),
            ));
        }
    };
    config.ssl_mode(mode);
    bound(&mut config);
    if config.get_application_name().is_none() {
        config.application_name(&settings.application_name);
    }
    Ok(Target { config, tls: tls::connector(verify, ca_file.as_deref())? })
}

fn bound(config: &mut Config) {
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(SOCKET_WAIT);
    }
    config
        .keepalives(true)
        .keepalives_idle(KEEPALIVE_IDLE)
        .keepalives_interval(KEEPALIVE_INTERVAL)
        .keepalives_retries(KEEPALIVE_RETRIES)
        .tcp_user_timeout(TCP_USER_TIMEOUT);
}

/// The error of the parser is dropped on purpose: it may quote a part of the password.
fn parse(options: &Options) -> Result<Config, Error> {
    let config: Config = options.rest.parse().map_err(|_| {
        Error::Url(
            "cannot be read: it should look like postgresql://user:password@host:5432/database, with special \
             characters of the password percent-encoded"
                .to_owned(),
        )
    })?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(Error::Url(
            "names no host: put it before the slash, as in postgresql://user@host/database".to_owned(),
        ));
    }
    Ok(config)
}

/// A connection string less the options that we read ourselves.
struct Options {
    rest: String,
    ssl_mode: Option<String>,
    root_cert: Option<PathBuf>,
}

impl Options {
    fn take(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let is_url = text.starts_with("postgres://") || text.starts_with("postgresql://");
        // A password may hold a question mark; what comes after the credentials may not.
        let credentials = text.find('@').unwrap_or_default();
        let (head, tail, separator) =
            match text[credentials..].find('?').map(|at| text.split_at(credentials + at)) {
                Some((head, tail)) if is_url => (Some(head), &tail[1..], "&"),
                _ if is_url => (Some(text), "", "&"),
                _ => (None, text, " "),
            };
        let mut options = Self { rest: String::new(), ssl_mode: None, root_cert: None };
        let mut kept = Vec::new();
        for pair in tail.split(separator).filter(|pair| !pair.is_empty()) {
            kept.extend(options.read(pair)?);
        }
        let kept = kept.join(separator);
        options.rest = match head {
            Some(head) if kept.is_empty() => head.to_owned(),
            Some(head) => format!("{head}?{kept}"),
            None => kept,
        };
        Ok(options)
    }

    /// Takes an option that is ours, or gives it back for the parser.
    fn read(&mut self, pair: &str) -> Result<Option<String>, Error> {
        match pair.split_once('=') {
            Some(("sslmode", value)) => self.ssl_mode = Some(value.to_owned()),
            Some(("sslrootcert", "system")) => self.root_cert = None,
            Some(("sslrootcert", value)) => self.root_cert = Some(PathBuf::from(decoded(value))),
            // libpq's `primary` is a server that is not in recovery; `read-write` asks for what we need of it.
            Some(("target_session_attrs", "primary")) => {
                return Ok(Some("target_session_attrs=read-write".to_owned()));
            }
            Some(("passfile" | "service" | "sslcert" | "sslkey", _)) => {
                return Err(Error::Url(
                    "uses passfile, service, sslcert or sslkey, which callbackd does not read: give the password \
                     in the URL, or the whole URL in a file"
                        .to_owned(),
                ));
            }
            _ => return Ok(Some(pair.to_owned())),
        }
        Ok(None)
    }
}

fn decoded(value: &str) -> String {
    url::form_urlencoded::parse(format!("v={}", value.replace('+', "%2B")).as_bytes())
        .next()
        .map_or_else(String::new, |(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;

    fn settings(url: &str) -> Settings {
        Settings {
            url: SecretString::from(url.to_owned()),
            pool_max: 1,
            ca_file: None,
            application_name: "callbackd".to_owned(),
        }
    }

    #[test]
    fn connection_strings_are_read_as_libpq_reads_them() {
        let cases = [
            ("postgresql://u@h/d", SslMode::Prefer),
            ("postgres://u:p@h:1/d?sslmode=disable", SslMode::Disable),
            ("postgresql://u@h/d?sslmode=verify-full&target_session_attrs=primary", SslMode::Require),
            ("postgresql://u@a:1,b:2/d?sslmode=require&target_session_attrs=read-write", SslMode::Require),
            ("host=h user=u dbname=d sslmode=verify-ca", SslMode::Require),
            ("postgresql://u@%2Ftmp%2Fx:5432/d", SslMode::Prefer),
            ("postgresql://u:a?b&sslmode=c@h/d?sslmode=disable", SslMode::Disable),
        ];
        for (url, mode) in cases {
            let target = target(&settings(url)).map_err(|error| format!("{url}: {error}")).unwrap();
            assert_eq!(target.config.get_ssl_mode(), mode, "{url}");
        }
    }

    #[test]
    fn a_place_names_what_may_be_shown() {
        for (url, expected) in [
            ("postgresql://u:hunter2@h/d?sslmode=require", "h:5432/d"),
            ("postgresql://u:hunter2@a:1,b:2/d?target_session_attrs=read-write", "a:1,b:2/d"),
            ("host=h port=7 user=u password=hunter2", "h:7/u"),
            ("postgresql://u@%2Ftmp%2Fx:5433/d", "/tmp/x:5433/d"),
            ("postgresql://u:hunter2@[::1]:1/d", "[::1]:1/d"),
            ("mysql://u:hunter2@h/d", ""),
        ] {
            assert_eq!(place(url), expected, "{url}");
        }
    }

    #[test]
    fn an_unusable_url_is_refused_without_repeating_it() {
        for url in [
            "postgresql://u:hunter2@h:notaport/d",
            "postgresql://u@h/d?hunter2=1",
            "mysql://u:hunter2@h/d",
            "postgresql://u:hunter2@h/d?sslmode=hunter2",
            "postgresql:///d?user=hunter2",
            "postgresql://u:hunter2@h/d?passfile=/hunter2",
            "hunter2",
        ] {
            let error =
                target(&settings(url)).err().map(anyhow::Error::new).map(|error| format!("{error:?}"));
            let text = error.unwrap_or_else(|| panic!("{url} was taken"));
            assert!(text.contains("database URL") && !text.contains("hunter2"), "{url}: {text}");
        }
    }
}
