//! What is said of sources in file and environment: what wins, what is shown, and what stops a start.

use serde_json::Value;

use crate::support::program::{Program, run, run_with_input};
use crate::support::site::signature;

/// `callbackd config` with this file.
async fn config(text: &str, environment: &[(&str, &str)]) -> Program {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("settings.toml");
    std::fs::write(&file, text).expect("it can be written");
    run(&format!("config --json --config {}", file.display()), environment).await
}

/// The lines of one source: key, value, and the word that its origin begins with.
fn lines(program: &Program, source: &str) -> Vec<(String, String, String)> {
    assert_eq!(program.code, 0, "{program:?}");
    let lines: Value = serde_json::from_str(&program.stdout).expect("JSON");
    let text = |line: &Value, member: &str| line[member].as_str().expect("text").to_owned();
    let own = lines.as_array().expect("an array").iter().filter_map(|line| {
        let key = text(line, "key").strip_prefix(&format!("sources.{source}."))?.to_owned();
        let origin = text(line, "origin").split(' ').next().unwrap_or_default().to_owned();
        Some((key, text(line, "value"), origin))
    });
    own.collect()
}

fn line(key: &str, value: &str, origin: &str) -> (String, String, String) {
    (key.to_owned(), value.to_owned(), origin.to_owned())
}

#[tokio::test]
async fn the_environment_wins_over_the_file_and_secrets_are_masked() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let secret = folder.path().join("secret");
    std::fs::write(&secret, " whsec_aHVudGVyMg==\n").expect("it can be written");
    let path = secret.display().to_string();
    let file = format!(
        "[sources.openai]\npath = \"/from/file\"\nsecret = \"whsec_aHVudGVyMy0t\"\nsecret_previous_file = \"{path}\"\n\
         secret_previous_until = 2999-01-31\n\n[sources.my-shop]\npreset = \"stripe\"\n\
         secrets = [\"hunter4\", {{ secret = \"hunter5\", until = 2999-01-31 }}]\n\
         [sources.my-shop.fetch]\nurl = \"https://api.example.com/{{id}}\"\nkey = \"hunter6\"\n"
    );
    let environment = [
        ("CALLBACKD_SOURCES_OPENAI_PATH", "/from/environment"),
        ("CALLBACKD_SOURCES_MY_SHOP_SECRET_FILE", path.as_str()),
        ("CALLBACKD_SOURCES_MY_SHOP_JOB_ID", "[\"/data/object/id\", \"/id\"]"),
        ("CALLBACKD_SOURCES_MY_SHOP_FETCH_KEY_FILE", path.as_str()),
        ("CALLBACKD_SOURCES_MY_SHOP_FETCH_TIMEOUT", "5s"),
    ];
    let program = config(&file, &environment).await;
    assert!(!program.stdout.contains("hunter") && !program.stdout.contains("aHVu"), "{program:?}");
    assert_eq!(
        lines(&program, "openai"),
        [
            line("secret", "(set, hidden)", "file"),
            line("secret_previous", "(set, hidden) until 2999-01-31T00:00:00+00:00", "file"),
            line("path", "/from/environment", "environment"),
            line("secret_previous_until", "2999-01-31", "file"),
        ]
    );
    assert_eq!(
        lines(&program, "my-shop"),
        [
            line("secret", "(set, hidden)", "environment"),
            line("secrets", "(set, hidden)", "file"),
            line("secrets", "(set, hidden) until 2999-01-31T00:00:00+00:00", "file"),
            line("fetch.key", "(set, hidden)", "environment"),
            line("preset", "stripe", "file"),
            line("job_id", "[\"/data/object/id\", \"/id\"]", "environment"),
            line("fetch.url", "https://api.example.com/{id}", "file"),
            line("fetch.timeout", "5s", "environment"),
        ]
    );
}

/// A source with a secret, and more.
fn openai(more: &str) -> String {
    format!("[sources.openai]\nsecret = \"whsec_aHVudGVyMg==\"\n{more}\n")
}

/// Each of these files stops the program, which says why and no secret.
async fn refused(cases: impl IntoIterator<Item = (String, &str)>) {
    for (text, expected) in cases {
        let program = config(&text, &[]).await;
        assert!(
            program.code == 1 && program.stderr.contains(expected),
            "{text}\nshould say {expected:?}: {program:?}"
        );
        assert!(!program.stderr.contains("hunter2") && !program.stderr.contains("aHVu"), "{program:?}");
    }
}

