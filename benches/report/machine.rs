//! The machine, the versions and the command: a number without them says little.

use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use crate::{
    load::percentile,
    stage::{POSTGRES_SETTINGS, Stage},
};

/// Above this somebody else is at work here too.
const LOAD_MAX: f64 = 0.5;
/// How often a block is written and synced to see what the disk does.
const SYNCS: usize = 200;

pub async fn describe(stage: &Stage) -> anyhow::Result<String> {
    let mut text = String::from("| | |\n| --- | --- |\n");
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(text, "| {name} | {value} |");
    };
    row("Time", &chrono::Utc::now().format("%Y-%m-%d %H:%M UTC").to_string());
    row("Command", &command());
    row(
        "callbackd",
        &format!("{} {}, rustc {}", env!("CARGO_PKG_VERSION"), commit(), said("rustc", &["--version"])),
    );
    row("PostgreSQL", &format!("{} with {}", stage.postgres_version().await?, POSTGRES_SETTINGS.join(", ")));
    row(
        "Processors",
        &format!("{} × {}", std::thread::available_parallelism()?, line_of("/proc/cpuinfo", "model name")),
    );
    row("Memory", &line_of("/proc/meminfo", "MemTotal"));
    row("Kernel", first_line("/proc/sys/kernel/osrelease").as_deref().unwrap_or("unknown"));
    row("Data on", &said("stat", &["-f", "-c", "%T", &stage.data_dir.display().to_string()]));
    let sync = sync_time(&stage.folder)?;
    row("Write and sync of 8 kB", &format!("{:.2} ms (median)", sync.as_secs_f64() * 1e3));
    let load = first_line("/proc/loadavg").unwrap_or_default();
    row("Load before", &load);
    let busy =
        load.split(' ').next().and_then(|load| load.parse::<f64>().ok()).is_some_and(|load| load > LOAD_MAX);
    if busy {
        text.push_str("\n**The machine was not quiet: trust the ratios more than the numbers.**\n");
    }
    Ok(text)
}

fn command() -> String {
    let said = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let words: Vec<String> = ["cargo bench --bench inbox --".to_owned()].into_iter().chain(said).collect();
    format!("`{}`", words.join(" ").trim_end_matches(" --"))
}

fn commit() -> String {
    said("git", &["describe", "--always", "--dirty"])
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    let text =
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    text.strip_prefix("rustc ").map_or_else(|| text.clone(), str::to_owned)
}

fn first_line(path: &str) -> Option<String> {
    fs::read_to_string(path).ok()?.lines().next().map(str::to_owned)
}

/// What is behind the colon.
fn line_of(path: &str, name: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(name)).and_then(|line| line.split_once(':'));
    line.map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().to_owned())
}

/// What every commit waits for at least. Beside the report, which may be another disk than that of the data.
fn sync_time(folder: &Path) -> anyhow::Result<Duration> {
    let mut file = tempfile::tempfile_in(folder)?;
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let begin = Instant::now();
        file.write_all(&[0; 8 * 1024])?;
        file.sync_data()?;
        times.push(begin.elapsed());
    }
    times.sort_unstable();
    Ok(percentile(&times, 500))
}
