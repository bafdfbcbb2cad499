//! Every secret that a test gives to a server or a command, and a look at everything that these say: none may be in it.
//!
//! Secrets are known for the whole test program, so that one server's log is also searched for another one's. What is
//! found where a test cannot be failed at once (a log line, written by some task) fails the next server that stops.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use memchr::memmem;

/// Shorter ones are found by chance.
const LENGTH_MIN: usize = 10;

static KNOWN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
static FOUND: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn open<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on it may be nowhere.
pub fn register(secret: &str) {
    let secret = secret.trim();
    if secret.len() >= LENGTH_MIN {
        open(&KNOWN).insert(secret.to_owned());
    }
}

/// The secrets among settings: by their names, and the password of a database.
pub fn register_settings<'a>(settings: impl IntoIterator<Item = (&'a str, &'a str)>) {
    for (name, value) in settings {
        let end = name.strip_suffix("_PREVIOUS").unwrap_or(name);
        if ["SECRET", "TOKEN", "PASSWORD", "_KEY"].iter().any(|word| end.ends_with(word)) {
            register(value);
        }
        let url = url::Url::parse(value).ok().filter(|_| name.ends_with("_URL"));
        if let Some(password) = url.as_ref().and_then(url::Url::password) {
            register(password);
        }
    }
}

/// A secret that is in these bytes.
fn find(bytes: &[u8]) -> Option<String> {
    open(&KNOWN).iter().find(|secret| memmem::find(bytes, secret.as_bytes()).is_some()).cloned()
}

/// # Panics
///
/// With the place, if a secret is in what was said there.
pub fn refuse_in(place: &str, said: &[u8]) {
    if let Some(secret) = find(said) {
        panic!("{place} holds the secret {secret:?}:\n{}", String::from_utf8_lossy(said));
    }
}

/// Remembers a secret that is in what was logged.
pub fn look_at_log(line: &[u8]) {
    if let Some(secret) = find(line) {
        open(&FOUND).push(format!("the log holds the secret {secret:?}: {}", String::from_utf8_lossy(line)));
    }
}

/// # Panics
///
/// If a secret was ever logged.
pub fn assert_none_was_logged() {
    let found = std::mem::take(&mut *open(&FOUND));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Reads along what servers in this process log, in the greatest detail that is ours.
pub fn watch_own_log() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let log = tracing_subscriber::fmt()
            .with_env_filter("callbackd=trace,info")
            .with_ansi(false)
            .with_writer(|| Watched)
            .finish();
        tracing::subscriber::set_global_default(log).expect("nobody else logs here");
    });
}

struct Watched;

impl io::Write for Watched {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        look_at_log(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
