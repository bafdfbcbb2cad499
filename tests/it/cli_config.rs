//! Settings as the real program reads them: which layer wins, what is shown, and what stops it.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::support::program::{Program, run};

/// What `callbackd config` says of one setting: its value and where that came from.
fn shown(program: &Program, key: &str) -> (String, String) {
    assert_eq!(program.code, 0, "{program:?}");
    let lines: Value = serde_json::from_str(&program.stdout).expect("JSON");
    let line = lines
        .as_array()
        .expect("an array")
        .iter()
        .find(|line| line["key"] == key)
        .expect("the setting is shown");
    let text = |member: &str| line[member].as_str().expect("text").to_owned();
    (text("value"), text("origin"))
}

fn pair(value: &str, origin: &str) -> (String, String) {
    (value.to_owned(), origin.to_owned())
}

#[tokio::test]
async fn a_flag_wins_over_the_environment_over_the_file_over_the_default() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    std::fs::write(&file, "data_dir = \"from-file\"\nstreams_max = 7\n").unwrap();
    let (path, from_file) = (file.display().to_string(), format!("file {}", file.display()));
    let default = run("config --json", &[]).await;
    assert_eq!(shown(&default, "data_dir"), pair(".callbackd", "default"));
    let line = format!("config --json --config {path}");
    let by_file = run(&line, &[]).await;
    assert_eq!(shown(&by_file, "data_dir"), pair("from-file", &from_file));
    assert_eq!(shown(&by_file, "streams_max"), pair("7", &from_file));
    let environment = [("CALLBACKD_DATA_DIR", "from-environment")];
    let by_environment = run(&line, &environment).await;
    assert_eq!(
        shown(&by_environment, "data_dir"),
        pair("from-environment", "environment CALLBACKD_DATA_DIR")
    );
    let by_flag = run(&format!("{line} --data-dir from-flag"), &environment).await;
    assert_eq!(shown(&by_flag, "data_dir"), pair("from-flag", "flag"));
    assert_eq!(shown(&by_flag, "streams_max"), pair("7", &from_file));
}

#[tokio::test]
async fn secrets_are_masked_wherever_they_come_from() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "  hunter2-from-a-file\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let path = file.display().to_string();
    let environment = [
        ("LLM_WEBHOOK_SECRET_FILE", path.as_str()),
        ("DATABASE_URL", "postgresql://u:hunter2@127.0.0.1:1/d"),
    ];
    for line in ["config", "config --json", "config --explain"] {
        let program = run(line, &environment).await;
        assert!(program.code == 0 && !program.stdout.contains("hunter2"), "{program:?}");
    }
    let program = run("config --json", &environment).await;
    let expected = pair("(set, hidden)", "environment LLM_WEBHOOK_SECRET_FILE");
    assert_eq!(shown(&program, "llm_webhook_secret"), expected);
    assert_eq!(shown(&program, "database_url"), pair("(set, hidden)", "environment DATABASE_URL"));

    let missing = run("config", &[("LLM_WEBHOOK_SECRET_FILE", "/nowhere/secret")]).await;
    assert!(missing.code == 1 && missing.stderr.contains("/nowhere/secret cannot be read"), "{missing:?}");
}

#[tokio::test]
async fn a_bad_value_is_named_with_what_is_allowed() {
    let cases = [
        ("CALLBACKD_LISTEN", "8080", "listen", "an address and a port"),
        ("CALLBACKD_ACK_DEADLINE", "5", "ack_deadline", "a time with its unit"),
        ("CALLBACKD_STREAMS_MAX", "0", "streams_max", "at least 1"),
        ("CALLBACKD_UNSIGNED", "maybe", "unsigned", "reject or accept"),
        ("CALLBACKD_EMBEDDED", "yes", "embedded", "auto, true or false"),
        ("CALLBACKD_TRUSTED_PROXIES", "10.0.0.0/99", "trusted_proxies", "an address or a network"),
        ("CALLBACKD_PUBLIC_URL", "ftp://example.com", "public_url", "an http or https address"),
        ("CALLBACKD_PUBLIC_URL", "https://example.com/?from=mail", "public_url", "scheme and host alone"),
        ("CALLBACKD_RETENTION_DAYS", "0", "retention_days", "from 1"),
        ("CALLBACKD_QUEUE_BYTES_MAX", "1000", "queue_bytes_max", "at least 1048576 bytes"),
        ("CALLBACKD_LOG", "warning", "log", "off, error, warn, info, debug or trace"),
        ("CALLBACKD_LOG", "callbackd=loud", "log", "off, error, warn, info, debug or trace"),
    ];
    for (variable, value, key, allowed) in cases {
        let program = run("config", &[(variable, value)]).await;
        let said = &program.stderr;
        assert!(program.code == 1 && said.contains(key) && said.contains(value), "{program:?}");
        assert!(said.contains(variable) && said.contains(allowed), "{program:?}");
    }
}

#[tokio::test]
async fn a_misspelt_key_is_refused_with_the_one_that_was_meant() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    for (text, expected) in [
        ("stream_max = 7\n", "did you mean"),
        ("nonsense = 7\n", "`callbackd config`"),
        ("streams_max = 7\nllm_webhook_secret = hunter2\n", "not valid TOML: line 2: "),
    ] {
        std::fs::write(&file, text).unwrap();
        let program = run(&format!("config --config {}", file.display()), &[]).await;
        assert!(program.code == 1 && program.stderr.contains(expected), "{program:?}");
        assert!(!program.stderr.contains("hunter2"), "{program:?}");
    }
    let missing = run("config --config /nowhere/settings.toml", &[]).await;
    assert!(missing.code == 1 && missing.stderr.contains("/nowhere/settings.toml"), "{missing:?}");
}

