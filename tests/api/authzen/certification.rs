//! The certification scenario of the OpenID Foundation (`certification/authorization-api-1_0-scenario.md` in openid/authzen),
//! levels Basic Core, Batch Core, Search Core and Discovery, section by section, against a running daemon with the fixture that
//! one command imports.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{EVALUATION, EVALUATIONS};
use crate::cli::Desk;
use crate::support::daemon::{Daemon, agent};
use crate::support::fixture::{Fixture, Kind};

const SUBJECT: &str = "/access/v1/search/subject";
const RESOURCE: &str = "/access/v1/search/resource";
const ACTION: &str = "/access/v1/search/action";
const PUBLIC_URL: &str = "https://pdp.example.com";
const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/api/authzen-certification.toml");

/// The daemon with the fixture, and its API key.
struct Scenario {
    daemon: Daemon,
    key: String,
}

struct Reply {
    status: u16,
    content_type: String,
    request_id: Option<String>,
    text: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

impl Scenario {
    fn load(fixture: &Fixture) -> Self {
        let desk = Desk::new();
        let database = [("COUNTERSIGN__DATABASE__URL", fixture.config.database.url.as_str())];
        assert_eq!(desk.run_with(&["migrate"], &database).code, Some(0));
        let loaded = desk.run_with(&["import", FIXTURE], &database);
        assert_eq!(loaded.code, Some(0), "{}", loaded.err);
        let lines: Vec<Value> = loaded.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let key = lines.iter().find_map(|line| line["key"].as_str()).expect("the key to ask with");
        let daemon = Daemon::start(database[0].1, &[("COUNTERSIGN__SERVER__PUBLIC_URL", PUBLIC_URL)]);
        Self { daemon, key: key.to_owned() }
    }

    fn send(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request =
            agent().post(format!("{}{path}", self.daemon.url)).header("Authorization", format!("Bearer {}", self.key));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut answer = request.send(body).unwrap();
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (content_type, request_id) = (header("content-type").unwrap_or_default(), header("x-request-id"));
        Reply { status: answer.status().as_u16(), content_type, request_id, text: answer.body_mut().read_to_string().unwrap() }
    }

    fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(path, &[("Content-Type", "application/json")], &body.to_string())
    }

    fn ok(&self, path: &str, body: &Value) -> Value {
        let reply = self.post(path, body);
        assert_eq!((reply.status, reply.content_type.as_str()), (200, "application/json"), "{path} {body}: {}", reply.text);
        reply.json()
    }

    /// 2.3: one decision, a boolean.
    fn decision(&self, path: &str, body: &Value) -> bool {
        let answer = self.ok(path, body);
        assert!(answer.get("context").is_none_or(Value::is_object), "{answer}");
        answer["decision"].as_bool().unwrap_or_else(|| panic!("{body}: {answer}"))
    }

    /// 3.3: as many decisions as evaluations, each a boolean.
    fn decisions(&self, body: &Value) -> Vec<bool> {
        let answer = self.ok(EVALUATIONS, body);
        let decisions = answer["evaluations"].as_array().unwrap();
        assert_eq!(decisions.len(), body["evaluations"].as_array().unwrap().len(), "{answer}");
        assert!(answer.get("decision").is_none());
        decisions.iter().map(|decision| decision["decision"].as_bool().unwrap()).collect()
    }

    /// The results of a search, each with its mandatory members and of the requested type.
    fn results(&self, path: &str, body: &Value) -> BTreeSet<String> {
        let answer = self.ok(path, body);
        let results = answer["results"].as_array().unwrap_or_else(|| panic!("{body}: {answer}"));
        assert!(answer.get("page").is_none_or(|page| page["next_token"].is_string()), "{answer}");
        let wanted = if path == SUBJECT { &body["subject"]["type"] } else { &body["resource"]["type"] };
        let name = |result: &Value| {
            if path == ACTION {
                return result["name"].as_str().unwrap().to_owned();
            }
            assert_eq!(&result["type"], wanted);
            result["id"].as_str().unwrap().to_owned()
        };
        results.iter().map(name).collect()
    }

    fn is_bad(&self, path: &str, body: &Value) {
        let reply = self.post(path, body);
        assert_eq!(reply.status, 400, "{path} {body}: {}", reply.text);
    }
}

fn user(id: &str) -> Value {
    json!({ "type": "user", "id": id })
}

fn record(id: &str) -> Value {
    json!({ "type": "record", "id": id })
}

fn act(name: &str) -> Value {
    json!({ "name": name })
}

