//! What a sender should do about a rejection, in words.

use super::{Algorithm, Line, Rejection, Scheme, Signature, Timestamp, Unit};

impl Scheme {
    pub fn advice(&self, rejection: Rejection) -> String {
        let signature = |say: fn(&Signature) -> String| self.signature.as_ref().map(say).unwrap_or_default();
        match rejection {
            Rejection::MissingSignature => signature(|it| format!("send {}", it.described())),
            Rejection::InvalidSignature => signature(|it| {
                let (name, form) = split(it.lines.first());
                format!("{name} is not {form}, {}, under any active secret of this source", it.of_what())
            }),
            Rejection::MissingToken => format!("send {}", self.token_line()),
            Rejection::InvalidToken => {
                format!("the secret in {} is not an active one of this source", self.token_line())
            }
            Rejection::MissingHeader => {
                let id = self.id.iter().take(usize::from(self.signs_id()));
                let signed = self.signature.iter().flat_map(|signature| signature.content.headers());
                let names: Vec<&str> = id.chain(signed).map(axum::http::HeaderName::as_str).collect();
                format!("send {}: it is part of what is signed", names.join(", "))
            }
            Rejection::MissingTimestamp => self.of_timestamp(|it| {
                format!("send {}, {} since 1970", line(it.lines.first()), it.unit.title())
            }),
            Rejection::UnreadableTimestamp => self.of_timestamp(|it| {
                format!("the timestamp in {} must be {} since 1970", line(it.lines.first()), it.unit.title())
            }),
            Rejection::StaleTimestamp { ahead_ms } => self.of_timestamp(|it| {
                let side = if ahead_ms < 0 { "behind" } else { "ahead of" };
                let seconds = ahead_ms.unsigned_abs().div_ceil(1000);
                let most = it.tolerance.as_secs();
                format!("the timestamp is {seconds} s {side} this server's clock; it may be {most} s off")
            }),
            Rejection::ForeignTimestamp => self.of_timestamp(|it| {
                let place = it.in_body.as_deref().unwrap_or_default();
                format!("{} must be the one at {place} of the signed body", line(it.lines.first()))
            }),
        }
    }

    fn token_line(&self) -> String {
        line(self.token.as_ref().and_then(|token| token.lines.first()))
    }

    fn of_timestamp(&self, say: impl Fn(&Timestamp) -> String) -> String {
        self.timestamp.as_ref().map(say).unwrap_or_default()
    }
}

impl Signature {
    /// `X-Signature: sha256=<hex>, the HMAC-SHA256 of the raw body with the shared secret`.
    fn described(&self) -> String {
        let key = match self.algorithm {
            Algorithm::Ed25519 => "a key that the service publishes",
            Algorithm::HmacSha256 | Algorithm::HmacSha512 => "the shared secret",
        };
        format!("{}, {} with {key}", line(self.lines.first()), self.of_what())
    }

    fn of_what(&self) -> String {
        format!("the {} of {}", self.algorithm.title(), self.content)
    }
}

impl Unit {
    fn title(self) -> &'static str {
        match self {
            Self::Seconds => "whole seconds",
            Self::Milliseconds => "milliseconds",
        }
    }
}

fn line(line: Option<&Line>) -> String {
    line.map(Line::to_string).unwrap_or_default()
}

fn split(line: Option<&Line>) -> (String, String) {
    let text = self::line(line);
    text.split_once(": ").map(|(name, form)| (name.to_owned(), form.to_owned())).unwrap_or_default()
}
