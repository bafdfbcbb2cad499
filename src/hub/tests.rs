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
        cause: None,
        accepted: false,
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
    let frame = Frame::callback(item(7));
    let text = std::str::from_utf8(&frame.bytes).unwrap();
    assert_eq!(text.lines().count(), 4, "event, id, data, and the empty line that ends it: {text}");
    assert!(text.starts_with("event: callback\nid: 7\ndata: {"), "{text}");
    assert!(!std::str::from_utf8(&Frame::updated(item(7)).bytes).unwrap().contains("\nid:"));
}

#[test]
fn the_ring_answers_only_what_it_has_whole() {
    let hub = hub(3, usize::MAX);
    hub.begin_at(Cursor::from_seq(10));
    assert!(hub.recent(Cursor::from_seq(9)).is_none(), "9 to 10 was never here");
    assert_eq!(hub.recent(Cursor::from_seq(10)).unwrap().through, Cursor::from_seq(10));
    hub.publish(vec![item(11), item(13)], Cursor::from_seq(14));
    let all = hub.recent(Cursor::from_seq(10)).unwrap();
    assert_eq!((cursors(&all), all.through.seq()), (vec![11, 13], 14));
    hub.publish(vec![item(15), item(16)], Cursor::from_seq(16));
    assert!(hub.recent(Cursor::from_seq(10)).is_none(), "11 has left the ring");
    assert_eq!(cursors(&hub.recent(Cursor::from_seq(11)).unwrap()), [13, 15, 16]);
}

#[test]
fn the_ring_is_bounded_in_bytes() {
    let one = Frame::callback(item(1)).size();
    let hub = hub(1000, 2 * one + one / 2);
    hub.publish((1..=9).map(item).collect(), Cursor::from_seq(9));
    assert_eq!(hub.load().0, 2);
}

#[test]
fn a_deleted_callback_leaves_the_ring_and_the_streams_are_told() {
    let hub = hub(10, usize::MAX);
    let mut stream = hub.subscribe();
    hub.publish(vec![item(1), item(2)], Cursor::from_seq(2));
    hub.deleted(vec![DeletedRow(item(1).id, None)]);
    assert_eq!(cursors(&hub.recent(Cursor::START).unwrap()), [2]);
    assert!(
        matches!(stream.try_recv(), Ok(Event::Callbacks(published)) if cursors(&published.batch.upgrade().unwrap()) == [1, 2])
    );
    assert!(matches!(stream.try_recv(), Ok(Event::Deleted(rows)) if rows.len() == 1));
}

/// Everything after `position`, piece by piece, as a stream says it; and how long the pieces are.
fn said(batch: &Batch, mut position: Cursor) -> (Vec<u8>, Vec<usize>) {
    let (mut said, mut lengths) = (Vec::new(), Vec::new());
    while position < batch.through {
        let (bytes, through) = batch.after(position);
        assert!(through > position);
        said.extend_from_slice(&bytes);
        lengths.push(bytes.len());
        position = through;
    }
    (said, lengths)
}

#[test]
fn frames_are_joined_in_order_and_in_pieces_from_wherever_a_stream_is() {
    let long = |seq, length| Item { payload_preview: "x".repeat(length), ..item(seq) };
    let sizes = [1_000, 30_000, 30_000, 30_000, 200_000, 10, 10, 65_000, 900];
    let frames: Vec<_> =
        (1..).zip(sizes).map(|(seq, length)| Arc::new(Frame::callback(long(seq, length)))).collect();
    let batch = Batch::new(frames.clone(), Cursor::from_seq(12));
    for position in 0..=12 {
        let apart = frames.iter().filter(|frame| frame.cursor.seq() > position);
        let apart: Vec<u8> = apart.flat_map(|frame| frame.bytes.to_vec()).collect();
        let (together, lengths) = said(&batch, Cursor::from_seq(position));
        assert!(together == apart, "after {position}");
        assert!(lengths.iter().all(|length| *length <= PIECE_BYTES_MAX || *length > 200_000), "{lengths:?}");
    }
}

#[test]
fn streams_that_are_behind_by_about_as_much_are_given_the_same_bytes() {
    let hub = hub(1_000, usize::MAX);
    hub.publish((1..=200).map(item).collect(), Cursor::from_seq(200));
    let recent = |seq| hub.recent(Cursor::from_seq(seq)).unwrap();
    assert!(Arc::ptr_eq(&recent(70), &recent(99)));
    assert_eq!(cursors(&recent(70))[0], 65);
    let before = recent(199);
    hub.publish(vec![item(201)], Cursor::from_seq(201));
    assert_eq!(
        (before.through.seq(), recent(199).through.seq()),
        (200, 201),
        "what came since is not left out"
    );
    hub.deleted(vec![DeletedRow(item(80).id, None)]);
    assert!(!cursors(&recent(70)).contains(&80));
}

#[test]
fn what_was_pruned_is_not_replayed_from_memory() {
    let hub = hub(10, usize::MAX);
    hub.publish((1..=4).map(item).collect(), Cursor::from_seq(4));
    hub.forget(Cursor::from_seq(2));
    assert!(hub.recent(Cursor::from_seq(1)).is_none(), "the database must be asked, which says reset");
    assert_eq!(cursors(&hub.recent(Cursor::from_seq(2)).unwrap()), [3, 4]);
    assert_eq!(hub.load().1, 2 * Frame::callback(item(3)).size());
}

#[test]
fn a_stream_that_does_not_take_its_events_keeps_only_the_last_batches() {
    let hub = hub(10, usize::MAX);
    let mut stalled = hub.subscribe();
    let long = || Item { payload_preview: "x".repeat(1 << 20), ..item(1) };
    for seq in 1..=20 {
        hub.publish(vec![Item { cursor: Cursor::from_seq(seq), ..long() }], Cursor::from_seq(seq));
    }
    let kept = std::iter::from_fn(|| stalled.try_recv().ok())
        .filter(|event| matches!(event, Event::Callbacks(published) if published.batch.upgrade().is_some()));
    assert!((1..=4).contains(&kept.count()), "of 20 batches of 2 MiB each at most 8 MiB");
}
