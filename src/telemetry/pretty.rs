//! The fields of a log line for people to read.
//!
//! What a line tells is partly anybody's text: a name, a database's message. Whatever controls a terminal or would begin
//! another line is written as its escape, so that nobody can forge a line or paint one over.

use std::{error::Error, fmt};

use tracing::field::{Field, Visit};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{FormatFields, format::Writer},
};

use crate::foreign;

/// Use instead of the formatter's own.
pub struct PlainFields;

impl<'writer> FormatFields<'writer> for PlainFields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'writer>, fields: R) -> fmt::Result {
        let mut line = Line { writer, is_first: true, result: Ok(()) };
        fields.record(&mut line);
        line.result
    }
}

struct Line<'writer> {
    writer: Writer<'writer>,
    is_first: bool,
    result: fmt::Result,
}

impl Line<'_> {
    fn push(&mut self, field: &Field, value: &str) {
        let between = if std::mem::take(&mut self.is_first) { "" } else { " " };
        let name = if field.name() == "message" { String::new() } else { format!("{}=", field.name()) };
        let written = write!(self.writer, "{between}{name}{}", foreign::line(value));
        self.result = self.result.and(written);
    }
}

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.push(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" { self.push(field, value) } else { self.record_debug(field, &value) }
    }

    /// With everything that it was caused by, outermost first.
    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let causes = std::iter::successors(Some(value), |error| (*error).source());
        let texts: Vec<_> = causes.map(ToString::to_string).collect();
        self.push(field, &texts.join(": "));
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{super::written::Written, *};

    #[test]
    fn nothing_that_is_logged_begins_a_line_or_controls_a_terminal() {
        let written = Written::default();
        let writer = written.clone();
        let log = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_target(false)
            .without_time()
            .fmt_fields(PlainFields)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(log, || {
            let foreign = "x\n INFO forged\r\u{1b}[2J\u{9b}31m\u{202e}";
            let error = io::Error::other(foreign);
            let span = tracing::info_span!("request", route = foreign);
            let _entered = span.enter();
            let shown = tracing::field::display(foreign);
            tracing::info!(name = foreign, shown, error = &error as &dyn Error, "said {foreign}");
        });

        let text = written.text();
        let line = text.strip_suffix('\n').expect("a line");
        assert!(!line.chars().any(|c| c.is_control() || c == '\u{202e}'), "{line:?}");
        let escaped = r"x\n INFO forged\r\u{1b}[2J\u{9b}31m\u{202e}";
        let [message, name] = [format!("said {escaped}"), format!("name=\"{escaped}\"")];
        for part in [&message, &name, &format!("shown={escaped}"), &format!("error={escaped}")] {
            assert!(line.contains(part.as_str()), "{part} in {line}");
        }
    }
}
