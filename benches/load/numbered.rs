//! Messages with a number, for crowds: to callbackd as signed callbacks, to anybody else as what callbackd makes of
//! them, so that all pass on the same bytes.

use callbackd::source::{self, LLM, Source, scheme::Envelope};
use secrecy::SecretString;
use uuid::Uuid;

/// The numbers have eight digits, and stand at the begin of the job id.
pub struct Signer {
    source: Source,
}

impl Signer {
    pub fn new(secret: &SecretString) -> Self {
        let mut source = source::find(&[], LLM).expect("its preset is good").expect("it has a preset");
        source.add_secret(secret).expect("any text is a secret");
        Self { source }
    }

    /// A whole request. The same number twice makes two callbacks.
    pub fn request(&self, number: usize) -> Vec<u8> {
        let body = format!(
            r#"{{"cost_data":{{"cost_usd":0.0513,"total_tokens":4631}},"duration_ms":18412,"event":"workflow.completed","job_id":"{}","result":{{"metadata":{{"user_id":"1b6c1a52-6c55-4d2e-9f3f-6d7a3b0c9e77"}},"output":{{"markdown":"{PROSE}"}}}},"status":"completed","timestamp":"2025-12-20T10:30:00.123456+00:00Z","workflow_name":"emergency_contacts"}}"#,
            job(number)
        );
        let signs = self.source.secrets.first().expect("it has been added");
        let at_now = Envelope { id: "", at: chrono::Utc::now() };
        let proofs = self.source.scheme.sign(signs, at_now, body.as_bytes());
        let proofs: Vec<String> =
            proofs.iter().map(|header| format!("{}: {}\r\n", header.name, header.value)).collect();
        post(&self.source.path, &format!("Content-Type: application/json\r\n{}", proofs.concat()), &body)
    }
}

const PROSE: &str = "Call the duty officer first, then the caretaker of the building; keep this list at the door, and \
                     look once a month whether the numbers still hold.";

/// A number that is also a job id, as long as those of the LLM service.
fn job(number: usize) -> String {
    let random = Uuid::new_v4().simple().to_string();
    format!("{number:08}-{}", &random[..27])
}

/// The data of callbackd's event for such a callback.
pub fn item(number: usize) -> String {
    let job = job(number);
    let preview = r#"{\"cost_data\":{\"cost_usd\":0.0513,\"total_tokens\":4631},\"duration_ms\":18412,\"event\":\"workflow.completed\",\"job_id\":\"00000000-000000000000000000000000000\",\"result\":{\"metadata\":{\"user_id\":\"1b6c1a52-6c"#;
    format!(
        r#"{{"id":"{}","cursor":"{}","source":"llm","callbackId":"{job}","jobId":"{job}","workflowName":"emergency_contacts","eventType":"workflow.completed","status":"processed","errorMessage":null,"signatureValid":true,"rejection":null,"payloadPreview":"{preview}","costUsd":0.0513,"totalTokens":4631,"durationMs":18412,"deliveryCount":1,"createdAt":"2026-01-31T12:00:00.123456Z"}}"#,
        Uuid::new_v4(),
        number + 1
    )
}

/// A whole request that publishes `body`.
pub fn post(path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
        .into()
}
