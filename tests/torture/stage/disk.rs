//! The folder of a stage, which can be a disk of its own that is soon full.
//!
//! A small disk is a tmpfs, which only root can mount; without it that fault cannot be had.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use nix::unistd::Uid;
use uuid::Uuid;

/// Whether a disk can be made.
pub fn can_be_small() -> bool {
    Uid::effective().is_root() && cfg!(target_os = "linux")
}

/// Gone when dropped.
pub struct Folder {
    path: PathBuf,
    is_mounted: bool,
}

impl Folder {
    pub fn new(disk_mb: Option<u32>) -> Self {
        // Short: a socket's path has room for 107 bytes.
        let name = format!("cbd-torture-{}", &Uuid::new_v4().simple().to_string()[..8]);
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).expect("a folder can be made");
        if let Some(megabytes) = disk_mb {
            let mut mount = Command::new("mount");
            mount.args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"]).arg(&path);
            assert!(mount.status().is_ok_and(|status| status.success()), "root can mount a tmpfs");
        }
        let folder = Self { path, is_mounted: disk_mb.is_some() };
        // PostgreSQL runs as somebody else when this is run by root.
        fs::set_permissions(&folder.path, fs::Permissions::from_mode(0o755)).expect("it is ours");
        folder
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes until nothing more fits.
    pub fn fill(&self) {
        let mut ballast = fs::File::create(self.ballast()).expect("a file has room");
        for size in [1 << 20, 1 << 12, 1] {
            let block = vec![0; size];
            while ballast.write_all(&block).is_ok() {}
        }
    }

    pub fn empty(&self) {
        fs::remove_file(self.ballast()).expect("it was filled");
    }

    fn ballast(&self) -> PathBuf {
        self.path.join("ballast")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.is_mounted {
            let _ = Command::new("umount").arg("--lazy").arg(&self.path).status();
        }
        let deadline = Instant::now() + Duration::from_secs(10);
        // Whoever is ending may still write to it.
        while fs::remove_dir_all(&self.path).is_err() && self.path.exists() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
