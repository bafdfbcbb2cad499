//! callbackd: a realtime inbox for the callbacks that LLM services send.

pub mod config;
pub mod problem;