#[tokio::test]
async fn a_misspelt_variable_is_named_and_what_others_set_is_not() {
    let odd = [
        ("CALLBACKD_RETENTION_DAY", "90"),
        ("CALLBACKD_NONSENSE", "1"),
        ("CALLBACKD_SERVICE_HOST", "10.0.0.7"),
        ("CALLBACKD_PORT_8080_TCP", "tcp://10.0.0.7:8080"),
        ("CALLBACKD_RETENTION_DAYS", ""),
    ];
    let said = run("config", &odd).await;
    assert_eq!(said.code, 0, "{said:?}");
    let expected = "callbackd: CALLBACKD_NONSENSE is no setting and is ignored\ncallbackd: CALLBACKD_RETENTION_DAY is no \
                    setting and is ignored: did you mean CALLBACKD_RETENTION_DAYS?\n";
    assert_eq!(said.stderr, expected);
}

#[tokio::test]
async fn what_is_said_twice_or_without_what_it_needs_is_refused() {
    for (environment, expected) in [
        (
            [("LLM_WEBHOOK_SECRET", "one"), ("LLM_WEBHOOK_SECRET_FILE", "/dev/null")],
            "LLM_WEBHOOK_SECRET and LLM_WEBHOOK_SECRET_FILE are both set: leave one of them out",
        ),
        (
            [("CALLBACKD_EXTERNAL_HS256_SECRET", "one"), ("CALLBACKD_EXTERNAL_ISSUER", "")],
            "external_hs256_secret is set, so external_issuer must be set too",
        ),
        (
            [("CALLBACKD_EXTERNAL_JWKS_URL", "https://example.com"), ("CALLBACKD_EXTERNAL_ISSUER", "")],
            "external_jwks_url is set, so external_issuer must be set too",
        ),
    ] {
        let program = run("config", &environment).await;
        assert!(program.code == 1 && program.stderr.contains(expected), "{program:?}");
    }
}

#[tokio::test]
async fn what_development_makes_for_itself_is_shown_as_in_force() {
    let folder = tempfile::tempdir().unwrap();
    let line = format!("config --json --data-dir {}", folder.path().display());
    let before = run(&line, &[]).await;
    assert_eq!(shown(&before, "database_url"), pair("(a PostgreSQL of its own)", "made for development"));
    assert_eq!(shown(&before, "llm_webhook_secret"), pair("(at the first start)", "made for development"));
    std::fs::write(folder.path().join("llm_webhook_secret"), "hunter2").unwrap();
    let after = run(&line, &[]).await;
    assert_eq!(shown(&after, "llm_webhook_secret"), pair("(set, hidden)", "made for development"));
    let given = run(&line, &[("LLM_WEBHOOK_SECRET", "mine")]).await;
    let expected = pair("(set, hidden)", "environment LLM_WEBHOOK_SECRET");
    assert_eq!(shown(&given, "llm_webhook_secret"), expected);
    let forbidden = run(&line, &[("CALLBACKD_EMBEDDED", "false")]).await;
    assert_eq!(shown(&forbidden, "database_url"), pair("", "default"));
}

#[tokio::test]
async fn a_start_that_fails_says_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let line = format!("serve --listen {} --data-dir", taken.local_addr().unwrap());
    let port = run(&format!("{line} {}", folder.path().display()), &[]).await;
    assert!(port.code == 1 && port.stderr.contains("--listen 127.0.0.1:0 for a free one"), "{port:?}");
    assert_eq!(folder.path().read_dir().unwrap().count(), 0, "no database was made for nothing");

    let nobody = run(
        "serve --listen 127.0.0.1:0",
        &[
            ("DATABASE_URL", "postgresql://u:hunter2@127.0.0.1:1/d?sslmode=verify-full&sslrootcert=/nowhere"),
            ("LLM_WEBHOOK_SECRET", "one"),
        ],
    )
    .await;
    assert!(
        nobody.code == 1 && nobody.stderr.contains("the database 127.0.0.1:1/d cannot be used"),
        "{nobody:?}"
    );
    assert!(
        nobody.stderr.contains("correct DATABASE_URL") && !nobody.stderr.contains("hunter2"),
        "{nobody:?}"
    );
}

#[tokio::test]
async fn a_server_does_not_start_half_configured() {
    let open = [("CALLBACKD_LISTEN", "0.0.0.0:0")];
    let program = run("serve", &open).await;
    assert!(program.code == 1 && program.stderr.contains("0.0.0.0:0"), "{program:?}");
    assert!(
        program.stderr.contains("DATABASE_URL") && program.stderr.contains("CALLBACKD_EMBEDDED=true"),
        "{program:?}"
    );

    let forbidden = run("serve", &[("CALLBACKD_EMBEDDED", "false")]).await;
    assert!(forbidden.code == 1 && forbidden.stderr.contains("DATABASE_URL must be set"), "{forbidden:?}");

    let bare = run("serve --listen 127.0.0.1:0", &[("DATABASE_URL", "postgresql://u@127.0.0.1:1/d")]).await;
    assert!(bare.code == 1 && bare.stderr.contains("LLM_WEBHOOK_SECRET must be set"), "{bare:?}");

    let odd = run("serve --listen nowhere", &[]).await;
    assert!(odd.code == 1 && odd.stderr.contains("listen = \"nowhere\" (from flag)"), "{odd:?}");
}
