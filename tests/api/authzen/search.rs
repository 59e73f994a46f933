//! `search/…`: the results are exactly what evaluations permit, page by page.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use countersign::domain::grant::reshare;
use countersign::domain::{Bundle, Caller, GrantId, GranteeKind, Level, PrincipalId, ResourceId, ResourceKind, Scope, UserId};
use countersign::store;
use countersign::store::grants::NewGrant;
use countersign::workflow::{WorkflowError, accounts};
use serde_json::{Value, json};

use super::{BOB, Cast, EVALUATIONS, EVE};
use crate::support::fixture::{Fixture, on_both};

on_both![
    a_search_finds_exactly_what_is_permitted,
    a_search_finds_everybody_if_everybody_is_permitted,
    a_search_ignores_reshares_of_a_dead_grant,
    a_page_continues_where_the_last_one_ended,
    a_page_token_is_valid_for_its_own_search_only,
    a_search_needs_permission,
];

const SUBJECT: &str = "/access/v1/search/subject";
const RESOURCE: &str = "/access/v1/search/resource";
const ACTION: &str = "/access/v1/search/action";

impl Cast {
    /// The ids or names of all results, page by page of `limit`.
    fn search(&self, path: &str, body: &Value, limit: usize) -> Vec<String> {
        let (mut found, mut page) = (Vec::new(), json!({ "limit": limit }));
        loop {
            let mut asked = body.clone();
            asked["page"] = page;
            let answer = self.ask(path, &asked.to_string());
            assert_eq!(answer.status, 200, "{asked}: {answer}");
            let answer = answer.json();
            let results = answer["results"].as_array().unwrap();
            assert!(results.len() <= limit && answer["page"]["count"] == results.len(), "{answer}");
            found.extend(
                results.iter().map(|result| result[if path == ACTION { "name" } else { "id" }].as_str().unwrap().to_owned()),
            );
            match answer["page"]["next_token"].as_str().unwrap() {
                "" => return found,
                token => page = json!({ "token": token }),
            }
        }
    }

    fn add_grant(
        &self,
        by: UserId,
        parent: Option<i64>,
        to: PrincipalId,
        resource: ResourceId,
        level: Level,
        hours: Option<i64>,
    ) -> i64 {
        let (ends_at, owner) = (hours.map(|hours| self.site.fixture.now() + TimeDelta::hours(hours)), self.ann.id);
        self.site
            .fixture
            .write(move |tx| {
                let new = NewGrant {
                    request: None,
                    parent: parent.map(GrantId),
                    grantor: by,
                    owner,
                    grantee_kind: GranteeKind::User,
                    grantee: Some(to),
                    grantee_as: None,
                    bundle: None,
                    resources: &[resource],
                    level,
                    reshare: reshare::INTERNAL,
                    starts_at: None,
                    ends_at,
                    is_enabled: true,
                    comment: "",
                    tenant: None,
                    attributes: None,
                    created_by: Some(by),
                };
                store::grants::add(tx, &new)
            })
            .unwrap()
            .id
            .0
    }
}

fn entity(kind: &str, id: &str) -> Value {
    json!({ "type": kind, "id": id })
}

