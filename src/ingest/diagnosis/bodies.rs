//! What the body may have been when it was signed.

use super::numbers::{Renumbering, renumberings};
use crate::{
    callback::{Cause, Finding},
    ingest::payload::{Escapes, Spacing, Style, json_text, restyle},
};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One way in which the bytes that were signed may differ from those received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form<'a> {
    /// These bytes stood at the end, and are gone.
    Ending(&'static str),
    /// The white space at the end, and at the beginning, has come later.
    Trimmed,
    TrimmedEnd,
    /// Line ends were `\r\n`, or `\n`.
    CarriageReturns,
    LineFeeds,
    WithMark,
    WithoutMark,
    Styled(Style),
    /// A JSON string was sent that holds the JSON which was signed.
    Inner,
    /// A JSON string that holds the JSON which was sent was signed.
    Outer,
    /// Numbers were written otherwise, and perhaps all of it.
    Renumbered(Renumbering<'a>, Option<Style>),
}

/// All, the likely ones first.
pub fn forms(body: &[u8]) -> Vec<Form<'_>> {
    let simple = [
        Form::Ending("\n"),
        Form::TrimmedEnd,
        Form::Ending("\r\n"),
        Form::Trimmed,
        Form::LineFeeds,
        Form::CarriageReturns,
        Form::WithoutMark,
        Form::WithMark,
        Form::Inner,
        Form::Outer,
    ];
    let styled = styles(&SPACINGS, &ESCAPES).map(Form::Styled);
    let numbers = json(body).map(renumberings).unwrap_or_default();
    let only = numbers.iter().map(|numbers| Form::Renumbered(numbers.clone(), None));
    let both = numbers.iter().flat_map(|numbers| {
        styles(&SPACINGS_WITH_NUMBERS, &ESCAPES_WITH_NUMBERS)
            .map(|style| Form::Renumbered(numbers.clone(), Some(style)))
    });
    simple.into_iter().chain(styled).chain(only).chain(both).collect()
}

fn styles(spacings: &[Spacing], escapes: &[Escapes]) -> impl Iterator<Item = Style> {
    escapes.iter().flat_map(move |escapes| {
        let sorted = [false, true].into_iter();
        sorted.flat_map(move |sorted| {
            let spacings = spacings.iter();
            spacings.map(move |spacing| Style { spacing: *spacing, escapes: *escapes, sorted })
        })
    })
}

const SPACINGS: [Spacing; 5] = [
    Spacing::Compact,
    Spacing::Spaced,
    Spacing::Indented("  "),
    Spacing::Indented("    "),
    Spacing::Indented("\t"),
];
const ESCAPES: [Escapes; 6] =
    [Escapes::Kept, Escapes::Ascii, Escapes::Few, Escapes::AsciiSlash, Escapes::Html, Escapes::Slash];

/// Tried together with another notation of numbers: there are many of these.
const SPACINGS_WITH_NUMBERS: [Spacing; 3] = [Spacing::Compact, Spacing::Spaced, Spacing::Indented("  ")];
const ESCAPES_WITH_NUMBERS: [Escapes; 2] = [Escapes::Kept, Escapes::Ascii];

