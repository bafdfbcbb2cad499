//! The same JSON as other serialisers write it.
//!
//! A body that was read and written again between signing and sending has the same content and other bytes. Here the
//! bytes are made that it may have had. Strings and numbers are not read: what is not restyled stays as it was written.
//! One pass over the text, whatever its nesting.

use super::{
    decode::unescape_all,
    scan::{skip_space, string_end},
};

/// How JSON is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    pub spacing: Spacing,
    pub escapes: Escapes,
    /// Members of objects in the order of their keys.
    pub sorted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spacing {
    /// `{"a":1,"b":2}`
    Compact,
    /// `{"a": 1, "b": 2}`
    Spaced,
    /// A line each, indented by this for each level.
    Indented(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escapes {
    Kept,
    /// `\u00e9` for everything that is not ASCII.
    Ascii,
    /// Nothing that need not be.
    Few,
    /// `\/`
    Slash,
    /// Both of the above: not ASCII, and `/`.
    AsciiSlash,
    /// `\u003c`, `\u003e`, `\u0026`
    Html,
}

/// Writes `text`, which must be valid JSON nested no deeper than `DEPTH_MAX`.
pub fn restyle(text: &str, style: Style) -> Vec<u8> {
    let mut writer = Writer { text, at: 0, out: Vec::with_capacity(text.len()), style, depth: 0 };
    writer.value();
    writer.out
}

struct Writer<'a> {
    text: &'a str,
    at: usize,
    out: Vec<u8>,
    style: Style,
    depth: usize,
}

impl<'a> Writer<'a> {
    fn value(&mut self) {
        match self.next() {
            Some(b'{') => self.container(b'{', b'}', Self::member),
            Some(b'[') => self.container(b'[', b']', |writer| {
                writer.value();
                ""
            }),
            Some(b'"') => {
                self.string();
            }
            _ => self.scalar(),
        }
    }

    /// The next byte that is no white space.
    fn next(&mut self) -> Option<u8> {
        self.at = skip_space(self.text, self.at);
        self.text.as_bytes().get(self.at).copied()
    }

    fn container(&mut self, open: u8, close: u8, item: fn(&mut Self) -> &'a str) {
        self.at += 1;
        self.out.push(open);
        self.depth += 1;
        let mut items: Vec<(&str, usize, usize)> = Vec::new();
        let first = self.out.len();
        while let Some(byte) = self.next().filter(|byte| *byte != close) {
            self.at += usize::from(byte == b',');
            self.separate(items.is_empty());
            let start = self.out.len();
            let key = item(self);
            items.push((key, start, self.out.len()));
        }
        self.at += 1;
        if self.style.sorted && !items.is_sorted_by_key(|(key, ..)| *key) {
            self.sort(first, items);
        } else if items.is_empty() {
            self.depth -= 1;
            self.out.push(close);
            return;
        }
        self.depth -= 1;
        self.new_line();
        self.out.push(close);
    }

    fn member(&mut self) -> &'a str {
        self.next();
        let key = self.string();
        self.next();
        self.at += 1;
        self.out.extend_from_slice(if self.style.spacing == Spacing::Compact { b":" } else { b": " });
        self.value();
        key
    }

    /// Equal keys keep their order.
    fn sort(&mut self, first: usize, mut items: Vec<(&str, usize, usize)>) {
        items.sort_by_key(|(key, ..)| *key);
        let written = self.out.split_off(first);
        for (number, (_, start, end)) in items.into_iter().enumerate() {
            self.separate(number == 0);
            let item = written.get(start - first..end - first).unwrap_or_default();
            self.out.extend_from_slice(item);
        }
    }

    fn separate(&mut self, is_first: bool) {
        let comma: &[u8] = match (is_first, self.style.spacing) {
            (true, _) => b"",
            (false, Spacing::Spaced) => b", ",
            (false, _) => b",",
        };
        self.out.extend_from_slice(comma);
        self.new_line();
    }

    fn new_line(&mut self) {
        if let Spacing::Indented(indent) = self.style.spacing {
            self.out.push(b'\n');
            self.out.extend_from_slice(indent.repeat(self.depth).as_bytes());
        }
    }

    /// What stands between its quotes, as written.
    fn string(&mut self) -> &'a str {
        let end = string_end(self.text, self.at);
        let inner = self.text.get(self.at + 1..end - 1).unwrap_or_default();
        self.at = end;
        self.out.push(b'"');
        escape(&mut self.out, inner, self.style.escapes);
        self.out.push(b'"');
        inner
    }

    fn scalar(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = rest.find([',', '}', ']', ' ', '\t', '\n', '\r']).unwrap_or(rest.len());
        // Whatever happens it goes on.
        let end = end.max(1).min(rest.len());
        self.out.extend_from_slice(rest.as_bytes().get(..end).unwrap_or_default());
        self.at += end.max(1);
    }
}

