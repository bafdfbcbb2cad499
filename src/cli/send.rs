//! stub
use super::place::Where;
use clap::Args;
/// Plays the LLM service.
#[derive(Args, Debug)]
pub struct Send {}
impl Send {
    pub async fn run(self, _place: Where) -> anyhow::Result<()> {
        Ok(())
    }
}
