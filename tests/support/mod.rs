//! The tests' common fixtures and servers.

pub(crate) mod daemon;
pub(crate) mod disk;
pub(crate) mod faulty_smtp;
pub(crate) mod fixture;
pub(crate) mod http;
pub(crate) mod over;
pub(crate) mod postgres;
pub(crate) mod proxies;
pub(crate) mod proxy;
pub(crate) mod smtp;
pub(crate) mod tls;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Repeats until there is a result; fails after 20 seconds.
pub(crate) fn wait_until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < end, "waited in vain for {what}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

/// A folder for databases that need not survive a crash: in memory if there is a gigabyte of it, because a file system on disk
/// spends most of the time of a `CREATE DATABASE` on the inodes of its 300 files.
pub(crate) fn fast_folder() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let free = nix::sys::statvfs::statvfs(memory).map(|found| found.blocks_available() * found.fragment_size());
    if free.is_ok_and(|bytes| bytes > 1 << 30) { memory.to_owned() } else { std::env::temp_dir() }
}

/// Reports that a case is skipped here, and why, so that it does not look passed. `scripts/test` names the file in which
/// skipped cases are collected, and lists them at its end.
pub(crate) fn skipped(what: &str, why: &str) {
    let line = format!("skipped: {what}: {why}\n");
    // Not by `eprintln`, which is shown only for failed tests.
    let _ = std::io::stderr().write_all(line.as_bytes());
    if let Some(list) = std::env::var_os("SKIPPED_CASES") {
        let list = std::fs::OpenOptions::new().create(true).append(true).open(list);
        // Whole lines, from several tests at once.
        list.and_then(|mut list| list.write_all(line.as_bytes())).expect("what is skipped is counted");
    }
}
