//! callbackd: a realtime inbox for the callbacks that LLM services send.
//!
//! ```text
//!  LLM service                                                          admin browser, program
//!      │ POST, signed                                                            ▲ text/event-stream
//!      ▼                                                                         │
//!  ┌────────┐  verified   ┌────────┐  one transaction a batch  ┌────────────┐  ┌────────┐
//!  │ ingest │────────────▶│ writer │──────────────────────────▶│ PostgreSQL │  │ stream │ replay, then live
//!  └────────┘  callback   └────────┘  insert, pg_notify        └────────────┘  └────────┘
//!      ▲ 200 after commit      │                                     │ NOTIFY      ▲ frames, encoded once
//!      └───────────────────────┤                                     ▼             │
//!                              │ what was just committed       ┌────────┐      ┌─────┐
//!                              └──────────────────────────────▶│ listen │─────▶│ hub │ broadcast, recent frames
//!                                                              └────────┘      └─────┘
//! ```
//!
//! The modules, in the order in which they are best read: how a process comes to be, the way of a callback, who gets
//! in, and what all of it stands on.

pub mod cli;
pub mod config;
pub mod development;
pub mod server;
pub mod shutdown;

pub mod api;
pub mod http;

pub mod callback;
pub mod hub;
pub mod ingest;
pub mod listen;
pub mod source;
pub mod stream;

pub mod catalog;
pub mod fetch;
pub mod replay;

pub mod console;
pub mod operations;
pub mod session;

pub mod client;
pub mod db;
pub mod embedded;
pub mod extract;
mod foreign;
pub mod jwks;
pub mod lock;
#[doc(hidden)]
pub mod parsers;
pub mod problem;
pub mod refusals;
pub mod signal;
pub mod telemetry;
