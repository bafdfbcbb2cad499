//! Histories that are right, each falsified in one place: the model must say which promise is broken, and only that.

use uuid::Uuid;

use super::{Callback, Change, Digest, Fact, Node, Reader, Receipt, Row, Rule, State, judge};

const READER: Reader = Reader(1);

fn id(callback: u32) -> Uuid {
    Uuid::from_u128(callback.into())
}

fn bytes(callback: u32, attempt: u8) -> Digest {
    let mut bytes = [attempt; 32];
    bytes[..4].copy_from_slice(&callback.to_be_bytes());
    bytes
}

fn receipt(callback: u32, duplicate: bool) -> Receipt {
    Receipt { id: id(callback), cursor: callback.into(), duplicate }
}

fn sending(callback: u32, attempt: u8) -> Fact {
    Fact::Sending { callback: Callback(callback), bytes: bytes(callback, attempt), node: Node(0) }
}

fn acknowledged(callback: u32) -> Fact {
    Fact::Acknowledged { callback: Callback(callback), receipt: receipt(callback, false) }
}

fn saw(callback: u32) -> Fact {
    Fact::Saw { reader: READER, cursor: callback.into(), id: id(callback) }
}

fn row(callback: u32) -> Row {
    Row { id: id(callback), cursor: callback.into(), bytes: Some(bytes(callback, 1)), deliveries: 1 }
}

/// Callback n is at position n. 1 and 2 are delivered at once, 3 by a retry; 2 is viewed, then 1 deleted.
fn right() -> (Vec<Fact>, State) {
    let changed = |change, callback| {
        [
            Fact::Asking { change, ids: vec![id(callback)] },
            Fact::Changed { change, ids: vec![id(callback)] },
            Fact::Told { reader: READER, change, ids: vec![id(callback)] },
        ]
    };
    let mut history = vec![Fact::Opened { reader: READER, after: Some(0) }];
    history.extend([sending(1, 1), acknowledged(1), saw(1)]);
    history.extend([sending(2, 1), acknowledged(2), saw(2)]);
    history.extend(changed(Change::Viewed, 2));
    history.extend(changed(Change::Deleted, 1));
    history.extend([sending(3, 0), Fact::Refused { callback: Callback(3) }]);
    history.extend([sending(3, 1), acknowledged(3)]);
    history.extend([Fact::Opened { reader: READER, after: Some(2) }, saw(3), Fact::Quiet]);
    let deleted = Row { bytes: None, ..row(1) };
    let state = State { rows: vec![deleted, row(2), row(3)], viewed: [id(2)].into(), unviewed: vec![1] };
    (history, state)
}

/// The promises that are broken by this change of what is right.
fn broken(falsify: impl FnOnce(&mut Vec<Fact>, &mut State)) -> Vec<Rule> {
    let (mut history, mut state) = right();
    falsify(&mut history, &mut state);
    let mut rules: Vec<Rule> = judge(&history, &state).iter().map(|breach| breach.rule).collect();
    rules.sort();
    rules.dedup();
    rules
}

fn place(history: &[Fact], fact: &Fact) -> usize {
    history.iter().position(|other| other == fact).expect("it is there")
}

#[test]
fn what_is_right_breaks_nothing() {
    let (history, state) = right();
    assert_eq!(judge(&history, &state), []);
}

#[test]
fn a_callback_that_was_acknowledged_and_is_lost_is_found() {
    // Also: acknowledged before it was committed.
    let lost = broken(|history, state| {
        state.rows.retain(|row| row.id != id(3));
        state.unviewed = vec![0];
        history.retain(|fact| *fact != saw(3));
    });
    assert_eq!(lost, [Rule::Kept]);
    assert_eq!(broken(|_, state| state.rows[1].deliveries = 0), [Rule::Kept]);
}

