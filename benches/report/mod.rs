//! What came out: said as it comes, and written to `target/bench/report.md` with what is needed to judge it.

mod field;
mod machine;
mod plot;
mod processes;
mod table;
mod usage;

use std::{fmt::Write as _, fs, io::Write as _, path::PathBuf};

pub use self::{
    field::{Better, Field},
    plot::{Plot, Point},
    processes::Processes,
    table::{Comparison, Single, Sizes, median},
    usage::{Cost, Usage, resident_mb},
};
use crate::stage::Stage;

/// One measurement's part.
pub struct Section {
    pub title: &'static str,
    /// What was done, in a paragraph.
    pub about: String,
    /// Markdown.
    pub tables: Vec<String>,
    pub plots: Vec<Plot>,
}

pub struct Report {
    path: PathBuf,
    text: String,
}

impl Report {
    /// Only a whole run makes `report.md`: it is not replaced by a part of one.
    pub async fn begin(stage: &Stage, part: Option<&str>, quick: bool) -> anyhow::Result<Self> {
        let name = match (part, quick) {
            (_, true) => "report-quick.md".to_owned(),
            (Some(part), _) => format!("report-{part}.md"),
            (None, _) => "report.md".to_owned(),
        };
        let mut report = Self { path: stage.folder.join(name), text: String::new() };
        report.say(&format!("# callbackd, measured\n\n{}", machine::describe(stage).await?))?;
        if quick {
            report.say("**Quick rounds: these numbers mean nothing.**\n")?;
        }
        Ok(report)
    }

    pub fn add(&mut self, section: Section) -> anyhow::Result<()> {
        let mut text = format!("## {}\n\n{}\n", section.title, section.about);
        for table in section.tables {
            let _ = write!(text, "\n{table}");
        }
        for plot in &section.plots {
            plot.write(self.path.parent().unwrap_or(&self.path))?;
        }
        self.say(&text)
    }

    /// Written after every part, so that a run which fails later has not measured in vain.
    fn say(&mut self, text: &str) -> anyhow::Result<()> {
        writeln!(std::io::stdout(), "{text}")?;
        let _ = writeln!(self.text, "{text}");
        Ok(fs::write(&self.path, &self.text)?)
    }

    pub fn end(self) -> anyhow::Result<()> {
        Ok(writeln!(std::io::stdout(), "Written to {}", self.path.display())?)
    }
}
