//! Readers against the table: everything after their positions, once, in order, to the end.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{Breach, Cursor, Fact, Reader, Rule, View, breach};

pub fn judge(view: &View<'_>) -> Vec<Breach> {
    let mut courses: BTreeMap<Reader, Course> = BTreeMap::new();
    let mut breaches = Vec::new();
    for fact in view.history {
        match fact {
            Fact::Opened { reader, after } => courses.entry(*reader).or_default().opened(*after),
            Fact::Saw { reader, cursor, id } => {
                let course = courses.entry(*reader).or_default();
                breaches.extend(course.saw(*cursor, *id, view).map(|breach| named(*reader, &breach)));
            }
            Fact::Passed { reader, cursor } => courses.entry(*reader).or_default().passed(*cursor),
            Fact::Reset { reader, cursor } => {
                let course = courses.entry(*reader).or_default();
                let reset = course.reset(*cursor, view);
                breaches.extend(reset.into_iter().map(|breach| named(*reader, &breach)));
            }
            _ => {}
        }
    }
    for (reader, course) in &courses {
        let ended = course.missed(view).into_iter().chain(course.behind(view));
        breaches.extend(ended.map(|breach| named(*reader, &breach)));
    }
    breaches
}

fn named(reader: Reader, breach: &Breach) -> Breach {
    Breach { rule: breach.rule, detail: format!("{reader:?} {}", breach.detail) }
}

/// What one reader has covered since it began, or was told to reload.
#[derive(Default)]
struct Course {
    /// Not known before the first position for one that began "now".
    begin: Option<Cursor>,
    position: Cursor,
    seen: BTreeSet<Cursor>,
    ids: BTreeSet<Uuid>,
}

impl Course {
    /// Only the first time: whoever resumes owes nothing to what it asks for, but to what it has seen.
    fn opened(&mut self, after: Option<Cursor>) {
        if let (None, Some(after)) = (self.begin, after) {
            self.begin_after(after);
        }
    }

    fn saw(&mut self, cursor: Cursor, id: Uuid, view: &View<'_>) -> Option<Breach> {
        if self.begin.is_none() {
            self.begin_after(cursor - 1);
        }
        let again = cursor <= self.position || !self.ids.insert(id);
        let before = self.position;
        self.position = before.max(cursor);
        self.seen.insert(cursor);
        if again {
            return Some(breach(Rule::InOrder, format!("saw {id} at {cursor}, being at {before}")));
        }
        let is_there = view.by_id.get(&id).is_some_and(|row| row.cursor == cursor);
        (!is_there && !view.may_be_lost(cursor))
            .then(|| breach(Rule::Sent, format!("saw {id} at {cursor}, which is not there")))
    }

    fn passed(&mut self, cursor: Cursor) {
        if self.begin.is_none() {
            self.begin_after(cursor);
        }
        self.position = self.position.max(cursor);
    }

    /// Right only where what it had seen is gone.
    fn reset(&mut self, cursor: Cursor, view: &View<'_>) -> Vec<Breach> {
        let mut breaches = self.missed(view);
        if !view.may_be_lost(self.position) {
            let at = self.position;
            breaches
                .push(breach(Rule::Reloaded, format!("was told to reload at {at}, and go on from {cursor}")));
        }
        *self = Self::default();
        self.begin_after(cursor);
        breaches
    }

    fn begin_after(&mut self, cursor: Cursor) {
        self.begin = Some(cursor);
        self.position = cursor;
    }

    /// One breach for all that is missing: a gap is one fault.
    fn missed(&self, view: &View<'_>) -> Vec<Breach> {
        let Some(begin) = self.begin.filter(|begin| *begin < self.position) else { return Vec::new() };
        let due = view.by_cursor.range(begin + 1..=self.position);
        let missing: Vec<Cursor> = due
            .filter(|(cursor, row)| view.is_due(row) && !self.seen.contains(cursor))
            .map(|(cursor, _)| *cursor)
            .collect();
        let Some(first) = missing.first() else { return Vec::new() };
        let (count, position) = (missing.len(), self.position);
        let detail = format!("read from {begin} to {position} and missed {count}, the first at {first}");
        vec![breach(Rule::Seen, detail)]
    }

    fn behind(&self, view: &View<'_>) -> Option<Breach> {
        let live = view.by_cursor.iter().rev().find(|(_, row)| view.is_due(row));
        let head = live.map_or(0, |(cursor, _)| *cursor);
        let at = self.begin.map(|_| self.position);
        at.is_none_or(|at| at < head)
            .then(|| breach(Rule::CaughtUp, format!("ended at {at:?}; the last callback is at {head}")))
    }
}