fn escape(out: &mut Vec<u8>, inner: &str, escapes: Escapes) {
    match escapes {
        Escapes::Kept => out.extend_from_slice(inner.as_bytes()),
        Escapes::Few => out.extend_from_slice(unescape_all(inner).as_bytes()),
        Escapes::Ascii => each(out, inner, |c| !c.is_ascii(), |_| false),
        Escapes::Slash => each(out, inner, |_| false, |c| c == '/'),
        Escapes::AsciiSlash => each(out, inner, |c| !c.is_ascii(), |c| c == '/'),
        Escapes::Html => {
            each(out, inner, |c| matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}'), |_| false);
        }
    }
}

/// Escapes are kept as they are; of other characters some are written by their number, some behind a backslash.
fn each(out: &mut Vec<u8>, inner: &str, by_number: fn(char) -> bool, by_backslash: fn(char) -> bool) {
    use std::io::Write as _;
    let mut escaped = false;
    for c in inner.chars() {
        if !escaped && by_number(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            if !escaped && by_backslash(c) {
                out.push(b'\\');
            }
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        escaped = !escaped && c == '\\';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = " {\"b\" : [1 ,2.50, {}],\"a\":{\"é/<\":\"\\u00e9\\/\\\"\", \"A\":[ ]} }\n";

    fn styled(spacing: Spacing, escapes: Escapes, sorted: bool) -> String {
        String::from_utf8(restyle(TEXT, Style { spacing, escapes, sorted })).unwrap()
    }

    #[test]
    fn spacing_is_that_of_the_usual_serialisers() {
        let compact = "{\"b\":[1,2.50,{}],\"a\":{\"é/<\":\"\\u00e9\\/\\\"\",\"A\":[]}}";
        assert_eq!(styled(Spacing::Compact, Escapes::Kept, false), compact);
        let spaced = "{\"b\": [1, 2.50, {}], \"a\": {\"é/<\": \"\\u00e9\\/\\\"\", \"A\": []}}";
        assert_eq!(styled(Spacing::Spaced, Escapes::Kept, false), spaced);
        let indented = "{\n  \"a\": {\n    \"A\": [],\n    \"é/<\": \"\\u00e9\\/\\\"\"\n  },\n  \"b\": [\n    1,\n    2.50,\n    {}\n  ]\n}";
        assert_eq!(styled(Spacing::Indented("  "), Escapes::Kept, true), indented);
    }

    #[test]
    fn escapes_are_those_of_the_usual_serialisers() {
        for (escapes, key, value) in [
            (Escapes::Ascii, "\\u00e9/<", "\\u00e9\\/\\\""),
            (Escapes::Few, "é/<", "é/\\\""),
            (Escapes::Slash, "é\\/<", "\\u00e9\\/\\\""),
            (Escapes::AsciiSlash, "\\u00e9\\/<", "\\u00e9\\/\\\""),
            (Escapes::Html, "é/\\u003c", "\\u00e9\\/\\\""),
        ] {
            let expected = format!("{{\"a\":{{\"A\":[],\"{key}\":\"{value}\"}},\"b\":[1,2.50,{{}}]}}");
            assert_eq!(styled(Spacing::Compact, escapes, true), expected, "{escapes:?}");
        }
        let style = Style { spacing: Spacing::Compact, escapes: Escapes::Ascii, sorted: false };
        assert_eq!(restyle("\"😀\"", style), b"\"\\ud83d\\ude00\"");
        let few = Style { escapes: Escapes::Few, ..style };
        assert_eq!(
            restyle(r#""\ud83d\ude00\u0022\u0001\ud83d\n""#, few),
            "\"😀\\u0022\\u0001\\ud83d\\n\"".as_bytes()
        );
    }
}
