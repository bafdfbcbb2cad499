//! callbackd: a realtime inbox for the callbacks that LLM services send.

pub mod callback;
pub mod cli;
pub mod config;
pub mod db;
pub mod embedded;
pub mod extract;
pub mod problem;
pub mod refusals;
pub mod session;
pub mod signal;
