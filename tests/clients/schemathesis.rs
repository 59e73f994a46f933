//! Schemathesis reads `/openapi.json` and sends valid and invalid calls: none ends in a 5xx, and no answer contradicts the
//! description. The seed is fixed; the time is bounded.

use std::process::Command;

use serde_json::{Value, json};

use super::stage::{PASSWORD, Stage, finish, installed};
use crate::support::daemon::basic;
use crate::support::fixture::{Fixture, Kind};

/// These checks demand that every value outside the description is refused and every value in it accepted. The originals that
/// we imitate are more lenient in some places and stricter in others.
const NOT_CHECKED: &str = "negative_data_rejection,positive_data_acceptance,missing_required_header";

#[test]
fn no_answer_breaks_the_description() {
    let fixture = Fixture::new(Kind::Sqlite);
    let stage = Stage::set(&fixture, &[("COUNTERSIGN__SHARES__OPEN_CLAIM", "true")]);
    // The values of the description's examples, which are sent first.
    stage.user("ann@example.org", &["--admin", "--tenant", "iten4TXq7en3qtu3JREnE5tSLRf9zLod"]);
    stage.user("bob@example.org", &[]);
    stage.add(&["group", "add", "friends", "--member", "bob@example.org"]);
    stage.add(&["bundle", "add", "coach"]);
    stage.add(&["bundle", "add", "Sleep data", "--owner", "ann@example.org"]);
    stage.add(&["resource", "add", "iq__2hAJPCjqo1wbobPvB7wb1x", "--owner", "ann@example.org", "--kind", "fabric"]);
    stage.add(&["resource", "add", "/files/files/1", "--owner", "ann@example.org"]);
    let post = |who: &str, path: &str, body: Value| {
        let answer = stage.daemon.post(path, &basic(who, PASSWORD), &body).unwrap();
        assert_eq!(answer.status, 201, "{path}: {}", answer.body);
    };
    let asked = json!({ "user_target": "/api/user/1/", "user_allowed": "/api/user/2/", "bundle": "/api/bundle/2/" });
    post("bob", "/api/bundle_permission_request/", asked);
    let given = json!({ "user_target": "/api/user/1/", "user_allowed": "/api/user/2/", "bundle": "/api/bundle/1/" });
    post("ann", "/api/bundle_permission/", given);

    let mut command = Command::new(installed("schemathesis", "bin/schemathesis"));
    let document = format!("{}/openapi.json", stage.daemon.url);
    command.args(["run", &document, "--url", &stage.daemon.url, "--auth", &format!("ann:{PASSWORD}")]);
    command.args(["--phases", "examples,coverage,fuzzing", "--checks", "all", "--exclude-checks", NOT_CHECKED]);
    command.args(["--seed", "1", "--max-examples", "15", "--suppress-health-check", "all", "--continue-on-failure"]);
    command.args(["--generation-database", "none", "--warnings", "off", "--no-color", "--output-truncate", "false"]);
    command.args(["--request-timeout", "60"]).current_dir(fixture.file_path().parent().unwrap());
    let said = finish(command);
    assert!(said.is_success, "{}{}", said.out, said.err);
    assert!(said.out.contains("No issues found"), "{}", said.out);
}
