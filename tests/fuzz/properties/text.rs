//! What senders wrote, on its way to a terminal, a log or a spreadsheet.

use callbackd::parsers::{cell, json_for_terminals, line_for_terminals};

pub fn nothing_foreign_controls_a_terminal(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let line = line_for_terminals(&text);
    assert!(!line.chars().any(misleads), "{line:?}");
    if text.chars().all(is_plain) {
        assert_eq!(line, text, "what is harmless stays as it is");
    }
    let json = serde_json::Value::String(text.to_string()).to_string();
    let shown = json_for_terminals(&json);
    assert!(!shown.chars().any(misleads), "{shown:?}");
    assert_eq!(serde_json::from_str::<String>(&shown).ok().as_deref(), Some(&*text), "it is the same JSON");

    let cell = cell(&text);
    assert!(!cell.starts_with(|c| "=+-@\t\r\n＝＋－＠".contains(c)), "{cell:?} is a formula");
    assert!(cell.ends_with(&*text), "nothing of it is lost");
}

fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || c.is_ascii_punctuation()
}

fn misleads(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}')
}