/// The first attempt at 3 is answered 202 by node 0, and there is no other; 4 is sent to the same node afterwards.
fn spooled(history: &mut Vec<Fact>, state: &mut State) {
    let at = place(history, &Fact::Refused { callback: Callback(3) });
    history[at] = Fact::Spooled { callback: Callback(3), node: Node(0) };
    history.retain(|fact| *fact != sending(3, 1) && *fact != acknowledged(3));
    history.extend([sending(4, 1), acknowledged(4), saw(4)]);
    state.rows[2].bytes = Some(bytes(3, 0));
    state.rows.push(row(4));
    state.unviewed = vec![2];
}

#[test]
fn a_callback_that_was_spooled_and_is_lost_is_found() {
    assert_eq!(broken(spooled), []);
    let lost = broken(|history, state| {
        spooled(history, state);
        state.rows.retain(|row| row.id != id(3));
        history.retain(|fact| *fact != saw(3));
        state.unviewed = vec![1];
    });
    assert_eq!(lost, [Rule::Kept]);
}

#[test]
fn a_callback_that_overtook_one_that_was_spooled_is_found() {
    let overtaken = |node| {
        broken(move |history, state| {
            spooled(history, state);
            // 3 comes to lie behind 4, and nobody reads.
            let at = place(history, &sending(4, 1));
            let bytes = bytes(4, 1);
            history[at] = Fact::Sending { callback: Callback(4), bytes, node };
            history.retain(|fact| *fact != acknowledged(4) && *fact != saw(4));
            history.retain(|fact| !matches!(fact, Fact::Acknowledged { .. } | Fact::Passed { .. }));
            history.retain(|fact| !matches!(fact, Fact::Saw { .. } | Fact::Opened { .. }));
            state.rows[2].cursor = 5;
        })
    };
    assert!(overtaken(Node(0)).contains(&Rule::Order), "{:?}", overtaken(Node(0)));
    assert!(!overtaken(Node(1)).contains(&Rule::Order), "another node's order is its own");
}

#[test]
fn a_callback_that_is_stored_twice_is_found() {
    let twice = broken(|history, state| {
        let again = Row { id: id(4), cursor: 4, bytes: Some(bytes(3, 0)), ..row(3) };
        history.push(Fact::Saw { reader: READER, cursor: 4, id: again.id });
        state.rows.push(again);
        state.unviewed = vec![2];
    });
    assert_eq!(twice, [Rule::Once]);
    let new_twice = broken(|history, state| {
        history.push(acknowledged(3));
        state.rows[2].deliveries = 2;
    });
    assert_eq!(new_twice, [Rule::Once]);
}

#[test]
fn a_callback_that_nobody_sent_is_found() {
    assert_eq!(broken(|_, state| state.rows[2].bytes = Some([9; 32])), [Rule::Sent]);
    assert_eq!(broken(|history, _| history.push(saw(9))), [Rule::Sent]);
}

#[test]
fn a_position_below_one_that_was_known_is_found() {
    // As a number drawn without the lock: 3 was passed by somebody before its callback was even sent.
    let below = broken(|history, _| history.insert(0, Fact::Passed { reader: Reader(2), cursor: 3 }));
    assert_eq!(below, [Rule::Order]);
    let named_twice = broken(|history, state| {
        let other = Receipt { id: id(7), ..receipt(3, true) };
        history.push(Fact::Lost { kept: 2 });
        history.push(Fact::Acknowledged { callback: Callback(3), receipt: other });
        state.rows[2].deliveries = 2;
    });
    assert!(named_twice.contains(&Rule::Order), "{named_twice:?}");
}

#[test]
fn a_reader_that_missed_one_is_found() {
    // As a replay without overlap does: what came between its end and the first live one.
    assert_eq!(broken(|history, _| history.retain(|fact| *fact != saw(2))), [Rule::Seen]);
    let passed = broken(|history, _| {
        let at = place(history, &saw(2));
        history[at] = Fact::Passed { reader: READER, cursor: 2 };
    });
    assert_eq!(passed, [Rule::Seen]);
}

