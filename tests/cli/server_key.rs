//! The instance's own key: generated once, needs no attention, never revealed.

use std::io::Read as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Desk, basic};
use crate::support::daemon::agent;
use crate::support::wait_until;

/// A daemon on the desk's database with the most verbose log.
struct Serving {
    child: std::process::Child,
    url: String,
}

impl Serving {
    fn start(desk: &Desk) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = format!("http://127.0.0.1:{port}");
        let mut command = desk.command(&["serve"]);
        command.env("COUNTERSIGN__SERVER__LISTEN", format!("127.0.0.1:{port}")).env("COUNTERSIGN__SERVER__PUBLIC_URL", &url);
        let log = std::fs::File::options().create(true).append(true).open(desk.path("log")).unwrap();
        command.env("COUNTERSIGN__LOG__LEVEL", "trace").stdout(std::process::Stdio::null()).stderr(log);
        let serving = Self { child: command.spawn().unwrap(), url };
        wait_until("the daemon", || {
            let answer = agent().get(format!("{}/readyz", serving.url)).call().ok()?;
            (answer.status() == 200).then_some(())
        });
        serving
    }

    fn get(&self, path: &str) -> (u16, Value) {
        let mut answer = agent().get(format!("{}{path}", self.url)).call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_json().unwrap_or_default())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Ann with an object, a share of it made by a daemon, and its code.
fn shared(desk: &Desk, daemon: &Serving) -> String {
    let password = "correct horse";
    desk.pipe(&["user", "add", "ann@x.org", "--tenant", "iten1", "--password-stdin"], password).json();
    desk.run(&["resource", "add", "iq__film", "--owner", "ann@x.org", "--kind", "fabric"]).json();
    let request =
        agent().post(format!("{}/as/sharing/iten1/share", daemon.url)).header("authorization", basic("ann@x.org", password));
    let body = json!({ "object_ids": ["iq__film"] }).to_string();
    let mut answer = request.header("content-type", "application/json").send(body).unwrap();
    let said: Value = answer.body_mut().read_json().unwrap();
    said["share_id"].as_str().unwrap_or_else(|| panic!("{said}")).to_owned()
}

#[test]
fn the_key_is_generated_beside_the_database_at_the_first_start_and_links_survive_restarts() {
    let desk = Desk::new();
    let daemon = Serving::start(&desk);
    let code = shared(&desk, &daemon);
    let path = desk.path("countersign.key");
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(STANDARD.decode(text.trim()).unwrap().len(), 32);
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
    drop(daemon);
    let daemon = Serving::start(&desk);
    assert_eq!(daemon.get(&format!("/as/sharing/share/{code}/info")).0, 200);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_wrong_or_missing_key_is_refused_until_it_is_renewed() {
    let desk = Desk::new();
    let daemon = Serving::start(&desk);
    let code = shared(&desk, &daemon);
    let running = desk.run(&["server-key", "renew"]);
    assert_eq!(running.code, Some(1), "not under a daemon's feet: {}", running.err);
    drop(daemon);
    let path = desk.path("countersign.key");
    let first = std::fs::read_to_string(&path).unwrap();
    let start = || {
        let said = desk.run_with(&["serve"], &[("COUNTERSIGN__SERVER__LISTEN", "127.0.0.1:0")]);
        (said.code, said.err.lines().last().unwrap_or_default().to_owned())
    };

    std::fs::remove_file(&path).unwrap();
    let (code_, refusal) = start();
    assert_eq!(code_, Some(1));
    assert!(refusal.contains("is missing") && refusal.contains("server-key renew"), "{refusal}");
    assert!(!path.exists(), "a daemon that does not start leaves no key of its own");

    let other = STANDARD.encode([7; 32]);
    std::fs::write(&path, &other).unwrap();
    let (code_, refusal) = start();
    assert_eq!(code_, Some(1));
    assert!(refusal.contains("not the one") && refusal.contains("--keep-file"), "{refusal}");
    assert!(!refusal.contains(&other) && !refusal.contains(first.trim()));

    std::fs::write(&path, "garbage").unwrap();
    let (code_, refusal) = start();
    assert_eq!(code_, Some(1));
    assert!(refusal.contains("holds no key"), "{refusal}");

    std::fs::write(&path, &first).unwrap();
    assert_eq!(Serving::start(&desk).get(&format!("/as/sharing/share/{code}/info")).0, 200, "with its own it goes on");

    let renewed = desk.run(&["server-key", "renew"]);
    assert_eq!(renewed.json()["links"], "renewed");
    let second = std::fs::read_to_string(&path).unwrap();
    assert_ne!(second, first);
    let dead = |what: &str| assert_eq!(Serving::start(&desk).get(&format!("/as/sharing/share/{code}/info")).0, 404, "{what}");
    dead("what was given out before is dead");
    std::fs::write(&path, &other).unwrap();
    assert_eq!(desk.run(&["server-key", "renew", "--keep-file"]).json()["links"], "renewed");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), other);
    dead("and stays so");
    std::fs::remove_file(&path).unwrap();
    assert_eq!(desk.run(&["server-key", "renew", "--keep-file"]).code, Some(1));
    let events = desk.run(&["audit", "export"]).out;
    assert_eq!(events.matches("server_key.renewed").count(), 2, "{events}");
    assert_eq!(desk.run(&["audit", "verify"]).code, Some(0));
}

#[test]
fn no_code_token_or_key_is_in_the_log_at_its_most_verbose() {
    let desk = Desk::new();
    let daemon = Serving::start(&desk);
    let code = shared(&desk, &daemon);
    let (status, said) = daemon.get(&format!("/as/sharing/share/{code}/token"));
    assert_eq!(status, 200);
    let token = said["token"].as_str().unwrap().to_owned();
    let wrong = format!("csl_{}", code[4..].chars().rev().collect::<String>());
    assert_eq!(daemon.get(&format!("/as/sharing/share/{wrong}/info")).0, 404);
    let key = std::fs::read_to_string(desk.path("countersign.key")).unwrap();
    drop(daemon);
    let mut log = String::new();
    std::fs::File::open(desk.path("log")).unwrap().read_to_string(&mut log).unwrap();
    assert!(log.contains("/as/sharing/share/{share_id}/token"), "it says what was called");
    for secret in [&code, &wrong, &token, key.trim(), "correct horse"] {
        assert!(!log.contains(secret) && !log.contains(&secret[secret.len() / 2..]), "{secret}");
    }
}
