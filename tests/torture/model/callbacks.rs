//! Senders against the table: kept, once, nothing else, in the order of commits.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{Breach, Callback, Cursor, Digest, Fact, Node, Receipt, Row, Rule, View, breach};

pub fn judge(view: &View<'_>) -> Vec<Breach> {
    let sent = Sent::of(view.history);
    let mut breaches = Vec::new();
    for (callback, receipts) in &sent.receipts {
        acknowledged(view, *callback, receipts, &mut breaches);
    }
    let places = stored(view, &sent, &mut breaches);
    spooled(view, &sent, &places, &mut breaches);
    in_turn(view, &sent, &places, &mut breaches);
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
    /// Where it was sent to.
    nodes: BTreeMap<Callback, BTreeSet<Node>>,
}

impl Sent {
    fn of(history: &[Fact]) -> Self {
        let (mut sent, mut known) = (Self::default(), 0);
        for fact in history {
            match fact {
                Fact::Sending { callback, bytes, node } => {
                    sent.of_bytes.insert(*bytes, *callback);
                    sent.nodes.entry(*callback).or_default().insert(*node);
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

/// Gives where each callback is, as far as its bytes tell.
fn stored<'a>(view: &View<'a>, sent: &Sent, breaches: &mut Vec<Breach>) -> BTreeMap<Callback, &'a Row> {
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
    places
}

/// A 202 is a promise too. Nobody has told where it will be, so nobody can have deleted it who did not find it by another
/// answer. A loss of what was drained cannot be told from one of what was spooled.
fn spooled(view: &View<'_>, sent: &Sent, places: &BTreeMap<Callback, &Row>, breaches: &mut Vec<Breach>) {
    let promised: BTreeSet<Callback> =
        view.history.iter().filter_map(promise).map(|(callback, _)| callback).collect();
    let kept = |callback: &Callback| places.contains_key(callback) || sent.receipts.contains_key(callback);
    for callback in promised.iter().filter(|callback| view.losses.is_empty() && !kept(callback)) {
        breaches.push(breach(Rule::Kept, format!("{callback:?} was spooled and is not there")));
    }
}

fn promise(fact: &Fact) -> Option<(Callback, Node)> {
    match fact {
        Fact::Spooled { callback, node } => Some((*callback, *node)),
        _ => None,
    }
}

/// What is sent to a node after a 202 of that node, and to no other, lies behind it.
fn in_turn(view: &View<'_>, sent: &Sent, places: &BTreeMap<Callback, &Row>, breaches: &mut Vec<Breach>) {
    let mut spooled: BTreeMap<Node, (Cursor, Callback)> = BTreeMap::new();
    let mut begun: BTreeSet<Callback> = BTreeSet::new();
    for fact in view.history {
        if let Some((callback, node)) = promise(fact)
            && let Some(row) = places.get(&callback)
        {
            let last = spooled.entry(node).or_insert((row.cursor, callback));
            *last = (*last).max((row.cursor, callback));
        }
        let Fact::Sending { callback, node, .. } = fact else { continue };
        let is_its_own = begun.insert(*callback) && sent.nodes[callback].len() == 1;
        let (Some((before, other)), Some(row)) = (spooled.get(node), places.get(callback)) else { continue };
        if is_its_own && row.cursor < *before {
            let detail =
                format!("{callback:?} is {row:?}, before {other:?} at {before}, which {node:?} had spooled");
            breaches.push(breach(Rule::Order, detail));
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