#[test]
fn a_reader_that_saw_one_twice_or_out_of_order_is_found() {
    assert_eq!(broken(|history, _| history.push(saw(3))), [Rule::InOrder]);
    let turned = broken(|history, _| {
        let (two, three) = (place(history, &saw(2)), place(history, &saw(3)));
        history.swap(two, three);
    });
    assert!(turned.contains(&Rule::InOrder), "{turned:?}");
    let promised = broken(|history, _| {
        let at = place(history, &saw(3));
        history.insert(at, Fact::Passed { reader: READER, cursor: 3 });
    });
    assert_eq!(promised, [Rule::InOrder]);
}

#[test]
fn a_reader_that_is_not_told_is_found() {
    // As one whose node lost the notification, with the timer off.
    assert_eq!(broken(|history, _| history.retain(|fact| *fact != saw(3))), [Rule::CaughtUp]);
    let never_ready = Fact::Opened { reader: Reader(2), after: None };
    assert_eq!(broken(|history, _| history.push(never_ready)), [Rule::CaughtUp]);
}

#[test]
fn a_reload_for_nothing_is_found() {
    let reset = Fact::Reset { reader: READER, cursor: 3 };
    assert_eq!(broken(|history, _| history.push(reset)), [Rule::Reloaded]);
}

#[test]
fn changes_that_are_not_what_was_asked_for_are_found() {
    let told = |change, callback| Fact::Told { reader: READER, change, ids: vec![id(callback)] };
    assert_eq!(broken(|history, _| history.push(told(Change::Deleted, 3))), [Rule::Deleted]);
    assert_eq!(broken(|history, _| history.push(told(Change::Viewed, 3))), [Rule::Viewed]);
    assert_eq!(broken(|_, state| state.unviewed = vec![2]), [Rule::Viewed]);
    assert_eq!(broken(|_, state| state.viewed.extend([id(3)])), [Rule::Viewed]);
    let forgotten = broken(|_, state| {
        state.viewed.clear();
        state.unviewed = vec![2];
    });
    assert_eq!(forgotten, [Rule::Viewed]);
    let undone = broken(|_, state| {
        state.rows[0] = row(1);
        state.unviewed = vec![2];
    });
    assert_eq!(undone, [Rule::Deleted]);
    let shown = broken(|history, _| {
        let audit = Reader(2);
        history.push(Fact::Opened { reader: audit, after: Some(0) });
        history.extend([1, 2, 3].map(|n| Fact::Saw { reader: audit, cursor: n.into(), id: id(n) }));
    });
    assert_eq!(shown, [Rule::Deleted]);
}

#[test]
fn after_a_loss_only_what_it_explains_is_forgiven() {
    let lost = |kept, resumed| {
        broken(move |history, state| {
            history.push(Fact::Lost { kept });
            history.push(Fact::Reset { reader: READER, cursor: 2 });
            history.extend([sending(resumed, 1), acknowledged(resumed), saw(resumed)]);
            state.rows[2] = row(resumed);
        })
    };
    assert_eq!(lost(2, 4), []);
    // A deletion that was lost brings back what nobody was shown.
    let back = broken(|history, state| {
        history.retain(|fact| *fact != saw(1));
        history.push(Fact::Lost { kept: 3 });
        state.rows[0] = row(1);
        state.unviewed = vec![2];
    });
    assert_eq!(back, []);
    let uncounted = broken(|history, state| {
        history.push(Fact::Lost { kept: 3 });
        state.rows[1].deliveries = 0;
    });
    assert_eq!(uncounted, []);
    // It was kept, or came afterwards.
    assert_eq!(lost(3, 4), [Rule::Kept, Rule::Sent, Rule::Reloaded]);
    assert!(lost(1, 4).contains(&Rule::Kept), "2 is still there, so it was not lost before 2");
}
