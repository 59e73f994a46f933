//! A disk that is full in the middle: what cannot be stored is refused, and when there is room again all goes on.

use std::path::PathBuf;
use std::process::Command;

use super::{Scene, skipped};

/// A small disk of its own, unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: PathBuf) -> Option<Self> {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=16m", "tmpfs"]).arg(&at).output();
        mounted.is_ok_and(|mounted| mounted.status.success()).then_some(Self(at))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(folder.path().to_owned()) else {
        return skipped("a full disk", "mounting a tmpfs needs root");
    };
    let filler = disk.0.join("filler");
    let mut scene = Scene::on_sqlite_in(folder);
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready() && scene.client.work(&daemon.url), "{}", scene.client.story());
    for round in 0..2 {
        for _ in 0..6 {
            scene.client.more();
        }
        // All that is left of the disk.
        let mut file = std::fs::File::create(&filler).unwrap();
        let full = std::io::Write::write_all(&mut file, &vec![0; 32 << 20]);
        assert!(full.is_err(), "the disk is full");
        let is_refused = !scene.client.work(&daemon.url);
        assert!(is_refused, "round {round}: a full disk takes nothing: {}", scene.client.story());
        let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
        drop(file);
        std::fs::remove_file(&filler).unwrap();
        while !scene.client.work(&daemon.url) {
            assert!(std::time::Instant::now() < end, "{}", scene.client.story());
            scene.client.let_time_pass();
        }
    }
    assert_eq!(daemon.stop(), Some(0));
    scene.crashes = 2;
    scene.finish();
    drop(disk);
}
