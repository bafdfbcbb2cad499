//! Making a cluster and running it under its shell.
//!
//! The decision worth arguing about: `fsync` stays on. Development data is data, and a server that acknowledges only
//! what is durable must not learn bad habits from the database that it is developed with.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};

use super::find::Programs;
use super::place::Place;
use super::{Error, NAME, Options};

/// Runs the command in its arguments and names its process. It ends by itself, or is shut down ("fast", SIGINT) when
/// standard input closes, which happens however our process ends. The reader is a process of its own: it works even if
/// the waiting shell was killed. `$remove` is a folder to clear away in the end.
const GUARD: &str = r#"
exec 3<&0
"$@" </dev/null 3<&- >&2 &
pid=$!
echo "$pid"
( read -r _ <&3; kill -INT "$pid" 2>/dev/null ) >/dev/null &
reader=$!
exec 3<&- >/dev/null
wait "$pid"
status=$?
kill "$reader" 2>/dev/null
[ -z "$remove" ] || rm -rf -- "$remove"
exit "$status"
"#;

/// A cluster that was started and may not be ready yet.
pub(super) struct Running {
    pub shell: Child,
    pub pipe: Option<ChildStdin>,
    /// PostgreSQL's own process.
    pub pid: i32,
}

/// Makes the cluster if there is none. It is made beside its place and moved there, so that one which was interrupted
/// is never taken for whole.
pub(super) async fn init(place: &Place, programs: &Programs) -> Result<(), Error> {
    if place.major().is_some() {
        return Ok(());
    }
    tracing::info!(version = programs.major, "making the development database");
    let unfinished = place.root.join("data.new");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(Error::io("clearing away an unfinished cluster"))?;
    }
    // macOS has no C.UTF-8; both order by code point, which is what an index and a test want.
    let locale = if cfg!(target_os = "macos") { "C" } else { "C.UTF-8" };
    let mut command = Command::new(programs.bin.join("initdb"));
    place.account.apply(&mut command);
    command
        .args(["--username", NAME, "--auth=trust", "--encoding=UTF8", "--no-instructions"])
        .arg(format!("--locale={locale}"))
        .arg("--pgdata")
        .arg(&unfinished)
        .current_dir(&place.root)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = command.output().await.map_err(Error::io("running initdb"))?;
    if !output.status.success() {
        let text = [output.stdout, output.stderr].concat();
        return Err(Error::Init(String::from_utf8_lossy(&text).into_owned()));
    }
    fs::rename(&unfinished, &place.cluster).map_err(Error::io("moving the new cluster to its place"))
}

pub(super) async fn spawn(
    place: &Place,
    programs: &Programs,
    options: &Options,
    stale: Option<i32>,
    remove: Option<&Path>,
) -> Result<Running, Error> {
    let log = place.new_log().map_err(Error::io("opening PostgreSQL's log"))?;
    let mut command = Command::new("/bin/sh");
    place.account.apply(&mut command);
    command.args(["-c", GUARD, "callbackd-postgres"]).arg(programs.bin.join("postgres"));
    command.arg("-D").arg(&place.cluster);
    for setting in settings(place, options) {
        command.args(["-c", &setting]);
    }
    if let Some(pid) = stale {
        // How pg_ctl tells PostgreSQL that a pid in the lock file is no other PostgreSQL.
        command.env("PG_GRANDPARENT_PID", pid.to_string());
    }
    if let Some(folder) = remove {
        command.env("remove", folder);
    }
    command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
    let mut shell = command.spawn().map_err(Error::io("starting PostgreSQL"))?;
    let pipe = shell.stdin.take();
    let stdout = shell.stdout.take().expect("standard output is a pipe, set just above");
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).await.map_err(Error::io("starting PostgreSQL"))?;
    let pid = line.trim().parse().map_err(|_| Error::Ended(place.end_of_log()))?;
    Ok(Running { shell, pipe, pid })
}

fn settings(place: &Place, options: &Options) -> Vec<String> {
    let listen = if options.tcp_port.is_some() { "127.0.0.1" } else { "" };
    let mut settings = vec![
        format!("listen_addresses={listen}"),
        format!("port={}", options.tcp_port.unwrap_or(super::PORT)),
        format!("unix_socket_directories={}", quoted(&place.socket_dir.display().to_string())),
        "unix_socket_permissions=0700".to_owned(),
        format!("max_connections={}", options.max_connections),
        "cluster_name=callbackd".to_owned(),
        "timezone=UTC".to_owned(),
        "log_timezone=UTC".to_owned(),
        // Standard error is our log file; nothing else may be written elsewhere.
        "logging_collector=off".to_owned(),
        "log_destination=stderr".to_owned(),
        "log_min_messages=warning".to_owned(),
    ];
    settings.extend(options.settings.iter().cloned());
    settings
}

/// The setting is a list, in which a comma or a space would begin another folder.
fn quoted(path: &str) -> String {
    format!("\"{}\"", path.replace('"', "\"\""))
}
