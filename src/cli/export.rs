//! `callbackd export`: stored callbacks as a file, straight from the database.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{IsTerminal as _, Write},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use clap::Args;
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use uuid::Uuid;

use super::filters::Filters;
use crate::{
    callback::{Export as Pages, Format, Layout, Store, Viewer, Wanted},
    db::Db,
};

/// Writes stored callbacks to a file or to standard output, newest first.
///
/// Reads the database itself, also while the server runs. A file appears under its name when it is complete. Standard
/// output that could not be completed ends in the middle of an object or a quoted cell, and the exit status is 1.
///
/// Example: callbackd export --status error --from 2026-01-01T00:00:00Z --output failed.csv
///
/// Example: callbackd export --format ndjson | jq -r '.payload.result.output'
#[derive(Args, Debug)]
pub struct Export {
    /// What to write [default: as the name of the file ends; else ndjson].
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// File to write, which is replaced if it is there; standard output if left out.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Whether payloads are in it [default: true for json and ndjson, false for csv].
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    payload: Option<bool>,
    /// Begins a csv file with a byte order mark, without which Excel misreads what is not ASCII.
    #[arg(long)]
    bom: bool,
    #[command(flatten)]
    narrow: Narrow,
}

/// The filters of the console's history.
#[derive(Args, Debug)]
#[command(next_help_heading = "Filters")]
struct Narrow {
    #[command(flatten)]
    filters: Filters,
    /// Only received at or after this time, such as 2026-01-31T12:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = time)]
    from: Option<DateTime<Utc>>,
    /// Only received before this time.
    #[arg(long, value_name = "TIME", value_parser = time)]
    to: Option<DateTime<Utc>>,
    /// Only with this text in id, callback id, workflow or preview.
    #[arg(long, value_name = "TEXT")]
    q: Option<String>,
    /// Only these callbacks.
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    ids: Option<Vec<Uuid>>,
}

impl Export {
    pub async fn run(self, db: Db) -> anyhow::Result<()> {
        let store = Store::new(db);
        let layout = self.layout();
        let wanted = self.narrow.wanted(&store).await?;
        // Nobody in particular looks: what somebody has viewed plays no part.
        let mut pages = Pages::new(store, Viewer::admin(Uuid::nil()), wanted, layout);
        let mut target = Target::open(self.output)?;
        let progress = progress(&target);
        let outcome = write(&mut pages, &mut target, &progress).await;
        progress.finish_and_clear();
        let bytes = outcome.with_context(|| target.left())?;
        let name = target.finish()?;
        let (rows, bytes) = (HumanCount(pages.rows()), HumanBytes(bytes));
        // A summary that cannot be written makes no complete file incomplete.
        let _ = writeln!(std::io::stderr(), "exported {rows} callbacks ({bytes}) to {name}");
        Ok(())
    }

    fn layout(&self) -> Layout {
        let extension = self.output.as_ref().and_then(|path| path.extension()?.to_str());
        let named = || match extension {
            Some("csv") => Format::Csv,
            Some("json") => Format::Json,
            _ => Format::Ndjson,
        };
        let format = self.format.unwrap_or_else(named);
        Layout { format, payloads: self.payload.unwrap_or(format.holds_payloads()), bom: self.bom }
    }
}

impl Narrow {
    async fn wanted(self, store: &Store) -> anyhow::Result<Wanted> {
        let Self { filters, from, to, q, ids } = self;
        let mut search = store.between(from, to).await?;
        (search.filter, search.text) = (filters.into(), q);
        Ok(Wanted { search, ids })
    }
}

fn time(text: &str) -> Result<DateTime<Utc>, String> {
    let time = DateTime::parse_from_rfc3339(text);
    time.map(|time| time.to_utc()).map_err(|_| "not an RFC 3339 time such as 2026-01-31T12:00:00Z".to_owned())
}

/// Returns how many bytes were written.
async fn write(pages: &mut Pages, target: &mut Target, progress: &ProgressBar) -> anyhow::Result<u64> {
    let mut written = 0;
    loop {
        let bytes = match pages.next().await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(written),
            Err(error) => {
                target.write_all(&pages.broken())?;
                return Err(error.into());
            }
        };
        target.write_all(&bytes)?;
        written += u64::try_from(bytes.len()).unwrap_or_default();
        let (position, length) = pages.progress();
        progress.set_length(length);
        progress.set_position(position);
        progress.set_message(format!("{} callbacks, {}", HumanCount(pages.rows()), HumanBytes(written)));
    }
}

/// Hidden where nobody would see it, or where it would run through the file on the same terminal.
fn progress(target: &Target) -> ProgressBar {
    let in_the_way = matches!(target, Target::Output) && std::io::stdout().is_terminal();
    if in_the_way || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = "{bar:30} {percent}%, {msg}, {eta} left";
    ProgressBar::new(0).with_style(ProgressStyle::with_template(style).expect("a valid template"))
}

/// Where the file goes.
enum Target {
    Output,
    /// A device or a pipe, which cannot be replaced.
    Special(File, PathBuf),
    /// Written aside, so that the name is given to complete files only.
    File {
        file: File,
        aside: PathBuf,
        path: PathBuf,
    },
}

impl Target {
    fn open(path: Option<PathBuf>) -> anyhow::Result<Self> {
        let Some(path) = path else { return Ok(Self::Output) };
        if fs::metadata(&path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
            let file = File::options().write(true).open(&path).with_context(|| path.display().to_string())?;
            return Ok(Self::Special(file, path));
        }
        anyhow::ensure!(!path.is_dir(), "{} is a folder", path.display());
        let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
        name.push(".part");
        let aside = path.with_file_name(name);
        let file = File::create(&aside).with_context(|| aside.display().to_string())?;
        Ok(Self::File { file, aside, path })
    }

    /// Gives the file its name; returns it.
    fn finish(self) -> anyhow::Result<String> {
        match self {
            Self::Output => {
                std::io::stdout().flush()?;
                Ok("standard output".to_owned())
            }
            Self::Special(_, path) => Ok(path.display().to_string()),
            Self::File { file, aside, path } => {
                let named = file.sync_all().and_then(|()| fs::rename(&aside, &path));
                named.with_context(|| path.display().to_string())?;
                Ok(path.display().to_string())
            }
        }
    }

    /// What is left after a failure, in words.
    fn left(&self) -> String {
        match self {
            Self::Output | Self::Special(..) => "the export is incomplete".to_owned(),
            Self::File { aside, .. } => remove(aside),
        }
    }
}

fn remove(aside: &Path) -> String {
    match fs::remove_file(aside) {
        Ok(()) => "the export is incomplete and was not kept".to_owned(),
        Err(_) => format!("the export is incomplete, and is left as {}", aside.display()),
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::Output => std::io::stdout().write(bytes),
            Self::Special(file, _) | Self::File { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Self::Output => std::io::stdout().flush(),
            Self::Special(file, _) | Self::File { file, .. } => file.flush(),
        }
    }
}
