//! Letters stay counted: by whichever daemon they were caused, and however often one was stopped or killed since.

use serde_json::json;

use super::stage::{PASSWORD, Stage};
use crate::support::daemon::{Daemon, agent, basic};
use crate::support::postgres::Cluster;

/// Asks Ann for a bundle; the status, and in how many seconds to come again.
fn ask(daemon: &Daemon, who: &str, bundle: &str) -> (u16, Option<u64>) {
    let body = json!({ "user_target": "ann@example.org", "user_allowed": who, "bundle": bundle });
    let post =
        agent().post(format!("{}/api/bundle_permission_request/", daemon.url)).header("authorization", basic(who, PASSWORD));
    let answer = post.header("content-type", "application/json").send(body.to_string()).unwrap();
    let again = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().parse().unwrap());
    (answer.status().as_u16(), again)
}

fn letters_stay_counted(database: &str) {
    let stage = Stage::set(database);
    let ann = stage.user("ann@example.org");
    for who in ["bob@example.org", "eve@example.org"] {
        stage.user(who);
    }
    let bundles: Vec<String> =
        (0..6).map(|n| format!("/api/bundle/{}/", stage.bundle(&format!("b{n}"), Some(ann.id)).0)).collect();
    // Two letters for Ann, two a day by Bob: each used up over three daemons, of which one was killed and one told to stop.
    for (settings, who, other) in [
        ([("COUNTERSIGN__LIMITS__TARGET_LETTERS", "2"), ("COUNTERSIGN__LIMITS__INITIATOR_DAILY", "0")], "eve@example.org", 429),
        ([("COUNTERSIGN__LIMITS__TARGET_LETTERS", "0"), ("COUNTERSIGN__LIMITS__INITIATOR_DAILY", "2")], "bob@example.org", 201),
    ] {
        let of = |n: usize| bundles[if who.starts_with("eve") { n } else { n + 3 }].as_str();
        let mut first = Daemon::start(database, &settings);
        assert_eq!(ask(&first, who, of(0)).0, 201);
        first.kill();
        let mut second = Daemon::start(database, &settings);
        assert_eq!(ask(&second, who, of(1)).0, 201);
        assert_eq!(second.stop(), Some(0));
        let third = Daemon::start(database, &settings);
        let (status, again) = ask(&third, who, of(2));
        assert_eq!(status, 429, "{settings:?}");
        assert!(again.is_some_and(|seconds| seconds > 60), "{again:?}");
        // What Ann is sent is counted for everybody, what Bob causes for him alone.
        let somebody_else = if who.starts_with("eve") { "bob@example.org" } else { "eve@example.org" };
        assert_eq!(ask(&third, somebody_else, of(2)).0, other, "{settings:?}");
    }
}

#[test]
fn letters_stay_counted_through_kills_and_stops_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    letters_stay_counted(&format!("sqlite:{}", folder.path().join("budgets.db").display()));
}

#[test]
fn letters_stay_counted_through_kills_and_stops_on_postgresql() {
    letters_stay_counted(&Cluster::shared().create_empty_database());
}
