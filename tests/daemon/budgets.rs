//! Limits of emails apply across daemons, and survive their stops and kills.

use serde_json::json;

use super::stage::{PASSWORD, Stage};
use crate::support::daemon::{Daemon, agent, basic};
use crate::support::postgres::Cluster;

/// Requests a bundle from a person. Returns the status, and the seconds of `Retry-After`.
fn ask(daemon: &Daemon, who: &str, whom: &str, bundle: &str) -> (u16, Option<u64>) {
    let body = json!({ "user_target": whom, "user_allowed": who, "bundle": bundle });
    let post =
        agent().post(format!("{}/api/bundle_permission_request/", daemon.url)).header("authorization", basic(who, PASSWORD));
    let answer = post.header("content-type", "application/json").send(body.to_string()).unwrap();
    let again = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().parse().unwrap());
    (answer.status().as_u16(), again)
}

const TARGET: &str = "COUNTERSIGN__LIMITS__TARGET_LETTERS";
const INITIATOR: &str = "COUNTERSIGN__LIMITS__INITIATOR_DAILY";
const DOMAIN: &str = "COUNTERSIGN__LIMITS__DOMAIN_HOURLY";

fn emails_stay_counted(database: &str) {
    let stage = Stage::set(database);
    let [ann, max, joe] = ["ann@example.org", "max@mail.example", "joe@mail.example"].map(|who| stage.user(who));
    for who in ["bob@example.org", "eve@example.org"] {
        stage.user(who);
    }
    // Two emails to Ann, two a day by Bob, two to a mail domain: each limit is used up over three daemons, one of which was
    // killed and one stopped. The limit of a domain applies to everybody, those of one person's emails to Ann or in all only to
    // that person.
    for (settings, who, whom, somebody_else, other) in [
        ([(TARGET, "2"), (INITIATOR, "0"), (DOMAIN, "0")], "eve@example.org", [&ann, &ann, &ann], "bob@example.org", 201),
        ([(TARGET, "0"), (INITIATOR, "2"), (DOMAIN, "0")], "bob@example.org", [&ann, &ann, &ann], "eve@example.org", 201),
        ([(TARGET, "0"), (INITIATOR, "0"), (DOMAIN, "2")], "bob@example.org", [&max, &joe, &max], "eve@example.org", 429),
    ] {
        let asked = [0, 1, 2].map(|n: usize| {
            let bundle = stage.bundle(&format!("{who} {n} {}", whom[n].email), Some(whom[n].id));
            (whom[n].email.as_str(), format!("/api/bundle/{}/", bundle.0))
        });
        let ask = |daemon: &Daemon, who: &str, n: usize| ask(daemon, who, asked[n].0, &asked[n].1);
        let mut first = Daemon::start(database, &settings);
        assert_eq!(ask(&first, who, 0).0, 201);
        first.kill();
        let mut second = Daemon::start(database, &settings);
        assert_eq!(ask(&second, who, 1).0, 201);
        assert_eq!(second.stop(), Some(0));
        let third = Daemon::start(database, &settings);
        let (status, again) = ask(&third, who, 2);
        assert_eq!(status, 429, "{settings:?}");
        assert!(again.is_some_and(|seconds| seconds > 60), "{again:?}");
        assert_eq!(ask(&third, somebody_else, 2).0, other, "{settings:?}");
    }
}

#[test]
fn limits_of_emails_survive_kills_and_stops_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    emails_stay_counted(&format!("sqlite:{}", folder.path().join("budgets.db").display()));
}

#[test]
fn limits_of_emails_survive_kills_and_stops_on_postgresql() {
    emails_stay_counted(&Cluster::shared().create_empty_database());
}
