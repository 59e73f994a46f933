//! The permissions of files: for their owner only from their creation on, through no link, and one database under any name.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use super::Desk;
use super::daemon::Running;
use crate::support::{skipped, wait_until};

/// The command under a umask that lets everybody read.
fn open_handed(desk: &Desk, wrapper: &[&str], arguments: &[&str]) -> Command {
    let plain = desk.command(&[]);
    let mut command = Command::new("sh");
    command.args(["-c", "umask 022; exec \"$@\"", "sh"]).args(wrapper).arg(plain.get_program()).args(arguments);
    for (name, _) in plain.get_envs().filter(|(_, value)| value.is_none()) {
        command.env_remove(name);
    }
    command.current_dir(desk.path("")).stdin(std::process::Stdio::null());
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    command
}

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn all_files_of_a_daemon_are_for_its_owner_only() {
    let desk = Desk::new();
    let mut command = open_handed(&desk, &[], &["serve"]);
    command.env("COUNTERSIGN__SERVER__LISTEN", "127.0.0.1:0").env("COUNTERSIGN__MAIL__TRANSPORT", "file");
    let running = Running::of(command);
    assert_ne!(running.url, "");
    let added = open_handed(&desk, &[], &["user", "add", "ann@example.org"]).output().unwrap();
    assert!(added.status.success());
    let names = ["countersign.db", "countersign.db-wal", "countersign.db-shm", "countersign.db.lock", "countersign.key"];
    for name in names {
        assert_eq!(mode(&desk.path(name)), 0o600, "{name}");
    }
    assert_eq!(mode(&desk.path("mail")), 0o700);
    // So are the files that libraries create beside them.
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.id())).unwrap();
    assert!(status.contains("\nUmask:\t0077\n"), "{status}");
    assert_eq!(running.stop("-TERM").0, Some(0));
}

#[test]
fn manual_pages_are_for_everybody() {
    let desk = Desk::new();
    assert!(open_handed(&desk, &[], &["man", "pages"]).output().unwrap().status.success());
    assert_eq!(mode(&desk.path("pages/countersign.1")), 0o644);
}

