//! `evaluation` and `evaluations`: naming subjects, resources and actions, permission to evaluate, and batches.

use chrono::TimeDelta;
use countersign::domain::{Caller, GranteeKind, Level, Scope};
use countersign::workflow::accounts;
use serde_json::{Value, json};

use super::{ANN, BOB, Cast, EVALUATION, EVALUATIONS, EVE, question};
use crate::support::fixture::{Fixture, on_both};
use crate::support::http::Site;

on_both![
    a_subject_is_named_by_id_username_or_address,
    a_group_is_named_by_id_or_name,
    a_resource_is_named_by_id_uri_or_type_and_rest_of_its_uri,
    a_bundle_and_a_person_are_resources_too,
    an_unknown_subject_or_resource_is_denied_without_an_error,
    a_level_has_the_actions_of_the_configuration,
    an_evaluation_uses_the_present_state,
    an_evaluation_needs_permission,
    evaluations_stop_as_their_semantic_demands,
    an_invalid_evaluation_is_denied_alone,
];

fn a_subject_is_named_by_id_username_or_address(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let zoe = cast.site.fixture.add_user("zoe@x.org", |new| new.username = Some("zoe".into()));
    cast.give_to(&zoe, &["night:1"], Level::View);
    for name in ["zoe", "Zoe", "ZOE", "zoe@x.org", "ZOE@X.ORG", &zoe.id.to_string()] {
        assert!(cast.may(&format!("user={name} read night=1")), "{name}");
    }
    for name in
        ["zoë", "zoe@y.org", "zo", "", "@", "0", "00", "99999999999999999999999", &format!("0{}", zoe.id), "-1", "/api/user/4/"]
    {
        assert!(!cast.may(&format!("user={name} read night=1")), "{name}");
    }
    // A person who never chose a username has their address as username.
    cast.give_to(&cast.bob, &["night:1"], Level::View);
    assert!(cast.may("user=bob@x.org read night=1"));
    assert!(!cast.may("person=bob@x.org read night=1") && !cast.may("group=bob@x.org read night=1"));
}

fn a_group_is_named_by_id_or_name(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let bob = cast.bob.id;
    let group = cast.site.fixture.write(move |tx| accounts::add_group(tx, &Caller::operator(), "Readers", &[bob])).unwrap();
    cast.give(GranteeKind::Group, Some(group.id.into()), None, &["night:1"], Level::Edit);
    assert!(cast.may("group=Readers edit night=1") && cast.may(&format!("group={} edit night=1", group.id)));
    assert!(cast.may("user=bob@x.org edit night=1") && !cast.may("user=eve@x.org view night=1"));
    assert!(!cast.may(&format!("user={} view night=1", group.id)) && !cast.may(&format!("group={bob} view night=1")));
    assert!(!cast.may("group=Readers contribute night=1") && cast.may("group=readers edit night=1"));
    cast.give(GranteeKind::Guest, None, None, &["night:2"], Level::View);
    assert!(cast.may("anonymous=anonymous view night=2") && !cast.may("anonymous=anonymous view night=1"));
    assert!(!cast.may("anonymous=x view night=2") && !cast.may("user=bob@x.org view night=2"));
}

fn a_resource_is_named_by_id_uri_or_type_and_rest_of_its_uri(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let one = cast.resource("night:1");
    cast.give_to(&cast.bob, &["night:1"], Level::View);
    for name in ["night=1", "resource=night:1", &format!("resource={one}"), "file=night:1", &format!("file={one}")] {
        assert!(cast.may(&format!("user=bob@x.org view {name}")), "{name}");
        assert!(!cast.may(&format!("user=eve@x.org view {name}")), "{name}");
    }
    // Another type, another resource, and values that are neither type nor URI.
    let wrong = [
        "night=2",
        "resource=night:2",
        "folder=night:1",
        &format!("folder={one}"),
        "night:=1",
        "day=1",
        "resource=1x",
        "record=night:1",
        "group=night:1",
        "anonymous=night:1",
        "user=night:1",
        "bundle=night:1",
    ];
    for name in wrong {
        assert!(!cast.may(&format!("user=bob@x.org view {name}")), "{name}");
    }
}

