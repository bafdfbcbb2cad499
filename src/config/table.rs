//! The table of settings: what each is called, its default, and why that default.

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Its name in the file, and of its flag where it has one.
    pub key: &'static str,
    /// Its environment variable.
    pub env: &'static str,
    pub default: Option<&'static str>,
    /// Masked wherever it is shown, and also readable from a file named by `<env>_FILE` or `<key>_file`.
    pub secret: bool,
    pub help: &'static str,
}

impl Setting {
    /// The variables that may give it.
    pub fn variables(&self) -> Vec<String> {
        let mut variables = vec![self.env.to_owned()];
        if self.secret {
            variables.push(format!("{}_FILE", self.env));
        }
        variables
    }

    /// The keys under which a file may give it.
    pub fn file_keys(&self) -> Vec<String> {
        let mut keys = vec![self.key.to_owned()];
        if self.secret {
            keys.push(format!("{}_file", self.key));
        }
        keys
    }
}

const fn plain(key: &'static str, env: &'static str, default: &'static str, help: &'static str) -> Setting {
    Setting { key, env, default: Some(default), secret: false, help }
}

const fn absent(key: &'static str, env: &'static str, help: &'static str) -> Setting {
    Setting { key, env, default: None, secret: false, help }
}

const fn secret(key: &'static str, env: &'static str, help: &'static str) -> Setting {
    Setting { key, env, default: None, secret: true, help }
}

