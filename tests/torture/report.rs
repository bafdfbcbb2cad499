//! What was done and what was found: said as it comes, and kept in `target/torture/report.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use crate::model::{Change, Fact, Rule};
use crate::plan::Plan;
use crate::play::Outcome;
use crate::stage::output;

/// Breaches of one stage that are shown; one fault makes many.
const BREACHES_SHOWN: usize = 20;

pub struct Report {
    path: PathBuf,
    text: String,
    breaches: usize,
}

impl Report {
    /// Setting up, settling and judging one stage.
    pub const OVERHEAD: Duration = Duration::from_secs(30);

    pub fn begin(seed: u64) -> Self {
        let mut report = Self { path: output().join("report.md"), text: String::new(), breaches: 0 };
        report.say(&format!(
            "# callbackd, tortured\n\nSeed {seed}: `TORTURE_SEED={seed} make torture` does the same again. The seed fixes \
             faults and whims, not how the machine interleaves them.\n"
        ));
        report
    }

    pub fn add(&mut self, outcome: &Outcome) {
        self.breaches += outcome.breaches.len();
        let plan = &outcome.plan;
        let mut text = format!(
            "## {}: {} nodes, {} senders, {} streams, {} pollers, {} s\n\n",
            plan.setting.name,
            plan.setting.nodes,
            plan.crowd.senders,
            plan.crowd.clients,
            plan.crowd.pollers,
            outcome.took.as_secs()
        );
        text += &Totals::of(outcome).text();
        text += &faults(&outcome.history);
        text += &promises(outcome);
        self.say(&text);
    }

    pub fn skip(&mut self, plan: &Plan, why: &str) {
        self.say(&format!("## {}: not run\n\nBecause {why}.\n", plan.setting.name));
    }

    /// How many promises were broken.
    pub fn end(mut self) -> usize {
        let verdict = match self.breaches {
            0 => "**Every promise held.**".to_owned(),
            count => format!("**{count} breaches.**"),
        };
        self.say(&format!("{verdict}\n\nWritten to {}", self.path.display()));
        self.breaches
    }

    /// Written after every part, so that a run which is stopped has not been in vain.
    fn say(&mut self, text: &str) {
        writeln!(std::io::stdout(), "{text}").expect("standard output is open");
        let _ = writeln!(self.text, "{text}");
        std::fs::write(&self.path, &self.text).expect("the report can be written");
    }
}

#[derive(Default)]
struct Totals {
    callbacks: BTreeSet<u32>,
    kept: BTreeSet<u32>,
    attempts: usize,
    acknowledged: usize,
    spooled: usize,
    duplicates: usize,
    connections: usize,
    seen: usize,
    resets: usize,
    changes: BTreeMap<Change, usize>,
    rows: usize,
}

impl Totals {
    fn of(outcome: &Outcome) -> Self {
        let mut totals = Self { rows: outcome.state.rows.len(), ..Self::default() };
        for fact in &outcome.history {
            match fact {
                Fact::Sending { callback, .. } => {
                    totals.attempts += 1;
                    totals.callbacks.insert(callback.0);
                }
                Fact::Acknowledged { callback, receipt } => {
                    totals.acknowledged += 1;
                    totals.duplicates += usize::from(receipt.duplicate);
                    totals.kept.insert(callback.0);
                }
                Fact::Spooled { callback, .. } => {
                    totals.spooled += 1;
                    totals.kept.insert(callback.0);
                }
                Fact::Opened { .. } => totals.connections += 1,
                Fact::Saw { .. } => totals.seen += 1,
                Fact::Reset { .. } => totals.resets += 1,
                Fact::Changed { change, ids } => *totals.changes.entry(*change).or_default() += ids.len(),
                _ => {}
            }
        }
        totals
    }

    fn text(&self) -> String {
        let change = |change| self.changes.get(&change).copied().unwrap_or_default();
        format!(
            "{} callbacks in {} attempts: {} acknowledged ({} answers 200, {} of them duplicates; {} answers 202), {} given up by their \
             sender; {} rows. {} shown to readers over {} connections, {} resets. {} viewed, {} deleted.\n\n",
            self.callbacks.len(),
            self.attempts,
            self.kept.len(),
            self.acknowledged,
            self.duplicates,
            self.spooled,
            self.callbacks.len() - self.kept.len(),
            self.rows,
            self.seen,
            self.connections,
            self.resets,
            change(Change::Viewed),
            change(Change::Deleted)
        )
    }
}

#[derive(Default)]
struct During {
    times: usize,
    acknowledged: usize,
    refused: usize,
    shown: usize,
}

/// What went on while each fault lasted; of faults that came together each counts all of it.
fn faults(history: &[Fact]) -> String {
    let mut rows: BTreeMap<&str, During> = BTreeMap::new();
    let mut present: Vec<&str> = Vec::new();
    for fact in history {
        match fact {
            Fact::Fault { name, begins: true } => {
                rows.entry(name).or_default().times += 1;
                present.push(name);
            }
            Fact::Fault { name, begins: false } => {
                if let Some(at) = present.iter().position(|other| other == name) {
                    present.remove(at);
                }
            }
            _ => {}
        }
        for name in &present {
            let during = rows.entry(name).or_default();
            match fact {
                Fact::Acknowledged { .. } | Fact::Spooled { .. } => during.acknowledged += 1,
                Fact::Refused { .. } => during.refused += 1,
                Fact::Saw { .. } => during.shown += 1,
                _ => {}
            }
        }
    }
    let mut text = "| fault | times | acknowledged meanwhile | refused or unanswered | shown |\n".to_owned();
    text += "| --- | ---: | ---: | ---: | ---: |\n";
    for (name, during) in rows {
        let During { times, acknowledged, refused, shown } = during;
        let _ = writeln!(text, "| {name} | {times} | {acknowledged} | {refused} | {shown} |");
    }
    text + "\n"
}

fn promises(outcome: &Outcome) -> String {
    let mut text = "| promise | held |\n| --- | --- |\n".to_owned();
    for rule in Rule::ALL {
        let count = outcome.breaches.iter().filter(|breach| breach.rule == rule).count();
        let held = if count == 0 { "yes".to_owned() } else { format!("**no: {count} breaches**") };
        let _ = writeln!(text, "| {} | {held} |", rule.promise());
    }
    for breach in outcome.breaches.iter().take(BREACHES_SHOWN) {
        let _ = write!(text, "\n- {breach}");
    }
    text + "\n"
}
