//! The table of what can be said of a source.

use std::collections::BTreeSet;

/// One setting of a source.
#[derive(Debug)]
pub struct SourceSetting {
    /// Its name in the file; in capitals behind `CALLBACKD_SOURCES_<NAME>_`, its environment variable.
    pub key: &'static str,
    /// Masked wherever it is shown, and also readable from a file named by `<key>_file` or `…_FILE`.
    pub secret: bool,
    pub help: &'static str,
}

const fn plain(key: &'static str, help: &'static str) -> SourceSetting {
    SourceSetting { key, secret: false, help }
}

const fn secret(key: &'static str, help: &'static str) -> SourceSetting {
    SourceSetting { key, secret: true, help }
}

/// Every setting of a source, in the order in which `callbackd config` shows them.
#[rustfmt::skip]
pub const SOURCE_SETTINGS: &[SourceSetting] = &[
    plain("preset", "What everything else is taken from unless it is set; left out, the preset of the source's own name."),
    plain("title", "What people call it."),
    plain("enabled", "false turns it off: its path is 404."),
    plain("path", "Where it posts; left out, /api/webhooks/ and its name."),
    secret("secret", "The shared secret."),
    secret("secret_previous", "A second one that is accepted while the first is being rotated."),
    plain("secret_previous_until", "A day or a time from which the previous one is refused."),
    secret("secrets", "More of them, in the file alone: texts, or tables of secret or secret_file, and until."),
    plain("token", "Header line that carries the secret itself: Authorization: Bearer {secret}, or {base64} of it."),
    plain("signature", "Header line that carries the signature: X-Signature: sha256={hex}, or {base64}."),
    plain("algorithm", "hmac-sha256 (unless set), hmac-sha512, ed25519."),
    plain("signed_content", "What is signed: {body} unless set; {id}, {timestamp}, {body_sha256}, {header:Name} may stand in it."),
    plain("secret_format", "How the key stands in the secret: {text} unless set, {hex}, {base64}, behind a prefix such as whsec_."),
    plain("jwks_url", "Where the service publishes its keys, for ed25519; said only here."),
    plain("id", "Header with the delivery's id, the same in each retry; it is the dedupe key where it is signed."),
    plain("timestamp", "Header line that carries the time of signing: X-Timestamp: {timestamp}."),
    plain("timestamp_unit", "s (unless set) or ms."),
    plain("timestamp_tolerance", "How far it may be off, either way; 5m unless set."),
    plain("timestamp_in_body", "JSON pointer to the same time in the body, where the header itself is not signed."),
    plain("job_id", "JSON pointer to the job's id, or header:Name; what every callback must have."),
    plain("event", "The event's name."),
    plain("events", "Table from the sender's words for events to the names that they get here."),
    plain("workflow", "The workflow's name."),
    plain("status", "How the job went, in the sender's words; left out, the event says it."),
    plain("outcomes", "Table from words of status or event to received, processed or error; * stands for anything."),
    plain("otherwise", "What any other word means; received unless set."),
    plain("error", "What went wrong."),
    plain("owner", "Whose job it is: members see callbacks with their own id here."),
    plain("cost_usd", "What it cost, in US dollars."),
    plain("total_tokens", "Tokens used."),
    plain("duration", "How long it took."),
    plain("duration_unit", "ms (unless set) or s."),
    plain("ignored", "Top-level members that differ from one retry to the next."),
    plain("fetch.url", "Where the object is that a thin callback names, {id} in it: a text, or a table by event; it needs fetch.key."),
    secret("fetch.key", "The key of the service's API, which turns fetching on."),
    plain("fetch.header", "Header line that carries the key: Authorization: Bearer {secret} unless set."),
    plain("fetch.id", "JSON pointer to the object's id; where the job's id is, unless set."),
    plain("fetch.timeout", "For one attempt, from the name's resolution to the last byte; 10s unless set, at most 1m."),
    plain("fetch.bytes_max", "Bytes of an object; 1048576 unless set, at most 16777216."),
    plain("fetch.attempts", "How often it is tried, further and further apart; 14 unless set, which takes some two hours."),
    plain("fetch.private_networks", "Private addresses that may be reached, such as 10.1.0.0/16, and over plain http; none unless set, and only here."),
    plain("sample", "The body that callbackd send and the ready command send, as JSON."),
];

/// The setting of a key in the file, and whether the key is that of a file with its value.
pub fn setting(key: &str) -> Option<(&'static SourceSetting, bool)> {
    let find = |key: &str| SOURCE_SETTINGS.iter().find(|setting| setting.key == key);
    let file = || key.strip_suffix("_file").and_then(find).filter(|setting| setting.secret);
    find(key).map(|setting| (setting, false)).or_else(|| Some((file()?, true)))
}

/// For somebody who has written a key that no source has.
pub fn hint(key: &str) -> String {
    let known: BTreeSet<&str> = SOURCE_SETTINGS.iter().map(|setting| setting.key).collect();
    let near = known.iter().find(|name| name.contains(key) || key.contains(**name));
    near.map_or_else(
        || ", docs/sources.md lists what a source may have".to_owned(),
        |near| format!(", did you mean {near:?}?"),
    )
}
