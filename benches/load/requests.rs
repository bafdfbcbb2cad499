//! Callbacks as the LLM service sends them, each with a job id of its own, signed before the clock runs.

use callbackd::source::{self, LLM, scheme::Envelope};
use secrecy::SecretString;
use uuid::Uuid;

/// Of one body.
pub const BODY_BYTES: usize = 2_048;
/// Where the job id goes; as long as one.
const JOB: &str = "00000000-0000-0000-0000-000000000000";

/// Whole requests, one behind the other, all of the same length.
pub struct Requests {
    bytes: Vec<u8>,
    length: usize,
}

impl Requests {
    /// No two callbacks of any two calls are the same.
    pub fn sign(count: usize, secret: &SecretString) -> Self {
        let mut source = source::find(&[], LLM).expect("its preset is good").expect("it has a preset");
        source.add_secret(secret).expect("any text is a secret");
        let signs = source.secrets.first().expect("it has just been added").clone();
        let at_now = Envelope { id: "", at: chrono::Utc::now() };
        let (body, at) = template();
        let mut requests = Self { bytes: Vec::new(), length: 0 };
        for _ in 0..count {
            let mut body = body.clone();
            body.replace_range(at..at + JOB.len(), &Uuid::new_v4().to_string());
            let proofs = source.scheme.sign(&signs, at_now, body.as_bytes());
            let proofs: Vec<String> =
                proofs.iter().map(|header| format!("{}: {}\r\n", header.name, header.value)).collect();
            let proofs = proofs.concat();
            let head = format!(
                "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: callbackd-bench\r\n\
                 Content-Type: application/json\r\nX-Webhook-Event: workflow.completed\r\n\
                 {proofs}Content-Length: {BODY_BYTES}\r\n\r\n",
                source.path
            );
            requests.length = head.len() + body.len();
            if requests.bytes.is_empty() {
                requests.bytes.reserve_exact(count * requests.length);
            }
            requests.bytes.extend_from_slice(head.as_bytes());
            requests.bytes.extend_from_slice(body.as_bytes());
        }
        requests
    }

    /// Of requests that are all of the same length.
    pub fn of(requests: impl Iterator<Item = Vec<u8>>) -> Self {
        let mut all = Self { bytes: Vec::new(), length: 0 };
        for request in requests {
            all.length = request.len();
            all.bytes.extend(request);
        }
        all
    }

    pub fn get(&self, index: usize) -> Option<&[u8]> {
        self.bytes.get(index * self.length..(index + 1) * self.length)
    }
}

/// One such body, with a job id like any.
pub fn body() -> String {
    template().0
}

/// A finished workflow, with sorted keys and no white space as its sender writes it, and where its job id is.
fn template() -> (String, usize) {
    let build = |text: &str| {
        format!(
            r#"{{"cost_data":{{"cost_usd":0.0513,"llm_calls":[{{"cost_usd":0.0313,"input_tokens":1412,"model":"anthropic/claude-3.5-sonnet","output_tokens":1803,"step_id":"draft"}}],"total_tokens":4631}},"duration_ms":18412,"event":"workflow.completed","job_id":"{JOB}","result":{{"metadata":{{"user_id":"1b6c1a52-6c55-4d2e-9f3f-6d7a3b0c9e77"}},"output":{{"markdown":"{text}"}}}},"status":"completed","timestamp":"2025-12-20T10:30:00.123456+00:00Z","workflow_name":"emergency_contacts"}}"#
        )
    };
    let body = build(&text(BODY_BYTES - build("").len()));
    let at = body.find(JOB).expect("it has just been put there");
    (body, at)
}

/// Words that compress about as well as prose does.
fn text(length: usize) -> String {
    let mut state = 1_u64;
    let mut text = String::with_capacity(length);
    while text.len() < length {
        // A linear congruential generator (Knuth's MMIX): the same words in every run.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let letters = b" etaoinshrdlu etaoin et ".map(char::from);
        let index = usize::try_from(state >> 59).unwrap_or_default() % letters.len();
        text.extend(letters.get(index));
    }
    text
}
