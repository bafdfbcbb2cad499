//! The files of the spool: across starts, over full and broken disks, with cut and damaged ends.

use std::path::Path;

use super::*;
use crate::ingest::spool::entry::{self, tests::callback};

fn open(path: &Path) -> Log {
    Log::open(Folder::open(path).unwrap()).unwrap()
}

fn payload(n: u64) -> Vec<u8> {
    entry::encode(&callback(&format!("{{\"n\":{n}}}")), Utc::now())
}

/// Everything, in order, and nothing left.
fn drain(log: &mut Log) -> Vec<u64> {
    let mut all = Vec::new();
    while let Some(segment) = log.oldest() {
        let contents = log.read(&segment).unwrap();
        all.extend(contents.entries.iter().map(|entry| number(&entry.new.body)));
        log.remove(&segment).unwrap();
    }
    assert_eq!((log.entries(), log.bytes()), (0, 0));
    all
}

fn number(body: &[u8]) -> u64 {
    serde_json::from_slice::<serde_json::Value>(body).unwrap()["n"].as_u64().unwrap()
}

fn files(path: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(path).unwrap().map(|found| found.unwrap().path());
    let mut files: Vec<_> = all.filter(|path| path.extension().is_some()).collect();
    files.sort();
    files
}

#[test]
fn what_was_appended_is_there_after_a_start_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    log.append(&[payload(1), payload(2)]).unwrap();
    log.append(&[payload(3)]).unwrap();
    drop(log);
    let mut log = open(folder.path());
    assert_eq!(log.entries(), 3);
    log.append(&[payload(4)]).unwrap();
    assert_eq!(files(folder.path()).len(), 2, "a file of another life is not added to");
    assert_eq!(drain(&mut log), [1, 2, 3, 4]);
    assert_eq!(files(folder.path()), [] as [PathBuf; 0]);
}

#[test]
fn a_file_that_is_long_enough_is_followed_by_another() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let large = |n: u64| {
        entry::encode(&callback(&format!("{{\"n\":{n},\"x\":\"{}\"}}", "x".repeat(1 << 20))), Utc::now())
    };
    for n in 0..10 {
        log.append(&[large(n)]).unwrap();
    }
    assert_eq!(files(folder.path()).len(), 3);
    assert_eq!(drain(&mut log), (0..10).collect::<Vec<_>>());
}

#[test]
fn after_a_failed_sync_a_file_is_never_written_again_and_its_end_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    log.append(&[payload(1)]).unwrap();
    // Takes every write and refuses every sync.
    let null = File::options().write(true).open("/dev/null").unwrap();
    log.open.as_mut().unwrap().0 = null;
    assert!(log.append(&[payload(2)]).is_err());
    assert_eq!(log.entries(), 1);
    log.append(&[payload(3)]).unwrap();
    let [first, second] = &files(folder.path())[..] else { panic!("two files") };
    assert!(first < second);
    assert_eq!(drain(&mut log), [1, 3]);
}

#[test]
fn a_full_disk_refuses_and_a_disk_with_room_again_takes() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    log.append(&[payload(1)]).unwrap();
    log.open.as_mut().unwrap().0 = File::options().write(true).open("/dev/full").unwrap();
    let error = log.append(&[payload(2)]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    log.append(&[payload(3)]).unwrap();
    assert_eq!(drain(&mut log), [1, 3]);
}

#[test]
fn whatever_becomes_of_the_last_write_what_was_acknowledged_before_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    log.append(&[payload(1), payload(2)]).unwrap();
    let acknowledged = usize::try_from(log.bytes()).unwrap();
    log.append(&[payload(3)]).unwrap();
    drop(log);
    let file = files(folder.path()).remove(0);
    let whole = fs::read(&file).unwrap();
    // Each byte is tried with the records alone; here it is that files are opened so.
    for at in (acknowledged..whole.len()).step_by(31) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        for bytes in [&whole[..at], &flipped] {
            fs::write(&file, bytes).unwrap();
            let mut log = open(folder.path());
            assert_eq!(log.read(&log.closed[0].clone()).unwrap().damaged, 0);
            assert_eq!(drain(&mut log), [1, 2], "cut or flipped at {at}");
        }
    }
}

#[test]
fn damage_in_the_middle_costs_one_entry_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    for n in 1..=3 {
        log.append(&[payload(n)]).unwrap();
    }
    drop(log);
    let file = files(folder.path()).remove(0);
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    let mut log = open(folder.path());
    let segment = log.oldest().unwrap();
    let contents = log.read(&segment).unwrap();
    assert_eq!((contents.entries.len(), contents.damaged), (2, 1));
    let kept = log.set_aside(&segment).unwrap();
    assert!(kept.is_file() && log.oldest().is_none());
}

#[test]
fn a_drained_file_that_stays_is_not_read_again_and_goes_when_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    log.append(&[payload(1)]).unwrap();
    let segment = log.oldest().unwrap();
    // Also root cannot remove a folder as if it were a file.
    let file = files(folder.path()).remove(0);
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    log.remove(&segment).unwrap_err();
    assert!(log.oldest().is_none() && !log.clear_away());
    assert_eq!((log.entries(), log.bytes()), (0, 0));
    log.append(&[payload(2)]).unwrap();
    assert_eq!(drain(&mut log), [2], "others are drained meanwhile");
    fs::remove_dir(&file).unwrap();
    fs::write(&file, "it can be removed again").unwrap();
    assert!(log.clear_away() && !file.exists());
}

#[test]
fn a_drained_file_that_somebody_has_removed_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    log.append(&[payload(1)]).unwrap();
    let segment = log.oldest().unwrap();
    fs::remove_file(&files(folder.path())[0]).unwrap();
    log.remove(&segment).unwrap();
    assert!(log.clear_away());
}

#[test]
fn a_folder_has_one_process_and_one_format() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool");
    let first = Folder::open(&path).unwrap();
    let error = Folder::open(&path).unwrap_err().to_string();
    assert!(error.contains(&format!("process {}", std::process::id())), "{error}");
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o700);
    drop(first);
    fs::write(path.join(format!("{:016x}-{:016x}.v2", 1, 2)), "from the future").unwrap();
    let error = Log::open(Folder::open(&path).unwrap()).unwrap_err().to_string();
    assert!(error.contains("its format is 2") && error.contains("reads 1"), "{error}");
}
