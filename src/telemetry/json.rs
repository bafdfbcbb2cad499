//! The log as JSON, one object a line.
//!
//! A format of our own instead of tracing-subscriber's, for the one thing that it leaves out: the causes of an error,
//! without which "the database failed" is all that an operator is told.

use std::{error::Error, fmt};

use chrono::{SecondsFormat, Utc};
use serde_json::{Value, json};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    fmt::{FmtContext, FormatEvent, FormattedFields, format::JsonFields, format::Writer},
    registry::LookupSpan,
};

use crate::foreign;

/// Use with [`JsonFields`], whose text of a span's fields it takes over.
pub struct JsonLines;

/// Members in the order in which they are read, so not a map.
#[derive(Default)]
struct Line(Vec<(String, Value)>);

impl<S> FormatEvent<S, JsonFields> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = Line::default();
        line.push("timestamp", json!(Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true)));
        line.push("level", json!(event.metadata().level().as_str()));
        event.record(&mut line);
        line.push("target", json!(event.metadata().target()));
        for span in context.event_scope().into_iter().flat_map(tracing_subscriber::registry::Scope::from_root)
        {
            let extensions = span.extensions();
            let fields = extensions.get::<FormattedFields<JsonFields>>();
            let fields = fields.and_then(|fields| serde_json::from_str(&fields.fields).ok());
            line.push(span.name(), fields.unwrap_or_default());
        }
        line.write(&mut writer)
    }
}

impl Line {
    fn push(&mut self, name: &str, value: Value) {
        self.0.push((name.to_owned(), value));
    }

    fn write(&self, writer: &mut Writer<'_>) -> fmt::Result {
        for (place, (name, value)) in self.0.iter().enumerate() {
            let before = if place == 0 { '{' } else { ',' };
            write!(writer, "{before}{}:{}", json!(name), foreign::json(&value.to_string()))?;
        }
        writeln!(writer, "}}")
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.push(field.name(), json!(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.push(field.name(), json!(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.push(field.name(), json!(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.push(field.name(), json!(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.push(field.name(), json!(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.push(field.name(), json!(value));
    }

    /// With everything that it was caused by, outermost first.
    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let causes = std::iter::successors(Some(value), |error| (*error).source());
        let texts: Vec<_> = causes.map(ToString::to_string).collect();
        self.push(field.name(), json!(texts.join(": ")));
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{super::written::Written, *};

    #[derive(Debug, thiserror::Error)]
    #[error("the database failed")]
    struct Outer(#[source] io::Error);

    #[test]
    fn a_line_has_the_causes_of_an_error_and_the_request_that_it_happened_in() {
        let written = Written::default();
        let writer = written.clone();
        let log = tracing_subscriber::fmt()
            .fmt_fields(JsonFields::new())
            .event_format(JsonLines)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(log, || {
            let span = tracing::info_span!("request", id = 7, route = "/x");
            let _entered = span.enter();
            let error = Outer(io::Error::other("no \"such\" statement\n\u{9b}31m"));
            tracing::warn!(error = &error as &dyn Error, rows = 2_u64, "trying again");
        });

        let text = written.text();
        assert_eq!(text.chars().filter(|c| c.is_control()).collect::<String>(), "\n", "{text}");
        let mut line: Value = serde_json::from_str(&text).expect("JSON");
        line["timestamp"].take();
        let expected = json!({
            "timestamp": null,
            "level": "WARN",
            "message": "trying again",
            "error": "the database failed: no \"such\" statement\n\u{9b}31m",
            "rows": 2,
            "target": "callbackd::telemetry::json::tests",
            "request": {"id": 7, "route": "/x"},
        });
        assert_eq!(line, expected);
    }
}
