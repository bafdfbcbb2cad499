//! Changes against what streams were told, and against the table.
//!
//! `viewed` and `deleted` are hints, which a stream may miss in a gap; so nobody has to be told. But whoever is told is
//! told the truth, and what was answered as done is done.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{Breach, Change, Fact, Reader, Rule, View, breach};

/// How far the count of unviewed callbacks is exact: beyond it says only that there are more.
const EXACT_MAX: usize = 10_000;

pub fn judge(view: &View<'_>) -> Vec<Breach> {
    // A loss may undo what was answered as done.
    let mut ledger = Ledger { forgets: !view.losses.is_empty(), ..Ledger::default() };
    for fact in view.history {
        ledger.take(fact);
    }
    let mut breaches = ledger.breaches.clone();
    breaches.extend(ledger.deletions(view));
    breaches.extend(ledger.views(view));
    breaches
}

#[derive(Default)]
struct Ledger {
    asked: BTreeSet<(Change, Uuid)>,
    changed: BTreeSet<(Change, Uuid)>,
    /// On its present connection: another node may hear of a deletion a little later.
    told_gone: BTreeMap<Reader, BTreeSet<Uuid>>,
    is_quiet: bool,
    forgets: bool,
    breaches: Vec<Breach>,
}

impl Ledger {
    fn take(&mut self, fact: &Fact) {
        match fact {
            Fact::Asking { change, ids } => self.asked.extend(ids.iter().map(|id| (*change, *id))),
            Fact::Changed { change, ids } => self.changed.extend(ids.iter().map(|id| (*change, *id))),
            Fact::Opened { reader, .. } => drop(self.told_gone.remove(reader)),
            Fact::Told { reader, change, ids } => self.told(*reader, *change, ids),
            Fact::Saw { reader, id, .. } => self.saw(*reader, *id),
            Fact::Quiet => self.is_quiet = true,
            _ => {}
        }
    }

    fn told(&mut self, reader: Reader, change: Change, ids: &[Uuid]) {
        for id in ids {
            if !self.asked.contains(&(change, *id)) {
                let detail = format!("{reader:?} was told of {id}, for which nobody asked");
                self.breaches.push(breach(rule(change), detail));
            }
        }
        if change == Change::Deleted {
            self.told_gone.entry(reader).or_default().extend(ids);
        }
    }

    fn saw(&mut self, reader: Reader, id: Uuid) {
        let told = self.told_gone.get(&reader).is_some_and(|gone| gone.contains(&id));
        let settled = self.is_quiet && !self.forgets && self.changed.contains(&(Change::Deleted, id));
        if told || settled {
            self.breaches.push(breach(Rule::Deleted, format!("{reader:?} was shown {id}, which is deleted")));
        }
    }

    fn deletions(&self, view: &View<'_>) -> Vec<Breach> {
        let rows = view.state.rows.iter();
        let wrong = rows.filter(|row| {
            let key = (Change::Deleted, row.id);
            let unasked = row.is_deleted() && !self.asked.contains(&key);
            let undone = !row.is_deleted() && self.changed.contains(&key) && !self.forgets;
            unasked || undone
        });
        wrong.map(|row| breach(Rule::Deleted, format!("{row:?} does not fit what was asked for"))).collect()
    }

    fn views(&self, view: &View<'_>) -> Vec<Breach> {
        let mut breaches = Vec::new();
        for id in &view.state.viewed {
            if !self.asked.contains(&(Change::Viewed, *id)) {
                breaches.push(breach(Rule::Viewed, format!("{id} is viewed, and nobody viewed it")));
            }
        }
        let live: BTreeSet<Uuid> =
            view.state.rows.iter().filter(|row| !row.is_deleted()).map(|row| row.id).collect();
        for (_, id) in self.changed.iter().filter(|(change, _)| *change == Change::Viewed) {
            if live.contains(id) && !view.state.viewed.contains(id) && !self.forgets {
                breaches.push(breach(Rule::Viewed, format!("{id} was viewed and is not")));
            }
        }
        let unviewed = live.difference(&view.state.viewed).count().min(EXACT_MAX + 1);
        let wrong = view.state.unviewed.iter().filter(|count| usize::try_from(**count) != Ok(unviewed));
        breaches.extend(
            wrong.map(|count| breach(Rule::Viewed, format!("{count} were called unviewed, not {unviewed}"))),
        );
        breaches
    }
}

fn rule(change: Change) -> Rule {
    match change {
        Change::Viewed => Rule::Viewed,
        Change::Deleted => Rule::Deleted,
    }
}
