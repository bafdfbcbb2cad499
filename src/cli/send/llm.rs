//! Callbacks as the LLM service shapes them: its events, its malformed times, its own way to write JSON.

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use rand::{RngExt as _, seq::IndexedRandom as _};
use serde_json::{Value, json};

/// What the service tells.
#[derive(Debug, Clone, Copy)]
pub enum Event {
    WorkflowCompleted,
    WorkflowFailed,
    StepCompleted,
}

const WORKFLOWS: [&str; 4] =
    ["emergency_contacts", "weekly_report", "support_ticket_triage", "contract_summary"];
const STEPS: [&str; 4] = ["generate_contacts", "rank_contacts", "summarise", "classify"];

/// Content as the service's, less its timestamp.
pub fn made_up(event: Event, job_id: &str) -> Value {
    let rng = &mut rand::rng();
    let workflow = *WORKFLOWS.choose(rng).expect("the list is not empty");
    let duration_ms = rng.random_range(900..45_000);
    let mut content = match event {
        Event::WorkflowCompleted => completed(rng),
        Event::WorkflowFailed => failed(duration_ms),
        Event::StepCompleted => step(rng),
    };
    let common = [
        ("event", json!(event.name())),
        ("job_id", json!(job_id)),
        ("workflow_name", json!(workflow)),
        ("duration_ms", json!(duration_ms)),
    ];
    if let Value::Object(members) = &mut content {
        members.extend(common.map(|(name, value)| (name.to_owned(), value)));
    }
    content
}

/// The bytes of an attempt made now: each carries a new timestamp.
pub fn body(content: &Value, now: DateTime<Utc>) -> Vec<u8> {
    let mut content = content.clone();
    if let Value::Object(members) = &mut content {
        members.insert("timestamp".to_owned(), json!(malformed(now)));
    }
    ascii(&content.to_string()).into_bytes()
}

impl Event {
    const ALL: [Self; 3] = [Self::WorkflowCompleted, Self::WorkflowFailed, Self::StepCompleted];

    pub fn name(self) -> &'static str {
        match self {
            Self::WorkflowCompleted => "workflow.completed",
            Self::WorkflowFailed => "workflow.failed",
            Self::StepCompleted => "llm.step.completed",
        }
    }

    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let found = Self::ALL.into_iter().find(|event| event.name() == text);
        found.with_context(|| {
            format!("the LLM service has no event {text:?}; it has {}", Self::ALL.map(Self::name).join(", "))
        })
    }
}

fn completed(rng: &mut impl rand::Rng) -> Value {
    let call = |step: &str, model: &str, rng: &mut dyn FnMut(u32, u32) -> u32| {
        json!({
            "cost_usd": f64::from(rng(50, 800)) / 10_000.0,
            "input_tokens": rng(200, 3000),
            "model": model,
            "output_tokens": rng(100, 2500),
            "step_id": step,
        })
    };
    let mut between = |low, high| rng.random_range(low..high);
    let calls = [
        call("generate_contacts", "anthropic/claude-3.5-sonnet", &mut between),
        call("rank_contacts", "openai/gpt-4o", &mut between),
    ];
    let sum = |name: &str| calls.iter().filter_map(|call| call[name].as_f64()).sum::<f64>();
    let tokens = |name: &str| calls.iter().filter_map(|call| call[name].as_u64()).sum::<u64>();
    let cost = (sum("cost_usd") * 10_000.0).round() / 10_000.0;
    let total = tokens("input_tokens") + tokens("output_tokens");
    json!({
        "status": "completed",
        "cost_data": { "cost_usd": cost, "llm_calls": calls, "total_tokens": total },
        "result": {
            "metadata": { "llm_calls": [], "total_cost": cost, "total_tokens": total },
            "output": {
                "contacts": [
                    { "name": "County Emergency Management", "phone": "+1 425 555 0132", "priority": "critical" },
                    { "name": "Poison Control — 毒物", "phone": "+1 800 555 0122", "priority": "high" },
                ],
                "markdown": "## Contacts\n\n- **County**: call first\n- <b>not markup</b> & \"quotes\"",
            },
        },
    })
}

fn failed(duration_ms: u64) -> Value {
    let message = "API request timed out";
    let started = Utc::now() - chrono::Duration::milliseconds(i64::try_from(duration_ms).unwrap_or_default());
    json!({
        "status": "failed",
        "created_at": malformed(started),
        "error_message": message,
        "error": {
            "category": "EXTERNAL_ERROR",
            "details": { "config": { "timeout": 30 }, "retry_after": 30, "retryable": true },
            "message": message,
            "service": "weatherapi",
            "step_id": "fetch_weather",
            "suggestions": ["Retry the request after 30 seconds", "Check the status of the weather service"],
            "type": "TimeoutError",
        },
    })
}

fn step(rng: &mut impl rand::Rng) -> Value {
    let (prompt, completion) = (rng.random_range(80..2000), rng.random_range(50..1500));
    json!({
        "step_id": STEPS.choose(rng).expect("the list is not empty"),
        "cost_usd": f64::from(rng.random_range(10..500)) / 10_000.0,
        "tokens": { "completion": completion, "prompt": prompt, "total": prompt + completion },
        "result": { "content": "1. County line\n2. Poison control" },
        "debug": { "model": "anthropic/claude-3.5-sonnet", "prompt": "List the emergency contacts for …", "temperature": 0.7 },
    })
}

/// As the service writes times: an offset and a `Z` as well, which no parser takes.
fn malformed(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.6f+00:00Z").to_string()
}

/// Everything but ASCII as `\u` escapes, as the service's own serialiser writes it. Such characters stand in strings only.
fn ascii(json: &str) -> String {
    use std::fmt::Write as _;
    json.chars().fold(String::with_capacity(json.len()), |mut text, c| {
        if c.is_ascii() {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_compact_sorted_ascii_and_built_anew_for_each_attempt() {
        for event in Event::ALL {
            let content = made_up(event, "job");
            let (first, again) =
                (body(&content, Utc::now()), body(&content, Utc::now() + chrono::Duration::seconds(5)));
            assert_ne!(first, again);
            let text = String::from_utf8(first.clone()).unwrap();
            assert!(text.is_ascii() && !text.contains("\": ") && !text.contains('\n'), "{text}");
            let (mut first, mut again): (Value, Value) =
                (serde_json::from_slice(&first).unwrap(), serde_json::from_slice(&again).unwrap());
            let keys: Vec<String> = first.as_object().unwrap().keys().cloned().collect();
            assert!(keys.is_sorted() && text.starts_with(&format!("{{\"{}\":", keys[0])), "{text}");
            let stamp = first["timestamp"].as_str().unwrap().to_owned();
            assert!(
                stamp.ends_with("+00:00Z") && stamp.len() == "2025-12-20T10:30:00.123456+00:00Z".len(),
                "{stamp}"
            );
            first.as_object_mut().unwrap().remove("timestamp");
            again.as_object_mut().unwrap().remove("timestamp");
            assert_eq!(first, again);
        }
    }

    #[test]
    fn what_is_not_ascii_is_escaped_in_utf16() {
        assert_eq!(ascii("\"é—😀\""), "\"\\u00e9\\u2014\\ud83d\\ude00\"");
    }
}