#[tokio::test]
async fn how_objects_are_fetched_is_named_where_it_cannot_be() {
    let fetching = |more: &str| openai(&format!("[sources.openai.fetch]\nkey = \"hunter2\"\n{more}"));
    let cases = [
        (openai("fetch = 5"), "sources.openai.fetch = \"\" (from file "),
        (
            openai("fetch.keys = \"x\""),
            "unknown setting \"sources.openai.fetch.keys\", did you mean \"fetch.key\"",
        ),
        (openai("fetch.timeout = \"5s\""), "sources.openai.fetch.timeout = \"5s\" (from file "),
        (openai("fetch.timeout = \"5s\""), "needs fetch.key"),
        (openai("fetch.key = \"hunter2\\nx\""), "sources.openai.fetch.key = \"(hidden)\" (from file "),
        (fetching("url = \"https://api.example.com/\""), "must be an https address with {id} as one segment"),
        (fetching("url = \"http://api.example.com/{id}\""), "must begin with https://"),
        (fetching("url = { \"a.*\" = \"x\" }"), "\"a.*\" must be an https address"),
        (fetching("url = \"\""), "must say where the objects are"),
        (fetching("header = \"X-Key: {hex}\""), "must hold {secret}, or {base64} of it"),
        (fetching("id = \"header:X\""), "must be a JSON pointer"),
        (fetching("timeout = \"2m\""), "must be at most 1m"),
        (fetching("bytes_max = 0"), "must be a number of bytes from 1 to 16777216"),
        (fetching("attempts = 101"), "must be a number from 1 to 100"),
        (fetching("private_networks = [\"10.0.0.0/8\", \"home\"]"), "must be an address or a network"),
    ];
    refused(cases).await;
}

#[tokio::test]
async fn what_cannot_be_used_is_named_with_what_is_allowed() {
    let own = |more: &str| format!("[sources.acme]\nsecret = \"hunter2\"\njob_id = \"/id\"\n{more}\n");
    let cases = [
        (openai("pathe = \"/x\""), "unknown setting \"sources.openai.pathe\", did you mean \"path\""),
        (openai("path = \"/api/admin/x\""), "sources.openai.path = \"/api/admin/x\" (from file "),
        (openai("path = \"x\""), "must be a path of at most 200 bytes"),
        (openai("path = \"/a/../b\""), "must be a path"),
        (openai("path = \"/metrics\""), "is callbackd's own"),
        (openai("preset = \"opanai\""), "must be one of assemblyai, deepgram,"),
        (openai("timestamp_unit = \"minutes\""), "must be s or ms"),
        (openai("timestamp_tolerance = \"5\""), "must be a time with its unit"),
        (openai("algorithm = \"md5\""), "must be one of hmac-sha256, hmac-sha512, ed25519"),
        (openai("signature = \"webhook-signature\""), "must be a header line, such as"),
        (openai("signature = \"webhook-signature: {md5}\""), "must end with one of {hex}, {base64}"),
        (openai("signature = [\"a: {hex}\", 7]"), "must be a text or an array of texts"),
        (openai("signed_content = \"{id}\""), "must hold {body}"),
        (openai("signed_content = \"{body}\""), "is not signed: signed_content must hold {timestamp}"),
        (openai("id = \"\""), "holds {id}, so id must say in which header"),
        (openai("timestamp = \"\""), "must say in which header the signed {timestamp} is"),
        (openai("timestamp_in_body = \"header:X\""), "must be a JSON pointer"),
        (openai("job_id = \"\""), "must say where the job's id is"),
        (openai("job_id = \"data.id\""), "must be a JSON pointer, such as /data/id"),
        (openai("outcomes = { done = \"finished\" }"), "\"done\" must be received, processed or error"),
        (openai("outcomes = \"done\""), "must be a table"),
        (openai("jwks_url = \"https://example.com/\""), "needs algorithm = \"ed25519\""),
        (openai("secret_format = \"base64\""), "must end with {text}, {hex} or {base64}"),
        (openai("secret_previous_until = 2030-01-01"), "needs secret_previous"),
        (openai("secrets = 5"), "must be an array of texts, or of tables"),
        (
            openai("secrets = [{ secret = \"a\", ends = 2030-01-01 }]"),
            "must be an array of texts, or of tables",
        ),
        (
            openai("secrets = [{ secret = \"whsec_aHVudGVyMg==\", until = \"soon\" }]"),
            "must be a day or a time",
        ),
        (openai("event = \"object:/type\""), "must be in what was received"),
        (openai("enabled = \"maybe\""), "must be true or false"),
        (openai("sample = \"[1]\""), "must be a JSON object"),
        (
            openai("").replace("whsec_aHVudGVyMg==", "hunter2!"),
            "sources.openai.secret = \"(hidden)\" (from file ",
        ),
        (openai("").replace("whsec_aHVudGVyMg==", ""), "must be a text, and not empty"),
        (own(""), "no preset has this name, so preset must be set to one of assemblyai,"),
        (own("token = \"Authorization: Bearer\""), "must end with one of"),
        (own("signature = \"X: {hex}\"\ntimestamp = \"Y: {timestamp}\""), "is not signed"),
        (
            "[sources.openai]\n".to_owned(),
            "source openai: no secret is set: set CALLBACKD_SOURCES_OPENAI_SECRET",
        ),
        (
            openai("path = \"/api/webhooks/llm-callback\""),
            "its path /api/webhooks/llm-callback is that of llm too",
        ),
        ("[sources.OpenAI]\n".to_owned(), "\"OpenAI\" is no name of a source"),
        ("sources = 5\n".to_owned(), "sources holds tables"),
        ("[sources]\nopenai = 5\n".to_owned(), "must be a table, such as [sources.openai]"),
    ];
    refused(cases).await;
    let misspelt = config("", &[("CALLBACKD_SOURCES_OPENAI_SECRETT", "x")]).await;
    assert!(misspelt.stderr.contains("unknown setting \"CALLBACKD_SOURCES_OPENAI_SECRETT\""), "{misspelt:?}");
}