impl Form<'_> {
    /// How many differences beside the body's are looked for with it, when there may be so many in all; `None` when it
    /// is not tried then. Numbers under some keys are many forms, and are not tried together with another secret.
    pub fn beside(&self, differences: usize) -> Option<usize> {
        match self {
            Self::Renumbered(_, Some(_)) => (differences == 2).then_some(0),
            Self::Renumbered(numbers, None) if !numbers.is_whole() => (differences == 1).then_some(0),
            _ => differences.checked_sub(1),
        }
    }

    /// What writing it costs, in bytes that are hashed.
    pub fn cost(&self, body: &[u8]) -> usize {
        let numbers = if let Self::Renumbered(numbers, _) = self { numbers.cost() } else { 0 };
        body.len().saturating_add(numbers)
    }

    /// The bytes in this form; `None` where it makes no sense for them.
    pub fn write(&self, body: &[u8]) -> Option<Vec<u8>> {
        Some(match self {
            Self::Ending(ending) => [body, ending.as_bytes()].concat(),
            Self::TrimmedEnd => body.trim_ascii_end().to_vec(),
            Self::Trimmed => body.trim_ascii().to_vec(),
            Self::LineFeeds => std::str::from_utf8(body).ok()?.replace("\r\n", "\n").into_bytes(),
            Self::CarriageReturns => {
                let text = std::str::from_utf8(body).ok().filter(|text| !text.contains('\r'))?;
                text.replace('\n', "\r\n").into_bytes()
            }
            Self::WithMark => [BYTE_ORDER_MARK, body].concat(),
            Self::WithoutMark => body.strip_prefix(BYTE_ORDER_MARK)?.to_vec(),
            Self::Styled(style) => restyle(json(body)?, *style),
            Self::Inner => serde_json::from_slice::<String>(body).ok()?.into_bytes(),
            Self::Outer => serde_json::to_vec(json(body)?).ok()?,
            Self::Renumbered(numbers, None) => numbers.write(json(body)?).into_bytes(),
            Self::Renumbered(numbers, Some(style)) => restyle(&numbers.write(json(body)?), *style),
        })
    }

    /// What is said of it, where this body was received.
    pub fn findings(&self, body: &[u8]) -> Vec<Finding> {
        let style = if let Self::Renumbered(_, style) = self { *style } else { None };
        std::iter::once(self.finding(body)).chain(style.map(restyled)).collect()
    }

    fn finding(&self, body: &[u8]) -> Finding {
        let raw = "Have the sender sign the very bytes that it sends, and send nothing else";
        match self {
            Self::Ending(ending) => Finding::new(
                Cause::BodyLineEnds,
                format!(
                    "The signature is over the body with {} at its end, which was not sent.",
                    named(ending)
                ),
                format!("{raw}: something between signing and sending takes the line end away."),
            ),
            Self::TrimmedEnd | Self::Trimmed => Finding::new(
                Cause::BodyLineEnds,
                "The signature is over the body without the white space around it, such as a line end, which was added later.",
                format!(
                    "{raw}: something between signing and sending adds it (curl's --data-binary @file sends a file's last line end)."
                ),
            ),
            Self::LineFeeds => Finding::new(
                Cause::BodyLineEnds,
                "The signature is over the body with line feeds (\\n) as line ends; received were \\r\\n.",
                format!("{raw}: a tool or a checkout of the file has changed the line ends."),
            ),
            Self::CarriageReturns => Finding::new(
                Cause::BodyLineEnds,
                "The signature is over the body with \\r\\n as line ends; received were line feeds (\\n).",
                format!("{raw}: curl's -d and others take \\r away."),
            ),
            Self::WithMark => mark("and a byte order mark (EF BB BF) in front, which was not sent"),
            Self::WithoutMark => {
                mark("without the byte order mark (EF BB BF) that was received in front of it")
            }
            Self::Styled(style) => restyled(*style),
            Self::Renumbered(numbers, _) => numbers.finding(json(body).unwrap_or_default()),
            Self::Inner => twice(
                "The body is a JSON string, and the signature is over the JSON inside of it: it was encoded a second time after signing.",
            ),
            Self::Outer => twice(
                "The signature is over a JSON string that holds the body: it was encoded a second time before signing.",
            ),
        }
    }
}

fn json(body: &[u8]) -> Option<&str> {
    json_text(body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body)).map(|(text, _)| text)
}

fn named(ending: &str) -> &'static str {
    if ending == "\n" { "a line feed (\\n)" } else { "a line end (\\r\\n)" }
}

fn mark(how: &str) -> Finding {
    Finding::new(
        Cause::BodyByteOrderMark,
        format!("The signature is over the body {how}."),
        "Have the sender write UTF-8 without a byte order mark, and sign the very bytes that it sends.",
    )
}

fn twice(problem: &str) -> Finding {
    Finding::new(
        Cause::BodyEncodedTwice,
        problem,
        "Have the sender serialise once, and hand the finished text to its HTTP client as a raw body, not as a value to be encoded.",
    )
}

fn restyled(style: Style) -> Finding {
    let spacing = match style.spacing {
        Spacing::Compact => "without spaces",
        Spacing::Spaced => "spaced by \", \" and \": \", as Python's json.dumps writes it",
        Spacing::Indented("\t") => "indented by tabs",
        Spacing::Indented("    ") => "indented by 4 spaces",
        Spacing::Indented(_) => "indented by 2 spaces",
    };
    let escapes = match style.escapes {
        Escapes::Kept => "",
        Escapes::Ascii => ", everything but ASCII as \\u escapes",
        Escapes::Few => ", characters themselves instead of escapes",
        Escapes::Slash => ", / as \\/",
        Escapes::AsciiSlash => ", / as \\/ and everything but ASCII as \\u escapes, as PHP writes it",
        Escapes::Html => ", <, > and & as \\u escapes, as Go writes them",
    };
    let sorted = if style.sorted { ", keys sorted" } else { "" };
    let form = format!("{spacing}{escapes}{sorted}");
    Finding::new(
        Cause::BodyReserialised,
        format!(
            "The signature is over the same JSON in another form: {form}. It was serialised again between signing and sending."
        ),
        "Have the sender serialise once, sign that text and send the same bytes (Python: data=text, not json=value; JavaScript: body: text).",
    )
}
