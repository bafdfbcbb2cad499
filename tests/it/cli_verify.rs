//! `callbackd verify`, as somebody at a terminal or a script runs it.

use serde_json::Value;

use crate::support::json_forms::{COMPACT, SPACED_ASCII};
use crate::support::program::{Program, run, run_with_input};
use crate::support::site::signature;

const SECRET: &str = "secret-of-a-test-0123456789abcdef";
const SETTINGS: [(&str, &str); 1] = [("LLM_WEBHOOK_SECRET", SECRET)];

/// Words of a command line cannot hold spaces here, and need not: what follows the colon is trimmed.
async fn verify(body: &str, signed: &str, more: &str) -> Program {
    let signature = signature(SECRET, signed.as_bytes());
    let line = format!("verify --source llm --body - --header X-Webhook-Signature:{signature} {more}");
    run_with_input(&line, &SETTINGS, body).await
}

#[tokio::test]
async fn a_good_request_verifies_and_the_secret_is_named_by_its_fingerprint() {
    let program = verify(COMPACT, COMPACT, "").await;
    assert_eq!((program.code, program.stderr.as_str()), (0, ""), "{program:?}");
    assert_eq!(program.stdout, "verified, with the secret of 33 bytes, sha256 e141092e…\n");
    let json: Value = serde_json::from_str(&verify(COMPACT, COMPACT, "--json").await.stdout).expect("JSON");
    assert_eq!((&json["verified"], &json["diagnosis"]["code"]), (&true.into(), &"verified".into()));
}

#[tokio::test]
async fn a_bad_one_is_diagnosed_and_ends_with_status_1() {
    let program = verify(COMPACT, SPACED_ASCII, "").await;
    assert_eq!(program.code, 1, "{program:?}");
    assert!(
        program.stdout.starts_with("body_reserialised\n  The signature is over the same JSON"),
        "{program:?}"
    );
    assert!(program.stdout.contains("\n  To do: Have the sender serialise once"), "{program:?}");
    assert_eq!(program.stderr, "callbackd: not verified: body_reserialised\n");
    let json = verify(COMPACT, SPACED_ASCII, "--json").await;
    let json: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!((&json["verified"], &json["secret"]), (&false.into(), &Value::Null));
    assert_eq!(json["diagnosis"]["findings"][0]["code"], "body_reserialised");
    assert_eq!(json["diagnosis"]["proofs"][0]["outcome"], "invalid_signature");
}

#[tokio::test]
async fn the_secret_may_come_from_a_file_and_the_time_from_the_command() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (body, secret) = (folder.path().join("body"), folder.path().join("secret"));
    let sent = r#"{"id":"evt_1NG8Du2eZvKYlo2CUI79vXWy","object":"event","type":"payment_intent.succeeded","pending_webhooks":1,"data":{"object":{"id":"pi_1","object":"payment_intent"}}}"#;
    std::fs::write(&body, sent).expect("it can be written");
    std::fs::write(&secret, "whsec_test_secret\n").expect("it can be written");
    let line = format!(
        "verify --source stripe --body {} --secret-file {} --header Stripe-Signature:t=1686089970,v1=68bee50cc16a0bd4d69c260d8844ff3e83c23be18f416e7f08bb322dda1ab279",
        body.display(),
        secret.display()
    );
    let then = run(&format!("{line} --at 2023-06-06T22:20:00Z"), &[]).await;
    assert_eq!(then.code, 0, "{then:?}");
    let now = run(&line, &[]).await;
    assert_eq!(now.code, 1);
    assert!(now.stdout.starts_with("timestamp_out_of_window\n  The signature is right, but"), "{now:?}");
}

#[tokio::test]
async fn what_cannot_be_checked_ends_with_status_2_and_says_why() {
    for (line, settings, part) in [
        ("verify --body /nowhere/body", &SETTINGS[..], "/nowhere/body: No such file"),
        ("verify --body - --source nobody", &SETTINGS, "no source \"nobody\" is configured"),
        ("verify --body - --source github", &SETTINGS, "set CALLBACKD_SOURCES_GITHUB_SECRET"),
        ("verify --body - --jwks-file x", &SETTINGS, "llm is not verified with keys that a service"),
        ("verify --body - --secret-file /nowhere/secret", &SETTINGS, "/nowhere/secret: No such file"),
        ("verify --body - --header nonsense", &SETTINGS, "must be 'Name: value'"),
        ("verify --body - --at yesterday", &SETTINGS, "must be a time such as"),
        ("verify", &SETTINGS, "--body <FILE>"),
        ("verify --body -", &[], "there is no secret to check with"),
    ] {
        let program = run(line, settings).await;
        assert_eq!(program.code, 2, "{line}: {program:?}");
        assert!(program.stderr.contains(part), "{line}: {program:?}");
    }
}