fn a_bundle_and_a_person_are_resources_too(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let coach = cast.site.fixture.relationship("coach");
    cast.give(GranteeKind::User, Some(cast.bob.id.into()), Some(&coach), &[], Level::Edit);
    for name in ["ann@x.org".to_owned(), cast.ann.id.to_string()] {
        assert!(cast.may(&format!("user=bob@x.org write user={name}")), "{name}");
    }
    assert!(!cast.may("user=bob@x.org delete user=ann@x.org") && !cast.may("user=eve@x.org read user=ann@x.org"));
    assert!(cast.may("user=eve@x.org delete user=eve@x.org"), "their own");
    let bundle = |name: &str| format!("user=eve@x.org read bundle={name}");
    let id = cast.sleep.id.to_string();
    // A name has a blank, which the short form does not support.
    let named = |who: &str| json!({ "subject": { "type": "user", "id": who }, "action": { "name": "read" }, "resource": { "type": "bundle", "id": "Sleep data" } });
    assert!(!cast.may(&bundle(&id)));
    cast.give(GranteeKind::User, Some(cast.eve.id.into()), Some(&cast.sleep), &[], Level::View);
    assert!(cast.may(&bundle(&id)) && cast.may("user=eve@x.org read night=2"));
    assert_eq!(cast.ask(EVALUATION, &named(EVE).to_string()).line(), r#"200 {"decision":true}"#);
    assert_eq!(cast.ask(EVALUATION, &named(BOB).to_string()).line(), r#"200 {"decision":false}"#);
    assert!(!cast.may(&bundle("coach")) && !cast.may(&bundle(&format!("0{id}"))));
}

fn an_unknown_subject_or_resource_is_denied_without_an_error(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    cast.give(GranteeKind::Everyone, None, None, &["night:1"], Level::Contribute);
    assert!(cast.may("user=bob@x.org read night=1"));
    for line in ["user=nobody read night=1", "robot=r2 read night=1", "user=bob@x.org fly night=1", "user=bob@x.org read night=9"]
    {
        assert!(!cast.may(line), "{line}");
    }
    // Text that is no name, and SQL.
    for odd in ["' OR 1=1 --", "%", "_", "night:1\u{200b}", "a".repeat(20_000).as_str()] {
        for field in ["subject", "resource"] {
            let mut body: Value = serde_json::from_str(&question("user=bob@x.org read night=1")).unwrap();
            body[field]["id"] = json!(odd);
            assert_eq!(cast.ask(EVALUATION, &body.to_string()).line(), r#"200 {"decision":false}"#, "{odd}");
        }
    }
}

fn a_level_has_the_actions_of_the_configuration(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    cast.give_to(&cast.bob, &["night:1"], Level::Edit);
    for (action, is_permitted) in [("read", true), ("can_read", true), ("write", true), ("delete", false), ("READ", false)] {
        assert_eq!(cast.may(&format!("user=bob@x.org {action} night=1")), is_permitted, "{action}");
    }
    let other = Site::with(&cast.site.fixture, "[authzen.actions]\nview = [\"GET\"]\nedit = [\"PUT\", \"PATCH\"]\n");
    for (action, is_permitted) in [("GET", true), ("PATCH", true), ("DELETE", false), ("read", false), ("delete", false)] {
        let answer = other.send(&cast.app, "POST", EVALUATION, &question(&format!("user=bob@x.org {action} night=1")));
        assert_eq!(answer.json(), json!({ "decision": is_permitted }), "{action}");
    }
}

fn an_evaluation_uses_the_present_state(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let line = "user=bob@x.org read night=1";
    let grant = cast.give_to(&cast.bob, &["night:1"], Level::View);
    assert!(cast.may(line));
    cast.site.fixture.revoke(&Caller::operator(), grant.id).unwrap();
    assert!(!cast.may(line));
    // Requested by email, for an hour.
    let bob = cast.bob.clone();
    let until = cast.site.fixture.now() + TimeDelta::hours(1);
    cast.site.fixture.entitle_with(&cast.sleep, bob.id.into(), Level::View, 0, Some(until), &[cast.resource("night:1")]);
    assert!(cast.may(line) && !cast.may("user=bob@x.org read night=2"));
    cast.site.fixture.pass(TimeDelta::hours(1));
    assert!(!cast.may(line));
    cast.give(GranteeKind::Everyone, None, None, &["night:1"], Level::View);
    assert!(cast.may(line));
    cast.site.fixture.remove_user(&cast.bob, None).unwrap();
    assert!(!cast.may(line));
}

fn an_evaluation_needs_permission(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    cast.give_to(&cast.bob, &["night:1"], Level::View);
    let (admin, site) = ("root@x.org", &cast.site);
    let root = site.admin(admin);
    let key = |scopes: &[Scope]| site.key(None, scopes, &[]).1;
    let others = key(&[Scope::Grants, Scope::Directory, Scope::Requests, Scope::Resources, Scope::ActAs]);
    let admins = site.key(Some(&root), &[Scope::Admin], &[]).1;
    let bobs = site.key(Some(&cast.bob), &[Scope::Check], &[]).1;
    let about = |who: &str, subject: &str| {
        let bodies = [
            (EVALUATION, question(&format!("{subject} read night=1"))),
            (
                EVALUATIONS,
                json!({ "evaluations": [serde_json::from_str::<Value>(&question(&format!("{subject} read night=1"))).unwrap()] })
                    .to_string(),
            ),
        ];
        let statuses: Vec<u16> = bodies.iter().map(|(path, body)| site.send(who, "POST", path, body).status).collect();
        assert_eq!(statuses[0], statuses[1], "{who} about {subject}");
        statuses[0]
    };
    let group = "group=1";
    for (who, itself, another, crowd) in [
        (BOB, 200, 403, 403),
        (EVE, 403, 403, 403),
        (admin, 200, 200, 200),
        (&cast.app, 200, 200, 200),
        (&bobs, 200, 200, 200),
        (&others, 403, 403, 403),
        (&admins, 403, 403, 403),
        ("", 401, 401, 401),
        ("Bearer csk_nothing", 401, 401, 401),
        ("Digest abc", 401, 401, 401),
    ] {
        let asked = [about(who, "user=bob@x.org"), about(who, "user=ann@x.org"), about(who, group)];
        assert_eq!(asked, [itself, another, crowd], "{who}");
        assert_eq!(about(who, "user=nobody@x.org"), another, "{who}: who exists is not told");
    }
    assert!(cast.may_as(BOB, &format!("user={} read night=1", cast.bob.id)));
    assert!(!cast.may_as(EVE, "user=eve@x.org read night=1"));
    assert!(cast.may_as(ANN, "user=ann@x.org delete night=1"));
}

/// Bob may read the first night, not the second.
fn several(semantic: Option<&str>, nights: &[&str]) -> String {
    let list: Vec<Value> = nights.iter().map(|night| json!({ "resource": { "type": "night", "id": night } })).collect();
    let mut body = json!({ "subject": { "type": "user", "id": BOB }, "action": { "name": "read" }, "evaluations": list });
    if let Some(semantic) = semantic {
        body["options"] = json!({ "evaluations_semantic": semantic, "another_option": "value" });
    }
    body.to_string()
}

fn evaluations_stop_as_their_semantic_demands(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    cast.give_to(&cast.bob, &["night:1"], Level::View);
    let ask = |semantic, nights: &[&str]| cast.ask(EVALUATIONS, &several(semantic, nights)).line();
    let table = [
        ask(None, &["1", "2", "1"]),
        ask(Some("execute_all"), &["2", "1", "2"]),
        ask(Some("deny_on_first_deny"), &["1", "2", "1"]),
        ask(Some("deny_on_first_deny"), &["1", "1"]),
        ask(Some("permit_on_first_permit"), &["2", "1", "2"]),
        ask(Some("permit_on_first_permit"), &["2", "2"]),
        ask(Some("first"), &["1"]),
    ];
    insta::assert_snapshot!(table.join("\n"), @r#"
    200 {"evaluations":[{"decision":true},{"decision":false},{"decision":true}]}
    200 {"evaluations":[{"decision":false},{"decision":true},{"decision":false}]}
    200 {"evaluations":[{"decision":true},{"decision":false,"context":{"reason":"deny_on_first_deny"}}]}
    200 {"evaluations":[{"decision":true},{"decision":true}]}
    200 {"evaluations":[{"decision":false},{"decision":true}]}
    200 {"evaluations":[{"decision":false},{"decision":false}]}
    400 {"error":{"status":400,"message":"options.evaluations_semantic: \"first\" is none of execute_all, deny_on_first_deny and permit_on_first_permit"}}
    "#);
    let most: Vec<&str> = std::iter::repeat_n("1", 1_000).collect();
    assert_eq!(cast.ask(EVALUATIONS, &several(None, &most)).json()["evaluations"].as_array().unwrap().len(), 1_000);
    let more: Vec<&str> = std::iter::repeat_n("1", 1_001).collect();
    assert_eq!(
        ask(None, &more),
        "400 {\"error\":{\"status\":400,\"message\":\"evaluations: at most 1000 in one request, here are 1001; send them in several\"}}"
    );
}

fn an_invalid_evaluation_is_denied_alone(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    cast.give_to(&cast.bob, &["night:1"], Level::View);
    let night = json!({ "type": "night", "id": "1" });
    let list = json!([
        { "resource": night },
        {},
        { "resource": "night" },
        { "resource": { "type": "night" } },
        { "resource": night, "action": { "name": 7 } },
        { "resource": night, "subject": { "type": "user", "id": EVE } },
        { "resource": night, "subject": null },
        { "resource": night, "context": [] }
    ]);
    let mut body = json!({ "subject": { "type": "user", "id": BOB }, "action": { "name": "read" }, "evaluations": list });
    let answer = cast.ask(EVALUATIONS, &body.to_string()).json();
    let lines: Vec<String> = answer["evaluations"].as_array().unwrap().iter().map(Value::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    {"decision":true}
    {"context":{"error":{"message":"resource: it is missing","status":400}},"decision":false}
    {"context":{"error":{"message":"resource: it is a string, and must be an object","status":400}},"decision":false}
    {"context":{"error":{"message":"resource.id: it is missing","status":400}},"decision":false}
    {"context":{"error":{"message":"action.name: it is an integer, and must be a string","status":400}},"decision":false}
    {"decision":false}
    {"context":{"error":{"message":"subject: it is null, and must be an object","status":400}},"decision":false}
    {"context":{"error":{"message":"context: it is a list, and must be an object","status":400}},"decision":false}
    "#);
    // An error is a denial.
    body["options"] = json!({ "evaluations_semantic": "deny_on_first_deny" });
    assert_eq!(cast.ask(EVALUATIONS, &body.to_string()).json()["evaluations"].as_array().unwrap().len(), 2);
    // An error in the whole request has no decisions.
    for (field, value) in [
        ("evaluations", json!({})),
        ("evaluations", json!([7])),
        ("options", json!("execute_all")),
        ("options", json!({ "evaluations_semantic": 1 })),
        ("subject", json!({ "type": "user" })),
        ("action", json!({})),
        ("context", json!(1)),
    ] {
        let mut wrong = body.clone();
        wrong[field] = value;
        assert_eq!(cast.ask(EVALUATIONS, &wrong.to_string()).status, 400, "{wrong}");
    }
}
