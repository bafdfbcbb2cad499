//! `callbackd openapi`: the API's description, for whoever generates a client from it.

use std::io::Write as _;

use clap::Args;

use crate::api;

/// Prints the OpenAPI document that the server serves at `/openapi.json`.
///
/// Example: callbackd openapi > openapi.json
#[derive(Args, Debug)]
pub struct OpenApi;

impl OpenApi {
    pub fn run() -> anyhow::Result<()> {
        writeln!(std::io::stdout().lock(), "{}", api::document().to_pretty_json()?)?;
        Ok(())
    }
}
