//! `serve`: starts once, says where it listens, stops cleanly, and keeps acknowledged changes.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command};

use super::Desk;

/// A daemon on a desk's database, on a free port.
pub(super) struct Running {
    child: Option<Child>,
    out: BufReader<ChildStdout>,
    /// The URL that it printed.
    pub(super) url: String,
}

impl Running {
    pub(super) fn start(desk: &Desk, settings: &[(&str, &str)]) -> Self {
        let mut command = desk.command(&[]);
        command.env("COUNTERSIGN__SERVER__LISTEN", "127.0.0.1:0").envs(settings.iter().copied());
        Self::of(command)
    }

    pub(super) fn of(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap_or_default().to_owned();
        Self { child: Some(child), out, url }
    }

    /// Its next line of output.
    pub(super) fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.out.read_line(&mut line).unwrap() > 0, "it said no more");
        line
    }

    pub(super) fn id(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    pub(super) fn signal(&self, signal: &str) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Sends a signal. Returns the exit code and the log.
    pub(super) fn stop(self, signal: &str) -> (Option<i32>, String) {
        self.signal(signal);
        self.ended()
    }

    /// The exit code and the log of a daemon that ends by itself.
    pub(super) fn ended(mut self) -> (Option<i32>, String) {
        let mut child = self.child.take().unwrap();
        let mut log = String::new();
        child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (child.wait().unwrap().code(), log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn get(url: &str) -> u16 {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
    agent.get(url).call().unwrap().status().as_u16()
}

#[test]
fn it_says_where_it_listens_answers_there_and_stops_with_0() {
    let desk = Desk::new();
    let mut running = Running::start(&desk, &[]);
    assert_eq!(running.line(), format!("emails are not sent but shown at {}/mailbox\n", running.url));
    assert_eq!(get(&format!("{}/healthz", running.url)), 200);
    assert_eq!(get(&format!("{}/readyz", running.url)), 200);
    let (code, log) = running.stop("-TERM");
    assert_eq!(code, Some(0));
    assert!(log.contains("stopped clean=true"), "{log}");
    assert!(log.contains("set server.public_url"), "links that lead elsewhere are worth a word: {log}");
    assert!(!log.contains('\x1b'), "no colours where there is no terminal");
}

/// Behind a proxy the page is closed for everybody.
#[test]
fn the_start_warns_of_emails_that_nobody_would_see() {
    let running = Running::start(&Desk::new(), &[("COUNTERSIGN__SERVER__PUBLIC_URL", "https://access.example.org")]);
    assert_eq!(get(&format!("{}/mailbox", running.url)), 404);
    let (code, log) = running.stop("-TERM");
    assert_eq!(code, Some(0));
    assert!(log.contains("nobody sees them") && log.contains("set mail.transport to smtp or file"), "{log}");
}

#[test]
fn it_says_into_which_folder_it_writes_emails() {
    let desk = Desk::new();
    let mut running = Running::start(&desk, &[("COUNTERSIGN__MAIL__TRANSPORT", "file")]);
    let folder = desk.path("mail").canonicalize().unwrap();
    assert_eq!(running.line(), format!("emails are not sent but written into {}\n", folder.display()));
}

#[test]
fn a_second_daemon_on_one_file_is_refused() {
    let desk = Desk::new();
    let running = Running::start(&desk, &[]);
    // If it starts nevertheless, it prints where it listens, and the test does not wait for it.
    let second = Running::start(&desk, &[]);
    assert_eq!(second.url, "", "a second daemon serves");
    let (code, log) = second.ended();
    assert_eq!(code, Some(1));
    let sentence = "another countersign already runs on countersign.db; stop it first, or use PostgreSQL, which several daemons \
                    can share";
    assert!(log.contains(sentence), "{log}");
    let restore = desk.run(&["restore"]);
    assert!(restore.refusal().contains("another countersign already runs"), "{}", restore.err);
    desk.run(&["backup", "copy.db"]).json();
    assert_eq!(get(&format!("{}/readyz", running.url)), 200);
}

#[test]
fn a_port_in_use_is_reported_with_what_to_change() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = Desk::new().run_with(&["serve"], &[("COUNTERSIGN__SERVER__LISTEN", &address)]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains(&format!("cannot listen on {address}: ")), "{}", refused.err);
    assert!(refused.err.contains("choose another with server.listen"), "{}", refused.err);
}

#[test]
fn rows_added_beside_a_killed_daemon_are_there_after_its_restart() {
    let desk = Desk::new();
    let running = Running::start(&desk, &[]);
    desk.add(&["user", "add", "ann@example.org"]);
    assert_eq!(running.stop("-KILL").0, None);
    let running = Running::start(&desk, &[]);
    assert_eq!(get(&format!("{}/readyz", running.url)), 200);
    assert_eq!(desk.run(&["user", "list"]).json()["email"], "ann@example.org");
    assert_eq!(running.stop("-TERM").0, Some(0));
}

#[test]
fn a_stop_during_the_start_is_clean() {
    let desk = Desk::new();
    for _ in 0..5 {
        assert_eq!(Running::start(&desk, &[]).stop("-TERM").0, Some(0));
    }
}

#[test]
fn the_log_is_json_if_configured() {
    let desk = Desk::new();
    let running = Running::start(&desk, &[("COUNTERSIGN__LOG__FORMAT", "json")]);
    let (code, log) = running.stop("-TERM");
    assert_eq!(code, Some(0));
    let lines: Vec<serde_json::Value> =
        log.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["message"] == "listening"), "{log}");
}
