//! What a check found, and how it is told.

use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Ok,
    /// It works, but somebody should know.
    Warn,
    Fail,
}

#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    pub check: &'static str,
    pub state: State,
    pub detail: String,
    /// What to do; none where all is well.
    pub remedy: Option<String>,
}

impl Finding {
    pub fn ok(check: &'static str, detail: impl Into<String>) -> Self {
        Self { check, state: State::Ok, detail: detail.into(), remedy: None }
    }

    pub fn warn(check: &'static str, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, state: State::Warn, detail: detail.into(), remedy: Some(remedy.into()) }
    }

    pub fn fail(check: &'static str, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, state: State::Fail, detail: detail.into(), remedy: Some(remedy.into()) }
    }

    /// A line, and one more with what to do.
    pub fn text(&self) -> String {
        let state = match self.state {
            State::Ok => "ok",
            State::Warn => "warn",
            State::Fail => "FAIL",
        };
        let remedy = self.remedy.as_ref().map(|remedy| format!("{:24}→ {remedy}\n", "")).unwrap_or_default();
        format!("{state:<5} {:<17} {}\n{remedy}", self.check, self.detail)
    }
}