/// A world with every kind of access, in which every question is answered twice: by a search and one by one.
fn a_search_finds_exactly_what_is_permitted(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let (ann, bob, eve) = (cast.ann.id, cast.bob.id, cast.eve.id);
    let zoe = cast.site.fixture.add_user("zoe@x.org", |new| new.username = Some("zoe".into()));
    let [readers, empty] = [("Readers", vec![bob, zoe.id]), ("Empty", vec![])].map(|(name, members)| {
        cast.site.fixture.write(move |tx| accounts::add_group(tx, &Caller::operator(), name, &members)).unwrap().id
    });
    let coach = cast.site.fixture.relationship("coach");
    let steps = cast
        .site
        .fixture
        .write(move |tx| {
            let operator = Caller::operator();
            accounts::add_resource(tx, &operator, "dir:123", "", ResourceKind::Folder, bob)?;
            accounts::add_resource(tx, &operator, "day:1", "", ResourceKind::Fabric, ann)?;
            let steps =
                accounts::add_bundle(tx, &operator, "Steps", Some(ann), Level::View, &["night:2".into(), "day:1".into()])?;
            Ok::<_, WorkflowError>(steps)
        })
        .unwrap();
    // From before such names were refused.
    cast.site.fixture.sql("UPDATE user_groups SET name = '7', name_key = '7' WHERE name = 'Empty'").unwrap();
    cast.site.fixture.sql("UPDATE resources SET uri = '123' WHERE uri = 'dir:123'").unwrap();
    let give =
        |kind, to: Option<PrincipalId>, bundle: Option<&Bundle>, uris: &[&str], level| cast.give(kind, to, bundle, uris, level);
    give(GranteeKind::User, Some(bob.into()), None, &["night:1", "night:2"], Level::Edit);
    give(GranteeKind::Group, Some(readers.into()), Some(&steps), &[], Level::View);
    give(GranteeKind::Group, Some(empty.into()), None, &["day:1"], Level::Contribute);
    give(GranteeKind::User, Some(zoe.id.into()), Some(&cast.sleep), &["night:2"], Level::Contribute);
    give(GranteeKind::User, Some(eve.into()), Some(&cast.sleep), &[], Level::View);
    give(GranteeKind::User, Some(eve.into()), Some(&coach), &[], Level::Edit);
    give(GranteeKind::Group, Some(readers.into()), Some(&coach), &[], Level::View);
    give(GranteeKind::Guest, None, None, &["night:1"], Level::View);
    give(GranteeKind::PublicLink, None, None, &["night:1", "day:1"], Level::Contribute);
    cast.site.fixture.hand_over(steps.id, &zoe).unwrap();

    let text = |id: &dyn std::fmt::Display| id.to_string();
    let subjects: Vec<(&str, String)> = [
        ["ann@x.org", BOB, EVE, "zoe"].map(|name| ("user", name.to_owned())).to_vec(),
        [readers, empty].map(|id| ("group", text(&id))).to_vec(),
        vec![("anonymous", "anonymous".to_owned())],
    ]
    .concat();
    let nights = ["night:1", "night:2", "day:1", "123"];
    let number = |uri: &str| text(&cast.resource(uri));
    let resources: Vec<(&str, String)> = [
        nights.map(|uri| ("resource", if uri == "123" { number(uri) } else { uri.to_owned() })).to_vec(),
        ["1", "2"].map(|id| ("night", id.to_owned())).to_vec(),
        vec![("day", "1".to_owned()), ("fabric", "day:1".to_owned()), ("folder", number("123"))],
        ["night:1", "night:2"].map(|uri| ("file", uri.to_owned())).to_vec(),
        [&cast.sleep, &steps].map(|bundle| ("bundle", text(&bundle.id))).to_vec(),
        ["ann@x.org", BOB, EVE, "zoe"].map(|name| ("user", name.to_owned())).to_vec(),
    ]
    .concat();
    let world = World { cast, subjects, resources };
    let permitted = world.one_by_one();
    assert!(permitted.len() > 60, "{}", permitted.len());
    assert_eq!(world.by_subject(), permitted);
    assert_eq!(world.by_resource(), permitted);
    assert_eq!(world.by_action(), permitted);
}

