//! One object as several serialisers write it: Python's `json`, PHP's `json_encode`, Go's `encoding/json`.

pub const COMPACT: &str = r#"{"job_id":"j-1","jobId":"j-1","timestamp":1705314600000,"event":"workflow.completed","text":"é <b>/x</b> & more 😀","n":1.5,"list":[1,{"b":2,"a":true}],"none":null,"empty":{}}"#;
pub const SPACED: &str = r#"{"job_id": "j-1", "jobId": "j-1", "timestamp": 1705314600000, "event": "workflow.completed", "text": "é <b>/x</b> & more 😀", "n": 1.5, "list": [1, {"b": 2, "a": true}], "none": null, "empty": {}}"#;
pub const SPACED_ASCII: &str = r#"{"job_id": "j-1", "jobId": "j-1", "timestamp": 1705314600000, "event": "workflow.completed", "text": "\u00e9 <b>/x</b> & more \ud83d\ude00", "n": 1.5, "list": [1, {"b": 2, "a": true}], "none": null, "empty": {}}"#;
pub const SORTED: &str = r#"{"empty":{},"event":"workflow.completed","jobId":"j-1","job_id":"j-1","list":[1,{"a":true,"b":2}],"n":1.5,"none":null,"text":"é <b>/x</b> & more 😀","timestamp":1705314600000}"#;
pub const SPACED_SORTED_ASCII: &str = r#"{"empty": {}, "event": "workflow.completed", "jobId": "j-1", "job_id": "j-1", "list": [1, {"a": true, "b": 2}], "n": 1.5, "none": null, "text": "\u00e9 <b>/x</b> & more \ud83d\ude00", "timestamp": 1705314600000}"#;
pub const INDENT_2: &str = r#"{
  "job_id": "j-1",
  "jobId": "j-1",
  "timestamp": 1705314600000,
  "event": "workflow.completed",
  "text": "é <b>/x</b> & more 😀",
  "n": 1.5,
  "list": [
    1,
    {
      "b": 2,
      "a": true
    }
  ],
  "none": null,
  "empty": {}
}"#;
pub const INDENT_4: &str = r#"{
    "job_id": "j-1",
    "jobId": "j-1",
    "timestamp": 1705314600000,
    "event": "workflow.completed",
    "text": "\u00e9 <b>/x</b> & more \ud83d\ude00",
    "n": 1.5,
    "list": [
        1,
        {
            "b": 2,
            "a": true
        }
    ],
    "none": null,
    "empty": {}
}"#;
pub const ASCII: &str = r#"{"job_id":"j-1","jobId":"j-1","timestamp":1705314600000,"event":"workflow.completed","text":"\u00e9 <b>/x</b> & more \ud83d\ude00","n":1.5,"list":[1,{"b":2,"a":true}],"none":null,"empty":{}}"#;
pub const SLASHES: &str = r#"{"job_id":"j-1","jobId":"j-1","timestamp":1705314600000,"event":"workflow.completed","text":"é <b>\/x<\/b> & more 😀","n":1.5,"list":[1,{"b":2,"a":true}],"none":null,"empty":{}}"#;
pub const PHP: &str = r#"{"job_id":"j-1","jobId":"j-1","timestamp":1705314600000,"event":"workflow.completed","text":"\u00e9 <b>\/x<\/b> & more \ud83d\ude00","n":1.5,"list":[1,{"b":2,"a":true}],"none":null,"empty":{}}"#;
pub const GO: &str = r#"{"job_id":"j-1","jobId":"j-1","timestamp":1705314600000,"event":"workflow.completed","text":"é \u003cb\u003e/x\u003c/b\u003e \u0026 more 😀","n":1.5,"list":[1,{"b":2,"a":true}],"none":null,"empty":{}}"#;
