//! Told to stop while everybody files: what was committed was answered, and the daemon ends with 0.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::Scene;
use crate::daemon::stage::PASSWORD;
use crate::support::daemon::{agent, basic};

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
fn a_stop_under_load_answers_all_that_was_accepted_on_sqlite() {
    every_accepted_request_is_answered(&Scene::on_sqlite());
}

#[test]
fn a_stop_under_load_answers_all_that_was_accepted_on_postgresql() {
    every_accepted_request_is_answered(&Scene::on_postgres());
}