/// The subjects, actions and resources of all questions.
struct World {
    cast: Cast,
    subjects: Vec<(&'static str, String)>,
    resources: Vec<(&'static str, String)>,
}

/// The permitted triples: subject, action, resource.
type Permitted = BTreeSet<(String, &'static str, String)>;

const ACTIONS: [&str; 3] = ["view", "edit", "contribute"];

impl World {
    fn pairs(&self) -> impl Iterator<Item = (Value, Value)> {
        let all = self.subjects.iter().flat_map(|subject| self.resources.iter().map(move |resource| (subject, resource)));
        all.map(|(subject, resource)| (entity(subject.0, &subject.1), entity(resource.0, &resource.1)))
    }

    fn one_by_one(&self) -> Permitted {
        let mut permitted = Permitted::new();
        for action in ACTIONS {
            let list: Vec<Value> =
                self.pairs().map(|(subject, resource)| json!({ "subject": subject, "resource": resource })).collect();
            let answer =
                self.cast.ask(EVALUATIONS, &json!({ "action": { "name": action }, "evaluations": list }).to_string()).json();
            let decisions = answer["evaluations"].as_array().unwrap();
            assert_eq!(decisions.len(), list.len());
            let yes = self.pairs().zip(decisions).filter(|(_, decision)| decision["decision"] == true);
            permitted.extend(yes.map(|((subject, resource), _)| (subject.to_string(), action, resource.to_string())));
        }
        permitted
    }

    /// With pages of two; no result is repeated.
    fn by_subject(&self) -> Permitted {
        let mut found = Permitted::new();
        for (action, resource) in ACTIONS.iter().flat_map(|action| self.resources.iter().map(move |resource| (*action, resource)))
        {
            let resource = entity(resource.0, &resource.1);
            for kind in ["user", "group", "anonymous"] {
                let body = json!({ "subject": { "type": kind }, "action": { "name": action }, "resource": resource });
                for id in self.cast.search(SUBJECT, &body, 2) {
                    assert!(found.insert((entity(kind, &id).to_string(), action, resource.to_string())));
                }
            }
        }
        found
    }

    fn by_resource(&self) -> Permitted {
        let kinds: BTreeSet<&str> = self.resources.iter().map(|(kind, _)| *kind).collect();
        let mut found = Permitted::new();
        for (action, subject) in ACTIONS.iter().flat_map(|action| self.subjects.iter().map(move |subject| (*action, subject))) {
            let subject = entity(subject.0, &subject.1);
            for kind in &kinds {
                let body = json!({ "subject": subject, "action": { "name": action }, "resource": { "type": kind } });
                for id in self.cast.search(RESOURCE, &body, 2) {
                    assert!(found.insert((subject.to_string(), action, entity(kind, &id).to_string())));
                }
            }
        }
        found
    }

    fn by_action(&self) -> Permitted {
        let all = self.pairs().flat_map(|(subject, resource)| {
            let names = self.cast.search(ACTION, &json!({ "subject": subject, "resource": resource }), 4);
            let ours = ACTIONS.into_iter().filter(move |action| names.iter().any(|name| name == action));
            ours.map(move |action| (subject.to_string(), action, resource.to_string()))
        });
        all.collect()
    }
}

fn a_search_finds_everybody_if_everybody_is_permitted(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let group = cast.site.fixture.write(|tx| accounts::add_group(tx, &Caller::operator(), "Readers", &[])).unwrap();
    let found = |kind: &str| {
        cast.search(
            SUBJECT,
            &json!({ "subject": { "type": kind }, "action": { "name": "read" }, "resource": entity("night", "1") }),
            2,
        )
    };
    let all = || ["user", "group", "anonymous"].map(|kind| found(kind).join(" "));
    assert_eq!(all(), ["ann@x.org", "", ""]);
    let grant = cast.give(GranteeKind::Authenticated, None, None, &["night:1"], Level::View);
    assert_eq!(all(), ["ann@x.org bob@x.org eve@x.org", "", ""]);
    cast.site.fixture.revoke(&Caller::operator(), grant.id).unwrap();
    cast.give(GranteeKind::Everyone, None, Some(&cast.sleep), &[], Level::View);
    assert_eq!(all(), ["ann@x.org bob@x.org eve@x.org", &group.id.to_string(), "anonymous"]);
    let nights = json!({ "subject": entity("user", EVE), "action": { "name": "read" }, "resource": { "type": "night" } });
    assert_eq!(cast.search(RESOURCE, &nights, 1), ["1", "2"]);
    cast.site.fixture.remove_user(&cast.bob, None).unwrap();
    assert_eq!(all()[0], "ann@x.org eve@x.org");
}

fn a_search_ignores_reshares_of_a_dead_grant(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let (night, bob, eve) = (cast.resource("night:1"), cast.bob.id, cast.eve.id);
    let top = cast.add_grant(cast.ann.id, None, bob.into(), night, Level::View, Some(1));
    cast.add_grant(bob, Some(top), eve.into(), night, Level::Contribute, None);
    let who = |action: &str| {
        cast.search(
            SUBJECT,
            &json!({ "subject": { "type": "user" }, "action": { "name": action }, "resource": entity("night", "1") }),
            1,
        )
    };
    let what = |who: &str| {
        cast.search(
            RESOURCE,
            &json!({ "subject": entity("user", who), "action": { "name": "read" }, "resource": { "type": "night" } }),
            1,
        )
    };
    assert_eq!((who("read").join(" "), who("write").join(" ")), ("ann@x.org bob@x.org eve@x.org".into(), "ann@x.org".into()));
    assert_eq!((what(BOB), what(EVE)), (vec!["1".to_owned()], vec!["1".to_owned()]));
    cast.site.fixture.pass(TimeDelta::hours(1));
    assert_eq!((who("read"), what(BOB), what(EVE)), (vec!["ann@x.org".to_owned()], vec![], vec![]));
}

fn a_page_continues_where_the_last_one_ended(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let night = cast.resource("night:1");
    let people: Vec<UserId> = (0..25).map(|n| cast.site.fixture.user(&format!("p{n}@x.org")).id).collect();
    // Each by two grants, so that a page can end between them.
    for person in people.iter().chain(&people) {
        cast.add_grant(cast.ann.id, None, (*person).into(), night, Level::View, None);
    }
    let body = json!({ "subject": { "type": "user" }, "action": { "name": "read" }, "resource": entity("night", "1") });
    let whole = cast.search(SUBJECT, &body, 1_000);
    assert_eq!(whole.len(), 26);
    for limit in [1, 2, 3, 25, 26, 27] {
        assert_eq!(cast.search(SUBJECT, &body, limit), whole, "{limit}");
    }
    let page = |page: Value| {
        let mut asked = body.clone();
        asked["page"] = page;
        cast.ask(SUBJECT, &asked.to_string())
    };
    let none = page(json!({ "limit": 0 })).json();
    assert_eq!((&none["results"], &none["page"]["count"]), (&json!([]), &json!(0)));
    assert_ne!(none["page"]["next_token"], "");
    assert_eq!(page(json!({ "limit": 1_000_000 })).json()["page"], json!({ "next_token": "", "count": 26 }));
    for wrong in [
        json!({ "limit": -1 }),
        json!({ "limit": 1.5 }),
        json!({ "limit": "1" }),
        json!([]),
        json!({ "token": 7 }),
        json!({ "token": "" }),
        json!({ "token": "AAAA" }),
    ] {
        assert_eq!(page(wrong.clone()).status, 400, "{wrong}");
    }
}

fn a_page_token_is_valid_for_its_own_search_only(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    cast.give_to(&cast.bob, &["night:1", "night:2"], Level::View);
    let body = json!({ "subject": { "type": "user" }, "action": { "name": "read" }, "resource": entity("night", "1"), "page": { "limit": 1 } });
    let token = cast.ask(SUBJECT, &body.to_string()).json()["page"]["next_token"].clone();
    let with = |field: &str, value: Value| {
        let mut asked = body.clone();
        asked["page"] = json!({ "token": token });
        asked[field] = value;
        cast.ask(SUBJECT, &asked.to_string()).status
    };
    assert_eq!(with("page", json!({ "token": token, "limit": 1 })), 200);
    assert_eq!(with("future", json!(1)), 200);
    assert_eq!(with("page", json!({ "token": token, "limit": 2 })), 400);
    assert_eq!(with("resource", entity("night", "2")), 400);
    assert_eq!(with("action", json!({ "name": "write" })), 400);
    assert_eq!(with("subject", json!({ "type": "group" })), 400);
    assert_eq!(with("context", json!({ "time": "later" })), 400);
}

fn a_search_needs_permission(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let other = cast.site.key(None, &[Scope::Grants], &[]).1;
    cast.site.admin("root@x.org");
    cast.give_to(&cast.bob, &["night:1"], Level::View);
    let subjects = json!({ "subject": { "type": "user" }, "action": { "name": "read" }, "resource": entity("night", "1") });
    let resources = json!({ "subject": entity("user", BOB), "action": { "name": "read" }, "resource": { "type": "night" } });
    let actions = json!({ "subject": entity("user", BOB), "resource": entity("night", "1") });
    for (who, expected) in [
        (cast.app.as_str(), [200, 200, 200]),
        ("root@x.org", [200, 200, 200]),
        (BOB, [403, 200, 200]),
        (EVE, [403, 403, 403]),
        (&other, [403, 403, 403]),
        ("", [401, 401, 401]),
    ] {
        let statuses = [(SUBJECT, &subjects), (RESOURCE, &resources), (ACTION, &actions)]
            .map(|(path, body)| cast.site.send(who, "POST", path, &body.to_string()).status);
        assert_eq!(statuses, expected, "{who}");
    }
    let own = cast.site.send(BOB, "POST", RESOURCE, &resources.to_string()).json();
    assert_eq!(own, json!({ "page": { "next_token": "", "count": 1 }, "results": [{ "type": "night", "id": "1" }] }));
}