#[test]
fn a_copy_and_its_files_are_for_their_owner_only_from_their_creation_on() {
    if Command::new("strace").args(["-f", "-qq", "-o", "/dev/null", "true"]).status().is_err() {
        return skipped("the rights of a copy while it is written", "strace is not there");
    }
    let desk = Desk::new();
    desk.add(&["user", "add", "ann@example.org"]);
    let strace = ["strace", "-f", "-qq", "-o", "trace", "-e", "trace=openat,chmod,fchmod"];
    let traced = |arguments: &[&str]| {
        let done = open_handed(&desk, &strace, arguments).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        std::fs::read_to_string(desk.path("trace")).unwrap()
    };
    // Opening an existing file creates nothing, whatever permissions the call names.
    let made = |trace: &str, name: &str| {
        let line = trace.lines().find(|line| line.contains(name) && line.contains("O_CREAT"));
        line.unwrap_or_else(|| panic!("{trace}")).to_owned()
    };
    let is_private = |trace: &str, name: &str| {
        let made = made(trace, name);
        assert!(made.contains("O_EXCL") && made.contains(", 0600)"), "{made}");
    };
    let backup = traced(&["backup", "copy.db"]);
    is_private(&backup, "copy.db\"");
    assert!(made(&backup, "copy.db-journal\"").contains(", 0600)"), "{backup}");
    assert_eq!(mode(&desk.path("copy.db")), 0o600);
    // A backup that everybody could read is private again after the restore.
    std::fs::set_permissions(desk.path("copy.db"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let restore = traced(&["restore", "copy.db"]);
    is_private(&restore, "countersign.db.restoring\"");
    is_private(&restore, "countersign.db.restored\"");
}

#[test]
fn a_backup_follows_no_link() {
    let desk = Desk::new();
    desk.add(&["user", "add", "ann@example.org"]);
    for to in ["elsewhere.db", "nowhere/at/all.db"] {
        symlink(desk.path(to), desk.path("link.db")).unwrap();
        let refused = desk.run(&["backup", "link.db"]).refusal();
        assert_eq!(refused, "1: countersign: link.db exists already; name a new file");
        assert!(!desk.path(to).exists());
        std::fs::remove_file(desk.path("link.db")).unwrap();
    }
    let left = std::fs::read_dir(desk.path("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = left.collect();
    assert!(left.iter().all(|name| name.starts_with("countersign.db")), "{left:?}");
}

#[test]
fn a_restore_follows_no_link_and_is_for_its_owner_only() {
    let desk = Desk::new();
    desk.add(&["user", "add", "ann@example.org"]);
    desk.run(&["backup", "copy.db"]).json();
    std::fs::set_permissions(desk.path("copy.db"), std::fs::Permissions::from_mode(0o644)).unwrap();
    for name in ["countersign.db.restoring", "countersign.db.restored"] {
        symlink(desk.path("elsewhere.db"), desk.path(name)).unwrap();
    }
    let restored = open_handed(&desk, &[], &["restore", "copy.db"]).output().unwrap();
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    assert!(!desk.path("elsewhere.db").exists());
    assert_eq!(mode(&desk.path("countersign.db")), 0o600);
}

/// A daemon on the database under this name. Returns its error, or none if it serves.
fn refusal(desk: &Desk, name: &str) -> Option<String> {
    let mut command = desk.command(&["serve"]);
    command.env("COUNTERSIGN__SERVER__LISTEN", "127.0.0.1:0").env("COUNTERSIGN__DATABASE__URL", format!("sqlite:{name}"));
    command.env("COUNTERSIGN__SERVER__KEY_FILE", "countersign.key");
    let second = Running::of(command);
    if second.url.is_empty() { Some(second.ended().1) } else { None }
}

#[test]
fn one_database_file_has_one_daemon_under_any_name() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("below")).unwrap();
    let running = Running::start(&desk, &[]);
    symlink(desk.path("countersign.db"), desk.path("below/symbolic.db")).unwrap();
    symlink(desk.path(""), desk.path("below/here")).unwrap();
    let absolute = desk.text("countersign.db");
    for name in [
        "countersign.db",
        "./below/../countersign.db",
        &absolute,
        "below/symbolic.db",
        "below/here/countersign.db",
        "below/hard.db",
    ] {
        // A file with a second name is refused under each of them, which would hide the lock.
        let is_hard = name == "below/hard.db";
        if is_hard {
            std::fs::hard_link(desk.path("countersign.db"), desk.path(name)).unwrap();
        }
        let said = refusal(&desk, name).unwrap_or_else(|| panic!("a second daemon serves {name}"));
        let why = if is_hard { "another name (a hard link)" } else { "another countersign already runs on" };
        assert!(said.contains(why), "{name}: {said}");
        let url = format!("sqlite:{name}");
        let settings = [("COUNTERSIGN__DATABASE__URL", url.as_str())];
        let restore = desk.run_with(&["restore"], &settings);
        assert_eq!(restore.code, Some(1), "{name}: {}", restore.out);
        let copy = desk.run(&["copy", "--from", &url, "--to", "sqlite:below/new.db"]);
        assert_eq!(copy.code, Some(1), "{name}: {}", copy.out);
    }
    // While it has two names, its journal could be beside either, so it is not opened under the second one.
    let url = format!("sqlite:{}", desk.text("below/hard.db"));
    let listed = desk.run_with(&["user", "list"], &[("COUNTERSIGN__DATABASE__URL", &url)]);
    assert!(listed.refusal().contains("has another name (a hard link)"), "{}", listed.err);
    std::fs::remove_file(desk.path("below/hard.db")).unwrap();
    desk.add(&["user", "add", "ann@example.org"]);
    assert_eq!(running.stop("-TERM").0, Some(0));
    // Its lock is free again.
    let again = Running::start(&desk, &[]);
    assert_ne!(again.url, "");
}

#[test]
fn one_database_file_has_one_daemon_under_any_mount() {
    let desk = Desk::new();
    let running = Running::start(&desk, &[]);
    std::fs::write(desk.path("mounted.db"), "").unwrap();
    let bind = |arguments: &[&str]| Command::new("mount").args(arguments).current_dir(desk.path("")).output();
    if !bind(&["--bind", "countersign.db", "mounted.db"]).is_ok_and(|done| done.status.success()) {
        return skipped("a database that is mounted by another name", "mount may not be used here");
    }
    let said = refusal(&desk, "mounted.db");
    wait_until("the mount to end", || {
        let ended = Command::new("umount").arg("mounted.db").current_dir(desk.path("")).output().unwrap();
        ended.status.success().then_some(())
    });
    assert!(said.is_some_and(|said| said.contains("another countersign already runs on mounted.db")));
    assert_eq!(running.stop("-TERM").0, Some(0));
}