fn question(subject: &str, action: &str, resource: &str) -> Value {
    json!({ "subject": user(subject), "action": act(action), "resource": record(resource) })
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

fn without(mut body: Value, field: &str) -> Value {
    body.as_object_mut().unwrap().remove(field);
    body
}

fn context() -> Value {
    json!({ "time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1" })
}

#[test]
fn the_levels_pass_on_sqlite() {
    pass(&Fixture::empty(Kind::Sqlite));
}

#[test]
fn the_levels_pass_on_postgres() {
    pass(&Fixture::bare_postgres());
}

fn pass(fixture: &Fixture) {
    let scenario = Scenario::load(fixture);
    basic_core(&scenario);
    errors_and_headers(&scenario);
    batch_core(&scenario);
    search_core(&scenario);
    search_pages_and_errors(&scenario);
    discovery(&scenario);
}

fn basic_core(scenario: &Scenario) {
    let read = question("alice", "read", "record-1");
    let decide = |body: &Value| scenario.decision(EVALUATION, body);
    // 1.4, rules 1 to 4; 2.2.1 and 2.2.2 are the first and the last.
    assert!(decide(&read));
    assert!(decide(&question("alice", "write", "record-1")));
    assert!(decide(&question("bob", "read", "record-1")));
    assert!(!decide(&question("bob", "write", "record-1")));
    // 2.2.3
    assert!(decide(&with(read.clone(), "context", context())));
    // 2.2.8
    let decorated = json!({
        "subject": { "type": "user", "id": "alice", "properties": { "department": "Sales", "role": "manager" } },
        "action": { "name": "read", "properties": { "method": "GET" } },
        "resource": { "type": "record", "id": "record-1", "properties": { "status": "active", "owner": "bob" } }
    });
    assert!(decide(&decorated));
    // 2.2.9
    assert!(decide(&with(with(read.clone(), "foo", json!("bar")), "futureField", json!({ "nested": true }))));
    // 2.6
    assert!((0..5).all(|_| decide(&read)));
}

fn errors_and_headers(scenario: &Scenario) {
    let read = question("alice", "read", "record-1");
    // 2.4.1 and 2.4.2
    for (field, part) in [("subject", "type"), ("subject", "id"), ("action", "name"), ("resource", "type"), ("resource", "id")] {
        scenario.is_bad(EVALUATION, &without(read.clone(), field));
        scenario.is_bad(EVALUATION, &with(read.clone(), field, without(read[field].clone(), part)));
    }
    // 2.4.3
    for headers in [&[("Content-Type", "text/plain")][..], &[("Content-Type", "application/xml")], &[]] {
        assert_eq!(scenario.send(EVALUATION, headers, &read.to_string()).status, 400, "{headers:?}");
    }
    // 2.4.4 and 2.4.5
    for body in ["{ \"subject\": ", "not json", ""] {
        assert_eq!(scenario.send(EVALUATION, &[("Content-Type", "application/json")], body).status, 400, "{body}");
    }
    // 2.4.6
    scenario.is_bad(EVALUATION, &with(read.clone(), "subject", json!("alice")));
    scenario.is_bad(EVALUATION, &with(read.clone(), "action", json!({ "name": 123 })));
    // 2.5, on a result and on an error.
    let id = "bfe9eb29-ab87-4ca3-be83-a1d5d8305716";
    for body in [read.to_string(), String::new()] {
        let reply = scenario.send(EVALUATION, &[("Content-Type", "application/json"), ("X-Request-ID", id)], &body);
        assert_eq!(reply.request_id.as_deref(), Some(id));
        assert_ne!(scenario.send(EVALUATION, &[("Content-Type", "application/json")], &body).request_id.as_deref(), Some(id));
    }
}

fn batch_core(scenario: &Scenario) {
    let resources = json!([{ "resource": record("record-1") }, { "resource": record("record-2") }]);
    // 3.2.1
    let several = json!({ "subject": user("alice"), "action": act("read"), "evaluations": resources });
    assert!(scenario.decisions(&several)[0]);
    // 3.2.2
    let body = json!({
        "subject": user("bob"), "resource": record("record-1"), "evaluations": [{ "action": act("read") }, { "action": act("write") }]
    });
    assert_eq!(scenario.decisions(&body), [true, false]);
    // 3.2.5
    let body = json!({ "evaluations": [question("alice", "read", "record-1"), question("bob", "write", "record-1")] });
    assert_eq!(scenario.decisions(&body), [true, false]);
    // 3.2.6
    let mut body = with(several.clone(), "context", json!({ "time": "2025-06-27T18:03-07:00" }));
    body["evaluations"][1]["context"] = json!({ "time": "2025-06-27T19:00-07:00", "source": "batch-override" });
    assert!(scenario.decisions(&body)[0]);
    // 3.4.1
    let body = json!({
        "subject": user("alice"), "action": act("read"), "options": { "evaluations_semantic": "execute_all" },
        "evaluations": [{ "resource": record("record-1") }, {}]
    });
    assert_eq!(scenario.decisions(&body), [true, false]);
    // 3.4.2 and 3.4.3
    let read = question("alice", "read", "record-1");
    assert!(scenario.decision(EVALUATIONS, &read));
    assert!(scenario.decision(EVALUATIONS, &with(read, "evaluations", json!([]))));
    assert!(!scenario.decision(EVALUATIONS, &question("bob", "write", "record-1")));
    // An error in the whole payload stays an error (the note in 3.4.1).
    scenario.is_bad(EVALUATIONS, &with(several, "subject", json!("alice")));
}

fn search_core(scenario: &Scenario) {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    // 4.2.1 to 4.2.3
    let subjects = json!({ "subject": { "type": "user" }, "action": act("read"), "resource": record("record-1") });
    let found = scenario.results(SUBJECT, &subjects);
    assert!(found.is_superset(&set(&["alice", "bob"])), "{found:?}");
    assert_eq!(scenario.results(SUBJECT, &with(subjects.clone(), "context", context())), found);
    assert_eq!(scenario.results(SUBJECT, &with(subjects, "subject", user("alice"))), found);
    // 4.3.1 to 4.3.3
    let resources = json!({ "subject": user("alice"), "action": act("read"), "resource": { "type": "record" } });
    let found = scenario.results(RESOURCE, &resources);
    assert!(found.contains("record-1"), "{found:?}");
    assert_eq!(scenario.results(RESOURCE, &with(resources.clone(), "context", context())), found);
    assert_eq!(scenario.results(RESOURCE, &with(resources, "resource", record("record-1"))), found);
    // 4.4.1 and 4.4.2
    let actions = json!({ "subject": user("alice"), "resource": record("record-1") });
    let found = scenario.results(ACTION, &actions);
    assert!(found.is_superset(&set(&["read", "write"])), "{found:?}");
    assert_eq!(scenario.results(ACTION, &with(actions, "context", context())), found);
    // 4.6, for each of the three.
    for (path, body) in [
        (ACTION, json!({ "subject": user("nonexistent-user"), "resource": record("record-1") })),
        (ACTION, json!({ "subject": json!({ "type": "spaceship", "id": "alice" }), "resource": record("record-1") })),
        (SUBJECT, json!({ "subject": { "type": "spaceship" }, "action": act("read"), "resource": record("record-1") })),
        (SUBJECT, json!({ "subject": { "type": "user" }, "action": act("read"), "resource": record("record-9") })),
        (RESOURCE, json!({ "subject": user("alice"), "action": act("read"), "resource": { "type": "spaceship" } })),
        (RESOURCE, json!({ "subject": user("nonexistent-user"), "action": act("read"), "resource": { "type": "record" } })),
    ] {
        assert_eq!(scenario.results(path, &body), BTreeSet::new(), "{body}");
    }
}

fn search_pages_and_errors(scenario: &Scenario) {
    // 4.5: page by page to the end; no result is lost or repeated.
    let subjects = json!({ "subject": { "type": "user" }, "action": act("read"), "resource": record("record-1") });
    let (mut found, mut page) = (Vec::new(), json!({ "limit": 1 }));
    loop {
        let answer = scenario.ok(SUBJECT, &with(subjects.clone(), "page", page));
        let results = answer["results"].as_array().unwrap();
        assert!(results.len() <= 1 && answer["page"].is_object(), "{answer}");
        found.extend(results.iter().map(|result| result["id"].as_str().unwrap().to_owned()));
        match answer["page"]["next_token"].as_str().unwrap() {
            "" => break,
            token => page = json!({ "token": token }),
        }
    }
    found.sort();
    assert_eq!(found, scenario.results(SUBJECT, &subjects).into_iter().collect::<Vec<_>>());
    assert!(found.len() >= 2);
    // 4.7
    let whole = question("alice", "read", "record-1");
    let kind = |body: Value, field: &str| {
        let of = body[field]["type"].clone();
        with(body, field, json!({ "type": of }))
    };
    scenario.is_bad(SUBJECT, &without(whole.clone(), "action"));
    scenario.is_bad(RESOURCE, &without(whole.clone(), "subject"));
    scenario.is_bad(ACTION, &without(without(whole.clone(), "action"), "resource"));
    scenario.is_bad(SUBJECT, &kind(kind(whole.clone(), "subject"), "resource"));
    scenario.is_bad(RESOURCE, &kind(kind(whole.clone(), "subject"), "resource"));
    scenario.is_bad(ACTION, &kind(without(whole, "action"), "subject"));
}

fn discovery(scenario: &Scenario) {
    let mut answer = agent().get(format!("{}/.well-known/authzen-configuration", scenario.daemon.url)).call().unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()), (200, "application/json"));
    let metadata: Value = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
    let endpoint = |path: &str| format!("{PUBLIC_URL}{path}");
    let expected = json!({
        "policy_decision_point": PUBLIC_URL,
        "access_evaluation_endpoint": endpoint(EVALUATION),
        "access_evaluations_endpoint": endpoint(EVALUATIONS),
        "search_subject_endpoint": endpoint(SUBJECT),
        "search_resource_endpoint": endpoint(RESOURCE),
        "search_action_endpoint": endpoint(ACTION),
    });
    assert_eq!(metadata, expected);
}