/// Every setting there is, in the order in which `callbackd config` shows them.
#[rustfmt::skip]
pub const SETTINGS: &[Setting] = &[
    plain("listen", "CALLBACKD_LISTEN", "127.0.0.1:8080", "Address and port of the server; loopback until somebody decides otherwise."),
    absent("public_url", "CALLBACKD_PUBLIC_URL", "Where senders and people reach the server; used in links and instructions."),
    plain("data_dir", "CALLBACKD_DATA_DIR", ".callbackd", "Folder of development mode: its PostgreSQL, its generated secret."),
    secret("database_url", "DATABASE_URL", "PostgreSQL 14 or later. Left out: the server runs a PostgreSQL of its own (development mode)."),
    secret("listener_database_url", "CALLBACKD_LISTENER_DATABASE_URL", "A direct way to the same database for the listener and the writer, where database_url leads through a pooler in transaction mode."),
    plain("database_pool_max", "CALLBACKD_DATABASE_POOL_MAX", "16", "Pooled connections; the writer and the listener have one more each."),
    absent("database_ca_file", "CALLBACKD_DATABASE_CA_FILE", "PEM file of the authority that signed the database's certificate."),
    plain("embedded", "CALLBACKD_EMBEDDED", "auto", "auto, true, false: whether a PostgreSQL of its own may be started; auto does so on loopback only."),
    secret("llm_webhook_secret", "LLM_WEBHOOK_SECRET", "The secret with which the LLM service signs."),
    secret("llm_webhook_secret_previous", "LLM_WEBHOOK_SECRET_PREVIOUS", "A second secret that is accepted while the first is being rotated."),
    secret("webhook_secret", "WEBHOOK_SECRET", "The secret of the report service: turns on the sources stepper and stepper-callback."),
    secret("webhook_secret_previous", "WEBHOOK_SECRET_PREVIOUS", "A second one that is accepted while the first is being rotated."),
    secret("secrets_key", "CALLBACKD_SECRETS_KEY", "32 bytes in hex or base64 with which the secrets of sources that admins add are sealed in the database; the same on every node."),
    secret("secrets_key_previous", "CALLBACKD_SECRETS_KEY_PREVIOUS", "A second one, while the first is being rotated: it opens and does not seal."),
    plain("unsigned", "CALLBACKD_UNSIGNED", "reject", "reject, accept: what becomes of callbacks while no secret is set. accept is for testing."),
    plain("ack_deadline", "CALLBACKD_ACK_DEADLINE", "5s", "From a read body to its answer, then 503: one sender gives up after 10 s."),
    plain("body_deadline", "CALLBACKD_BODY_DEADLINE", "10s", "To send a body, then 408: a body of 1 MiB takes less on any line worth having."),
    plain("queue_callbacks_max", "CALLBACKD_QUEUE_CALLBACKS_MAX", "10000", "Callbacks waiting to be written, then 503."),
    plain("queue_bytes_max", "CALLBACKD_QUEUE_BYTES_MAX", "67108864", "Bytes of bodies being read or waiting to be written, then 503."),
    absent("spool_dir", "CALLBACKD_SPOOL_DIR", "Folder on this server's own disk for callbacks that come while the database is away: synced, answered 202, stored when it is back. Left out: they get 503."),
    plain("spool_max_bytes", "CALLBACKD_SPOOL_MAX_BYTES", "1073741824", "Bytes of that folder's files, then 503: ten minutes of 20 callbacks of 75 kB a second."),
    absent("webhook_rate_per_source", "CALLBACKD_WEBHOOK_RATE_PER_SOURCE", "Requests a second of one source, then 429; no limit unless set."),
    plain("rejects_per_source_per_minute", "CALLBACKD_REJECTS_PER_SOURCE_PER_MINUTE", "60", "Rejected requests that are recorded; beyond it they are counted."),
    plain("rejects_per_address_per_minute", "CALLBACKD_REJECTS_PER_ADDRESS_PER_MINUTE", "10", "The same for one address."),
    plain("rejects_rows_max", "CALLBACKD_REJECTS_ROWS_MAX", "1000", "Recorded rejects that are kept for one source; the oldest go first."),
    plain("rejects_bytes_max", "CALLBACKD_REJECTS_BYTES_MAX", "67108864", "Bytes of recorded rejects that are kept for one source."),
    plain("listener_poll_interval", "CALLBACKD_LISTENER_POLL_INTERVAL", "15s", "The table is read this often without a notification: what a lost one costs at most."),
    plain("streams_per_admin_max", "CALLBACKD_STREAMS_PER_ADMIN_MAX", "20", "Open streams of one person, then 429."),
    plain("streams_per_address_max", "CALLBACKD_STREAMS_PER_ADDRESS_MAX", "200", "Open streams of one address, then 429."),
    plain("streams_max", "CALLBACKD_STREAMS_MAX", "20000", "Open streams of this server, then 503."),
    plain("stream_max_age", "CALLBACKD_STREAM_MAX_AGE", "1h", "A stream ends at 80 to 100 % of this age, to resume: so a deploy or a balancer can drain."),
    plain("stream_heartbeat", "CALLBACKD_STREAM_HEARTBEAT", "15s", "A comment this often keeps proxies from closing an idle stream."),
    plain("stream_stall", "CALLBACKD_STREAM_STALL", "30s", "A reader that takes nothing for this long is cut off; it resumes by its cursor."),
    plain("ring_frames_max", "CALLBACKD_RING_FRAMES_MAX", "16384", "Recent callbacks that replay from memory."),
    plain("ring_bytes_max", "CALLBACKD_RING_BYTES_MAX", "33554432", "Bytes of them."),
    plain("connections_max", "CALLBACKD_CONNECTIONS_MAX", "25000", "Open connections of clients, streams among them, then 503; fewer where the system allows fewer open files."),
    plain("connections_per_address_max", "CALLBACKD_CONNECTIONS_PER_ADDRESS_MAX", "1000", "The same for one address that is no trusted proxy."),
    plain("session_idle", "CALLBACKD_SESSION_IDLE", "12h", "A session ends after this long without a request."),
    plain("session_max", "CALLBACKD_SESSION_MAX", "7days", "A session ends at this age."),
    plain("requests_per_minute", "CALLBACKD_REQUESTS_PER_MINUTE", "1200", "Requests of one session or API token, then 429."),
    plain("trusted_proxies", "CALLBACKD_TRUSTED_PROXIES", "", "Addresses or networks, separated by commas, whose X-Forwarded-For counts."),
    absent("admin_email", "CALLBACKD_ADMIN_EMAIL", "The first admin, made at start when nobody has this address."),
    secret("admin_password", "CALLBACKD_ADMIN_PASSWORD", "The first admin's password."),
    secret("metrics_token", "CALLBACKD_METRICS_TOKEN", "Bearer token that may read /metrics; an admin's session or API token may anyway."),
    absent("external_issuer", "CALLBACKD_EXTERNAL_ISSUER", "Issuer (iss) whose access tokens may be exchanged for a session."),
    plain("external_audience", "CALLBACKD_EXTERNAL_AUDIENCE", "authenticated", "Audience (aud) that such a token must have."),
    secret("external_hs256_secret", "CALLBACKD_EXTERNAL_HS256_SECRET", "The issuer's shared secret, where it signs with HS256."),
    absent("external_jwks_url", "CALLBACKD_EXTERNAL_JWKS_URL", "The issuer's keys, where it signs with public keys."),
    secret("token", "CALLBACKD_TOKEN", "API token that lets callbackd tail in; beside a development server none is needed."),
    secret("resign_secret", "CALLBACKD_RESIGN_SECRET", "Secret with which callbackd tail --forward signs anew; left out, the original signature is sent."),
    plain("replay_urls", "CALLBACKD_REPLAY_URLS", "", "Addresses, separated by commas, to which an admin may have the server send a callback again."),
    absent("retention_days", "CALLBACKD_RETENTION_DAYS", "Callbacks older than this are removed; left out, all are kept."),
    plain("log", "CALLBACKD_LOG", "info,refinery_core=warn", "What is logged, as a tracing filter: info, debug, callbackd::listen=debug, …"),
    plain("log_format", "CALLBACKD_LOG_FORMAT", "auto", "auto, pretty, json; auto is pretty on a terminal."),
    plain("shutdown_deadline", "CALLBACKD_SHUTDOWN_DEADLINE", "25s", "How long a stop waits for requests in flight; below the 30 s that most supervisors allow."),
];
