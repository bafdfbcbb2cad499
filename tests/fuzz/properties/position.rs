//! Cursors, times, filters, and the events that a client reads.

use axum::extract::Query;
use axum::http::{HeaderMap, HeaderValue, Uri};
use callbackd::callback::{After, Cursor, Filter, FilterQuery};
use callbackd::parsers::{Asked, Unread, is_list_query};

pub fn a_cursor_has_one_text(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(cursor) = text.parse::<Cursor>() {
        assert_eq!(cursor.to_string(), text);
        assert!(cursor >= Cursor::START);
        assert_eq!(After::of_parameter(text).ok(), Some(After::Cursor(cursor)));
        let json = serde_json::to_string(&cursor).expect("it is JSON");
        assert_eq!(serde_json::from_str::<Cursor>(&json).ok(), Some(cursor));
    }
    if let Ok(After::Time(time)) = After::of_parameter(text) {
        assert_eq!(After::of_parameter(&time.to_rfc3339()).ok(), Some(After::Time(time)));
    }
}

/// The header on the first line, the parameter on the second.
pub fn a_last_event_id_is_never_refused(bytes: &[u8]) {
    let mut lines = bytes.splitn(2, |byte| *byte == b'\n');
    let (last, after) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let after = String::from_utf8_lossy(after);
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_bytes(last) {
        headers.insert("last-event-id", value);
        let asked = Asked::of(&headers, Some(&after)).expect("EventSource would stop for good");
        match asked {
            Asked::After(After::Cursor(cursor)) => {
                assert_eq!(cursor.to_string().as_bytes(), last.trim_ascii());
            }
            Asked::Nonsense => {}
            other => panic!("the header wins: {other:?}"),
        }
    }
    let without = Asked::of(&HeaderMap::new(), Some(&after));
    let is_good = after.is_empty() || After::of_parameter(&after).is_ok();
    assert_eq!(without.is_ok(), is_good);
}

pub fn a_filter_says_what_was_asked_for(bytes: &[u8]) {
    let Ok(query) = str::from_utf8(bytes) else { return };
    let Ok(uri) = format!("/?{query}").parse::<Uri>() else { return };
    // Whether or not it can be taken, it is decided without a fault.
    let _ = is_list_query(&uri);
    let Ok(Query(asked)) = Query::<FilterQuery>::try_from_uri(&uri) else { return };
    let Ok(filter) = Filter::try_from(asked) else { return };
    let mut url = url::Url::parse("http://x/").expect("an address");
    url.query_pairs_mut().extend_pairs(filter.pairs());
    let written: Uri = url.as_str().parse().expect("an address");
    let Query(again) = Query::<FilterQuery>::try_from_uri(&written).expect("what we write we read");
    assert_eq!(Filter::try_from(again).ok(), Some(filter));
}

/// Cut at the place that the first byte says.
pub fn events_are_whole_wherever_the_bytes_are_cut(bytes: &[u8]) {
    let Some((place, stream)) = bytes.split_first() else { return };
    let cut = usize::from(*place).min(stream.len());
    let read = |parts: &[&[u8]]| {
        let (mut unread, mut events) = (Unread::default(), Vec::new());
        for part in parts {
            unread.push(part);
            loop {
                match unread.take() {
                    Ok(Some(event)) => events.push(event),
                    Ok(None) => break,
                    Err(_) => return (events, false),
                }
            }
        }
        (events, true)
    };
    assert_eq!(read(&[stream]), read(&[&stream[..cut], &stream[cut..]]));
}
