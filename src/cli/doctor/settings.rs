//! What can be told from the settings and the data folder alone.

use std::{os::unix::fs::PermissionsExt as _, path::Path};

use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

use super::finding::Finding;
use crate::{
    config::{Config, Unsigned},
    development,
    source::{self, Fingerprint, LLM},
};

/// An HMAC key that is shorter can be guessed sooner than its digest.
const SECRET_BYTES_MIN: usize = 16;

pub fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = vec![Finding::ok("settings", "every value can be used")];
    let ignored = config.ignored.iter();
    findings.extend(
        ignored.map(|sentence| Finding::warn("settings", sentence, "correct its name, or take it away")),
    );
    findings.extend(secrets(config));
    findings.extend(sources(config));
    findings.push(public_url(config));
    if config.development() {
        findings.push(data_dir(&config.data_dir));
    }
    findings
}

fn secrets(config: &Config) -> Vec<Finding> {
    let secrets: Vec<&SecretString> = config.secrets_of(LLM).iter().map(|secret| &secret.text).collect();
    let generated =
        config.development().then(|| development::known_webhook_secret(&config.data_dir)).flatten();
    match (secrets.as_slice(), generated, config.ingest.unsigned) {
        ([], Some(secret), _) => vec![secret_of("generated for development", &secret)],
        ([], None, _) if config.development() => {
            vec![Finding::ok("secret", "none is set: `callbackd serve` generates one for development")]
        }
        ([], None, Unsigned::Accept) => vec![Finding::warn(
            "secret",
            "none is set, and unsigned = accept: anybody can store callbacks",
            "set LLM_WEBHOOK_SECRET to what the LLM service signs with",
        )],
        ([], None, Unsigned::Reject) => vec![Finding::fail(
            "secret",
            "none is set: the server will not start",
            "set LLM_WEBHOOK_SECRET to what the LLM service signs with",
        )],
        ([one, other], _, _) if one.expose_secret() == other.expose_secret() => vec![Finding::warn(
            "secret",
            format!(
                "LLM_WEBHOOK_SECRET and LLM_WEBHOOK_SECRET_PREVIOUS are the same ({})",
                Fingerprint::of(one)
            ),
            "leave the previous one out, or set it to the secret that is being replaced",
        )],
        (several, _, _) => {
            let names = ["LLM_WEBHOOK_SECRET", "LLM_WEBHOOK_SECRET_PREVIOUS"];
            several.iter().zip(names).map(|(secret, name)| secret_of(name, secret)).collect()
        }
    }
}

/// All but `llm`, which has settings of its own.
fn sources(config: &Config) -> Vec<Finding> {
    match source::all(&config.sources) {
        Err(error) => {
            vec![Finding::fail("sources", error.to_string(), "docs/sources.md says what a source needs")]
        }
        Ok(sources) => {
            let others = sources.iter().filter(|source| &*source.name != LLM);
            let about = |source: &source::Source| {
                let place = format!("{} at {}", source.name, source.path);
                let keys = source
                    .jwks_url
                    .iter()
                    .map(|url| Finding::ok("sources", format!("{place}: keys of {url}")));
                let secrets = source.secrets.iter().map(|secret| {
                    let text = SecretString::from(secret.expose());
                    Finding { check: "sources", ..secret_of(&place, &text) }
                });
                secrets.chain(keys).collect::<Vec<_>>()
            };
            others.flat_map(about).collect()
        }
    }
}

fn secret_of(name: &str, secret: &SecretString) -> Finding {
    let detail = format!("{name}: {}", Fingerprint::of(secret));
    let text = secret.expose_secret();
    if text.len() < SECRET_BYTES_MIN {
        return Finding::warn("secret", detail, "it is short: 32 random bytes in hex cannot be guessed");
    }
    let quoted =
        text.len() > 1 && ["\"", "'"].iter().any(|quote| text.starts_with(quote) && text.ends_with(quote));
    if quoted {
        return Finding::warn(
            "secret",
            detail,
            "it stands in quotes, which count: leave them out if they are not meant",
        );
    }
    Finding::ok("secret", detail)
}

fn public_url(config: &Config) -> Finding {
    let check = "public_url";
    let Some(text) = &config.public_url else {
        let local = format!("not set: links lead to {}", development::local_url(config.listen));
        if config.listen.ip().is_loopback() {
            return Finding::ok(check, local);
        }
        return Finding::warn(check, local, "set public_url to where senders and people reach the server");
    };
    let Ok(url) = Url::parse(text) else {
        return Finding::fail(
            check,
            text.clone(),
            "set it to an address such as https://callbacks.example.com",
        );
    };
    let local = match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_unspecified(),
        Some(Host::Ipv6(ip)) => ip.is_loopback() || ip.is_unspecified(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    match (url.scheme(), local) {
        (_, true) if !config.development() => Finding::warn(
            check,
            format!("{text} is this machine alone"),
            "set it to where senders reach the server",
        ),
        ("http", false) => Finding::warn(
            check,
            format!("{text} is not encrypted: passwords and callbacks can be read on the way"),
            "put a proxy with TLS in front, and set public_url to its https address",
        ),
        _ if url.path() != "/" => Finding::warn(
            check,
            format!("{text} has a path"),
            "leave the path out: the console and the API lie at the root of their host",
        ),
        _ => Finding::ok(check, text.clone()),
    }
}

/// The folder is passed through by the account that PostgreSQL runs as; what is secret in it is for its owner alone.
fn data_dir(folder: &Path) -> Finding {
    let check = "data folder";
    let mode = |path: &Path| std::fs::metadata(path).map(|found| found.permissions().mode() & 0o777);
    let shown = folder.display();
    let Ok(own) = mode(folder) else {
        return Finding::ok(check, format!("{shown} is not there yet: `callbackd serve` makes it"));
    };
    if own & 0o022 != 0 {
        return Finding::fail(
            check,
            format!("{shown} can be written by others (mode {own:o})"),
            format!("chmod go-w {shown}"),
        );
    }
    for name in ["llm_webhook_secret", "ready.json"] {
        let path = folder.join(name);
        if let Ok(found) = mode(&path)
            && found & 0o077 != 0
        {
            let detail = format!("{} can be read by others (mode {found:o})", path.display());
            return Finding::fail(check, detail, format!("chmod 600 {}", path.display()));
        }
    }
    Finding::ok(check, format!("{shown} is its owner's (mode {own:o})"))
}
