//! A stop while everybody files: committed changes were acknowledged, and the daemon exits with 0.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;

use serde_json::json;

use super::Scene;
use crate::daemon::stage::PASSWORD;
use crate::support::daemon::{agent, basic};
use crate::support::faulty_smtp::{Act, Moment};

const HANDS: usize = 6;
const EACH: usize = 60;

fn every_accepted_request_is_answered(scene: &Scene) {
    let bundles: Vec<i64> = (0..HANDS * EACH).map(|number| scene.client.bundle(&format!("stop {number}"))).collect();
    let mut daemon = scene.daemon("");
    assert!(daemon.is_ready(), "{}", daemon.log());
    let url = daemon.url.clone();
    let (answered, begun) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let code = std::thread::scope(|scope| {
        for mine in bundles.chunks(EACH) {
            let (answered, begun, url) = (&answered, &begun, &url);
            scope.spawn(move || {
                let (agent, bob) = (agent(), basic("bob@example.org", PASSWORD));
                for bundle in mine {
                    let body = json!({ "user_target": "ann@example.org", "user_allowed": "bob@example.org", "bundle": bundle });
                    let post = agent.post(format!("{url}/api/bundle_permission_request/")).header("authorization", &bob);
                    begun.fetch_add(1, Ordering::SeqCst);
                    let Ok(mut answer) = post.header("content-type", "application/json").send(body.to_string()) else { return };
                    assert_eq!(answer.status(), 201);
                    assert!(answer.body_mut().read_to_string().is_ok(), "an answer that begins comes whole");
                    answered.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        crate::support::wait_until("some to be answered", || (answered.load(Ordering::SeqCst) >= 40).then_some(()));
        daemon.stop()
    });
    assert_eq!(code, Some(0), "{}", daemon.log());
    let (answered, begun) = (answered.into_inner(), begun.into_inner());
    assert!(answered < HANDS * EACH && begun > answered, "it stopped in the middle: {answered} of {begun}");
    assert_eq!(scene.client.count("requests", "1 = 1"), answered, "all that was done was answered");
    scene.client.stage.store.read_sync(countersign::store::audit::verify).unwrap().unwrap();
}

#[test]
fn a_stop_under_load_answers_all_accepted_requests_on_sqlite() {
    every_accepted_request_is_answered(&Scene::on_sqlite());
}

#[test]
fn a_stop_under_load_answers_all_accepted_requests_on_postgresql() {
    every_accepted_request_is_answered(&Scene::on_postgres());
}

/// A stop between an email's final dot and the mail server's reply.
#[test]
fn a_stop_waits_for_the_email_that_is_being_sent() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("stop.db").display());
    let (arrived, at_the_dot) = channel();
    let (go_on, gate) = channel::<()>();
    let gate = Mutex::new(gate);
    let scene = Scene::on(folder, database, move |moment, _| {
        if moment == Moment::Dot {
            arrived.send(()).unwrap();
            gate.lock().unwrap().recv().unwrap();
        }
        Act::Go
    });
    let bundle = scene.client.bundle("on its way");
    let mut daemon = scene.daemon_with(&scene.database, "", &[("COUNTERSIGN__MAIL__SMTP__TIMEOUT", "25s")]);
    assert!(daemon.is_ready(), "{}", daemon.log());
    let body = json!({ "user_target": "ann@example.org", "user_allowed": "bob@example.org", "bundle": bundle });
    let filed = daemon.post("/api/bundle_permission_request/", &basic("bob@example.org", PASSWORD), &body).unwrap();
    assert_eq!(filed.status, 201, "{}", filed.body);
    at_the_dot.recv().unwrap();
    let url = daemon.url.clone();
    let code = std::thread::scope(|scope| {
        scope.spawn(move || {
            // It accepts no new connections, so it is stopping.
            let is_closed = || agent().get(format!("{url}/healthz")).call().is_err().then_some(());
            crate::support::wait_until("the daemon to be stopping", is_closed);
            go_on.send(()).unwrap();
        });
        daemon.stop()
    });
    assert_eq!(code, Some(0), "{}", daemon.log());
    assert!(daemon.log().contains("clean=true"), "{}", daemon.log());
    assert_eq!(scene.client.count("outbox", "state = 'sent'"), 1, "what became of it is written down");
    assert_eq!(scene.smtp.heard().emails.len(), 1);
}
