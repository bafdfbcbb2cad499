//! Senders against the table: kept, once, nothing else, in the order of commits.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Breach, Callback, Cursor, Digest, Fact, Receipt, Row, Rule, View, breach};

pub fn judge(view: &View<'_>) -> Vec<Breach> {
    let sent = Sent::of(view.history);
    let mut breaches = Vec::new();
    for (callback, receipts) in &sent.receipts {
        acknowledged(view, *callback, receipts, &mut breaches);
    }
    stored(view, &sent, &mut breaches);
    named(view, &mut breaches);
    breaches
}

/// What senders know.
#[derive(Default)]
struct Sent {
    of_bytes: BTreeMap<Digest, Callback>,
    receipts: BTreeMap<Callback, Vec<Receipt>>,
    /// The highest position that anybody knew of before the callback was sent for the first time.
    known_before: BTreeMap<Callback, Cursor>,
}

impl Sent {
    fn of(history: &[Fact]) -> Self {
        let (mut sent, mut known) = (Self::default(), 0);
        for fact in history {
            match fact {
                Fact::Sending { callback, bytes } => {
                    sent.of_bytes.insert(*bytes, *callback);
                    sent.known_before.entry(*callback).or_insert(known);
                }
                Fact::Acknowledged { callback, receipt } => {
                    sent.receipts.entry(*callback).or_default().push(*receipt);
                    known = known.max(receipt.cursor);
                }
                Fact::Saw { cursor, .. } | Fact::Passed { cursor, .. } => known = known.max(*cursor),
                _ => {}
            }
        }
        sent
    }
}

fn acknowledged(view: &View<'_>, callback: Callback, receipts: &[Receipt], breaches: &mut Vec<Breach>) {
    for receipt in receipts {
        match view.by_id.get(&receipt.id) {
            None if view.may_be_lost(receipt.cursor) => {}
            None => breaches.push(breach(
                Rule::Kept,
                format!("{callback:?} was acknowledged as {receipt:?} and is not there"),
            )),
            Some(row) if row.cursor != receipt.cursor => breaches.push(breach(
                Rule::Kept,
                format!("{callback:?} was acknowledged as {receipt:?} and is {row:?}"),
            )),
            Some(_) => {}
        }
    }
    let firsts = receipts.iter().filter(|receipt| !receipt.duplicate && !view.may_be_lost(receipt.cursor));
    if firsts.count() > 1 {
        breaches.push(breach(Rule::Once, format!("{callback:?} was new more than once: {receipts:?}")));
    }
}

fn stored(view: &View<'_>, sent: &Sent, breaches: &mut Vec<Breach>) {
    let mut places: BTreeMap<Callback, &Row> = BTreeMap::new();
    for row in &view.state.rows {
        let Some(bytes) = row.bytes else { continue };
        let Some(callback) = sent.of_bytes.get(&bytes) else {
            breaches.push(breach(Rule::Sent, format!("{row:?} was never sent")));
            continue;
        };
        if let Some(other) = places.insert(*callback, row) {
            breaches.push(breach(Rule::Once, format!("{callback:?} is {other:?} and {row:?}")));
        }
        let known = sent.known_before.get(callback).copied().unwrap_or_default();
        if row.cursor <= known {
            let detail = format!("{callback:?} is {row:?}, although {known} was known before it was sent");
            breaches.push(breach(Rule::Order, detail));
        }
        // A loss may keep a row and forget that it was delivered again.
        if view.losses.is_empty() {
            counted(sent, *callback, row, breaches);
        }
    }
}

/// Each acknowledgement is one delivery that was counted; others may be too, whose answers did not arrive.
fn counted(sent: &Sent, callback: Callback, row: &Row, breaches: &mut Vec<Breach>) {
    let receipts = sent.receipts.get(&callback).map_or(&[][..], Vec::as_slice);
    let answered = receipts.iter().filter(|receipt| receipt.id == row.id).count();
    if i64::try_from(answered).is_ok_and(|answered| answered > row.deliveries) {
        breaches.push(breach(Rule::Kept, format!("{callback:?} was acknowledged {answered} times: {row:?}")));
    }
}

/// A position that was ever told names one callback for ever.
fn named(view: &View<'_>, breaches: &mut Vec<Breach>) {
    let mut names: BTreeMap<Cursor, Uuid> = BTreeMap::new();
    let told = view.history.iter().filter_map(|fact| match fact {
        Fact::Acknowledged { receipt, .. } => Some((receipt.cursor, receipt.id)),
        Fact::Saw { cursor, id, .. } => Some((*cursor, *id)),
        _ => None,
    });
    for (cursor, id) in view.state.rows.iter().map(|row| (row.cursor, row.id)).chain(told) {
        let first = *names.entry(cursor).or_insert(id);
        if first != id {
            breaches.push(breach(Rule::Order, format!("position {cursor} names {first} and {id}")));
        }
    }
}
