//! systemd's notifications, received as systemd does, by a socket that is named in the environment.

use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::daemon::agent;

/// A socket like systemd's, and a daemon that knows it.
struct Service {
    folder: tempfile::TempDir,
    socket: UnixDatagram,
    child: Child,
}

impl Service {
    fn start(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = UnixDatagram::bind(folder.path().join("notify")).unwrap();
        socket.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .current_dir(folder.path())
            .env("NOTIFY_SOCKET", folder.path().join("notify"))
            .env("COUNTERSIGN__SERVER__LISTEN", "127.0.0.1:0")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { folder, socket, child }
    }

    /// The next notification.
    fn hear(&self) -> String {
        let mut message = [0; 512];
        let length = self.socket.recv(&mut message).expect("it says something within a minute");
        String::from_utf8_lossy(&message[..length]).into_owned()
    }

    fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_notifies_that_it_is_ready_and_that_it_stops() {
    let mut service = Service::start(&[]);
    let ready = service.hear();
    let address = ready.trim_end().strip_prefix("READY=1\nSTATUS=listening on ").unwrap_or_else(|| panic!("{ready}"));
    // Once and at once, since a client that waits for READY=1 must not need a second try.
    let answer = agent().get(format!("http://{address}/readyz")).call().unwrap();
    assert_eq!(answer.status(), 200);
    assert!(service.folder.path().join("countersign.db").exists());
    service.signal("-TERM");
    assert_eq!(service.hear(), "STOPPING=1\nSTATUS=finishing what was accepted\n");
    assert_eq!(service.child.wait().unwrap().code(), Some(0));
}

#[test]
fn it_notifies_the_watchdog_while_it_answers() {
    let service = Service::start(&[("WATCHDOG_USEC", "400000")]);
    assert!(service.hear().starts_with("READY=1\n"));
    for _ in 0..3 {
        assert_eq!(service.hear(), "WATCHDOG=1\n");
    }
    service.signal("-STOP");
    // Notifications from before the stop may still be queued. Then there is silence for longer than the watchdog's interval.
    service.socket.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let mut message = [0; 512];
    let left = (0..10).take_while(|_| service.socket.recv(&mut message).is_ok()).count();
    assert!(left <= 1, "{left}");
}

#[test]
fn a_watchdog_for_another_process_is_not_notified() {
    let service = Service::start(&[("WATCHDOG_USEC", "400000"), ("WATCHDOG_PID", "1")]);
    assert!(service.hear().starts_with("READY=1\n"));
    service.socket.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    assert!(service.socket.recv(&mut [0; 512]).is_err());
}