#[tokio::test]
async fn names_of_sources_may_end_like_settings() {
    let environment = [
        ("CALLBACKD_SOURCES_TOP_SECRET_SECRET", "one"),
        ("CALLBACKD_SOURCES_TOP_SECRET_PRESET", "generic-hmac"),
        ("CALLBACKD_SOURCES_MY_PATH_PRESET", "generic-hmac"),
        ("CALLBACKD_SOURCES_MY_PATH_SECRET", "two"),
        ("CALLBACKD_SOURCES_MY_PATH_SECRET_PREVIOUS", "three"),
    ];
    let program = config("", &environment).await;
    assert_eq!(lines(&program, "top-secret").len(), 2, "{program:?}");
    assert_eq!(lines(&program, "my-path").len(), 3, "{program:?}");
    // Otherwise a list would be taken for one long secret.
    let listed = [("CALLBACKD_SOURCES_OPENAI_SECRETS", "[\"whsec_b25l\", \"whsec_dHdv\"]")];
    let program = config("", &listed).await;
    assert!(program.code != 0 && program.stderr.contains("for the settings file alone"), "{program:?}");
    assert!(!program.stderr.contains("whsec_"), "{program:?}");
    // A name of the file is kept as it is written there.
    let program =
        config("[sources.my_shop]\npreset = \"stripe\"\n", &[("CALLBACKD_SOURCES_MY_SHOP_SECRET", "x")])
            .await;
    assert_eq!(lines(&program, "my_shop").len(), 2, "{program:?}");
}

#[tokio::test]
async fn the_secret_of_reports_turns_both_of_their_sources_on() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for source in ["stepper", "stepper-callback"] {
        let line = format!("send --no-retry --source {source} --url http://127.0.0.1:9");
        let without = run(&line, &[]).await;
        let variable = format!("CALLBACKD_SOURCES_{}_SECRET", source.to_uppercase().replace('-', "_"));
        assert!(without.code == 1 && without.stderr.contains(&variable), "{without:?}");
        let with = run(&line, &[("WEBHOOK_SECRET", "hunter2")]).await;
        assert!(with.code == 1 && with.stderr.contains("no server answers"), "{with:?}");
    }
    let unknown = run("send --source opanai", &[]).await;
    assert!(
        unknown.code == 1 && unknown.stderr.contains("no source \"opanai\" is configured"),
        "{unknown:?}"
    );
    drop(folder);
}

#[tokio::test]
async fn a_date_ends_the_previous_secret_by_whichever_name_it_was_given() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let settings = folder.path().join("settings.toml");
    let until = |day: &str| {
        let of = |source: &str| format!("[sources.{source}]\nsecret_previous_until = {day}\n");
        let bare = "token = \"X-Token: {secret}\"\n";
        std::fs::write(&settings, of("llm") + &of("stepper-callback") + bare).expect("it can be written");
    };
    let environment = [
        ("LLM_WEBHOOK_SECRET", "hunter2-of-now"),
        ("LLM_WEBHOOK_SECRET_PREVIOUS", "hunter2-of-before"),
        ("WEBHOOK_SECRET", "hunter3-of-now"),
        ("WEBHOOK_SECRET_PREVIOUS", "hunter3-of-before"),
    ];
    let signature = signature("hunter2-of-before", b"{}");
    let verify = async |source: &str, header: &str| {
        let line =
            format!("verify --config {} --source {source} --body - --header {header}", settings.display());
        run_with_input(&line, &environment, "{}").await
    };
    for (day, code, said) in [("2999-01-31", 0, "verified"), ("2020-01-31", 1, "secret_retired")] {
        until(day);
        let signed = verify("llm", &format!("X-Webhook-Signature:{signature}")).await;
        assert!(signed.code == code && signed.stdout.starts_with(said), "{day}: {signed:?}");
        let token = verify("stepper-callback", "X-Token:hunter3-of-before").await;
        assert!(token.code == code && token.stdout.starts_with(said), "{day}: {token:?}");
    }
}
