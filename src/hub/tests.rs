//! The hub: what reaches streams, and what replays from memory.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::*;
use crate::callback::Status;

fn item(seq: i64) -> Item {
    Item {
        id: Uuid::from_u128(u128::try_from(seq).unwrap()),
        cursor: Cursor::from_seq(seq),
        source: "llm".into(),
        callback_id: "job".into(),
        job_id: Some("job".into()),
        workflow_name: None,
        event_type: None,
        status: Status::Received,
        error_message: Some("line\nbreak\r\n\nid: 9".into()),
        signature_valid: true,
        rejection: None,
        payload_preview: "{\"a\":\"\u{2028}\"}".into(),
        cost_usd: None,
        total_tokens: None,
        duration_ms: None,
        delivery_count: 1,
        created_at: DateTime::<Utc>::UNIX_EPOCH,
        subject_user_id: None,
    }
}

fn hub(frames_max: usize, bytes_max: usize) -> Hub {
    let settings = config::Streams {
        per_admin_max: 1,
        per_address_max: 1,
        max: 1,
        age_max: std::time::Duration::MAX,
        heartbeat: std::time::Duration::MAX,
        stall: std::time::Duration::MAX,
        ring_frames_max: frames_max,
        ring_bytes_max: bytes_max,
    };
    Hub::new(&settings)
}

fn cursors(batch: &Batch) -> Vec<i64> {
    batch.frames.iter().map(|frame| frame.cursor.seq()).collect()
}

#[test]
fn a_frame_is_one_event_whatever_its_text() {
    let frame = Frame::callback(&item(7));
    let text = std::str::from_utf8(&frame.bytes).unwrap();
    assert_eq!(text.lines().count(), 4, "event, id, data, and the empty line that ends it: {text}");
    assert!(text.starts_with("event: callback\nid: 7\ndata: {"), "{text}");
    assert!(!std::str::from_utf8(&Frame::updated(&item(7)).bytes).unwrap().contains("\nid:"));
}

#[test]
fn the_ring_answers_only_what_it_has_whole() {
    let hub = hub(3, usize::MAX);
    hub.begin_at(Cursor::from_seq(10));
    assert!(hub.recent(Cursor::from_seq(9), 9).is_none(), "9 to 10 was never here");
    assert_eq!(hub.recent(Cursor::from_seq(10), 9).unwrap().through, Cursor::from_seq(10));
    hub.publish(&[item(11), item(13)], Cursor::from_seq(14));
    let all = hub.recent(Cursor::from_seq(10), 9).unwrap();
    assert_eq!((cursors(&all), all.through.seq()), (vec![11, 13], 14));
    let some = hub.recent(Cursor::from_seq(10), 1).unwrap();
    assert_eq!((cursors(&some), some.through.seq()), (vec![11], 11));
    hub.publish(&[item(15), item(16)], Cursor::from_seq(16));
    assert!(hub.recent(Cursor::from_seq(10), 9).is_none(), "11 has left the ring");
    assert_eq!(cursors(&hub.recent(Cursor::from_seq(11), 9).unwrap()), [13, 15, 16]);
}

#[test]
fn the_ring_is_bounded_in_bytes() {
    let one = Frame::callback(&item(1)).size();
    let hub = hub(1000, 2 * one + one / 2);
    hub.publish(&(1..=9).map(item).collect::<Vec<_>>(), Cursor::from_seq(9));
    assert_eq!(hub.load().0, 2);
}

#[test]
fn a_deleted_callback_leaves_the_ring_and_the_streams_are_told() {
    let hub = hub(10, usize::MAX);
    let mut stream = hub.subscribe();
    hub.publish(&[item(1), item(2)], Cursor::from_seq(2));
    hub.deleted(vec![DeletedRow(item(1).id, None)]);
    assert_eq!(cursors(&hub.recent(Cursor::START, 9).unwrap()), [2]);
    assert!(matches!(stream.try_recv(), Ok(Event::Callbacks(batch)) if cursors(&batch) == [1, 2]));
    assert!(matches!(stream.try_recv(), Ok(Event::Deleted(rows)) if rows.len() == 1));
}

#[test]
fn frames_published_together_are_joined_in_order() {
    let frames: Vec<_> = (1..=3).map(|seq| Arc::new(Frame::callback(&item(seq)))).collect();
    let apart: Vec<u8> = frames.iter().flat_map(|frame| frame.bytes.to_vec()).collect();
    assert_eq!(Batch::new(frames, Cursor::from_seq(3)).bytes(), apart);
}
