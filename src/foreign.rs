//! Text that somebody else has chosen, on its way to a terminal or a log.
//!
//! A terminal obeys control characters, and shows text in another order after bidi controls: what a callback says must
//! do neither. Such characters are shown by their code, in text and in JSON alike.

use std::borrow::Cow;
use std::fmt::Write as _;

/// One line of text, in which nothing is hidden and nothing is obeyed.
pub fn line(text: &str) -> Cow<'_, str> {
    escaped(text, |c, line| {
        let _ = write!(line, "{}", c.escape_default());
    })
}

/// The same JSON, on one line, in the characters that are left.
pub fn json(text: &str) -> Cow<'_, str> {
    escaped(text, |c, line| {
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(line, "\\u{unit:04x}");
        }
    })
}

fn escaped(text: &str, escape: impl Fn(char, &mut String)) -> Cow<'_, str> {
    if !text.contains(misleads) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if misleads(c) { escape(c, &mut line) } else { line.push(c) }
    }
    Cow::Owned(line)
}

/// Controls, line and paragraph separators, bidi controls, and what takes no room at all.
fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown_by_its_code() {
        let hostile = "a\u{1b}[31mb\u{9b}c\nd\u{202e}e\u{2066}f\u{7f}";
        assert_eq!(line(hostile), r"a\u{1b}[31mb\u{9b}c\nd\u{202e}e\u{2066}f\u{7f}");
        assert_eq!(line("é — 毒物 😀 \\"), "é — 毒物 😀 \\");
    }

    #[test]
    fn json_stays_the_same_json() {
        let value = serde_json::json!({ "a": "\u{1b}\u{9b}\u{202e}\u{e0001}\u{7f}é" });
        let text = value.to_string();
        let shown = json(&text);
        assert!(!shown.contains(misleads), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }
}
