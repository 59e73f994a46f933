//! Limits of rows and newly named people for one person or app in an hour on every API that adds them, and of the length of
//! lists.

use countersign::domain::Scope;
use serde_json::{Value, json};

use crate::support::fixture::{Fixture, on_both};
use crate::support::http::{Answer, Site};

on_both![
    unknown_ids_cost_the_same_as_hidden_people,
    tries_of_usernames_are_limited,
    people_added_by_address_count_as_emails,
    naming_an_address_costs_the_same_whether_it_is_known,
    changes_are_limited_and_revoking_is_not,
    an_app_has_a_ceiling_of_its_own,
    an_idempotency_key_is_kept_only_for_a_change,
    requests_by_new_people_use_up_no_limit_of_the_grantee,
    a_conflict_reveals_nothing_of_another_persons_request,
];

const EVE: &str = "eve@x.org";
const REQUESTS: &str = "/api/bundle_permission_request/";
const PERMISSIONS: &str = "/api/bundle_permission/";
const SHARES: &str = "/authorization/shares";

/// Eve, with a bundle and a file, ten people who are hidden from her, and these limits.
fn site(fixture: &Fixture, limits: &str) -> Site {
    let free = "[limits]\ntarget_letters = 0\ninitiator_hourly = 0\ninitiator_daily = 0\napp_daily = 0\nsign_ins = 0\n";
    let site = Site::with(fixture, &format!("{free}{limits}"));
    let eve = site.user(EVE);
    for number in 0..10 {
        site.fixture.add_user(&format!("p{number}@x.org"), |new| new.username = Some(format!("name{number}")));
    }
    site.fixture.relationship("view");
    site.fixture.bundle_of("Eve's", &eve, &["/files/eve"]);
    site
}

fn given(site: &Site, to: &Value) -> Answer {
    site.send(EVE, "POST", PERMISSIONS, &json!({ "user_target": 1, "user_allowed": to, "bundle": 1 }).to_string())
}

fn shared(site: &Site, with: &str) -> Answer {
    let body = json!({ "type": "read", "sharedWith": with, "sharedWithType": "user", "resourceUri": "/files/eve" });
    site.send(EVE, "POST", SHARES, &body.to_string())
}

fn asked(site: &Site, of: &Value) -> Answer {
    site.send(EVE, "POST", REQUESTS, &json!({ "user_target": of, "user_allowed": 1, "bundle": 1 }).to_string())
}

fn is_later(answer: &Answer) {
    assert_eq!(answer.status, 429, "{answer}");
    assert!(answer.header("retry-after").unwrap().parse::<u64>().unwrap() > 0, "{answer}");
}

fn unknown_ids_cost_the_same_as_hidden_people(fixture: &Fixture) {
    let site = site(fixture, "domain_hourly = 0\nnew_people_hourly = 4\n");
    assert_eq!(given(&site, &json!(900)).status, 400);
    assert_eq!(given(&site, &json!(2)).status, 201);
    assert_eq!(given(&site, &json!(2)).status, 200, "the same again names nobody new");
    assert_eq!(asked(&site, &json!(901)).status, 400);
    // An Idempotency-Key exempts from no limit.
    let body = json!({ "user_target": 1, "user_allowed": 902, "bundle": 1 }).to_string();
    assert_eq!(site.send_with(EVE, "POST", PERMISSIONS, &[("Idempotency-Key", "k")], &body).status, 400);
    // Over the limit, known and unknown people cannot be told apart.
    for to in [json!(903), json!(3), json!("/api/user/904/"), json!("nobody@x.org"), json!("p2@x.org")] {
        is_later(&given(&site, &to));
    }
    is_later(&asked(&site, &json!(905)));
    assert_eq!(given(&site, &json!(2)).status, 200);
    site.fixture.pass(chrono::TimeDelta::minutes(15));
    assert_eq!(given(&site, &json!(3)).status, 201);
}

fn tries_of_usernames_are_limited(fixture: &Fixture) {
    let site = site(fixture, "domain_hourly = 0\nnew_people_hourly = 3\n");
    assert_eq!([shared(&site, "nobody").status, shared(&site, "name1").status, shared(&site, "no-one").status], [400, 201, 400]);
    for name in ["name2", "nobody"] {
        is_later(&shared(&site, name));
    }
    assert_eq!(site.fixture.count("grants", "1 = 1"), 1);
}

fn people_added_by_address_count_as_emails(fixture: &Fixture) {
    let site = site(fixture, "domain_hourly = 5\nnew_people_hourly = 0\n");
    // Whether an email is sent or not: a disabled share has none.
    let body = |n: usize| {
        json!({ "type": "read", "sharedWith": format!("v{n}@victim.test"), "sharedWithType": "user",
        "resourceUri": "/files/eve", "enabled": n.is_multiple_of(2) })
    };
    let statuses: Vec<u16> = (0..7).map(|n| site.send(EVE, "POST", SHARES, &body(n).to_string()).status).collect();
    assert_eq!(statuses, [201, 201, 201, 201, 201, 429, 429]);
    is_later(&asked(&site, &json!("v9@victim.test")));
    assert_eq!(site.fixture.count("users", "email LIKE '%victim.test'"), 5, "who is refused makes nobody known");
    assert_eq!(shared(&site, "p1@x.org").status, 201, "other domains are open");
}

/// The budgets have the same left after a known and an unknown address, and so has the answer beyond them.
fn naming_an_address_costs_the_same_whether_it_is_known(fixture: &Fixture) {
    let limits = "target_letters = 0\nsign_ins = 0\nnew_people_hourly = 6\napp_new_people_hourly = 6\n";
    let site = Site::with(fixture, &format!("[limits]\n{limits}"));
    site.fixture.relationship("view");
    let ann = site.user("ann@x.org");
    for number in 0..20 {
        site.user(&format!("p{number}@known.test"));
    }
    let of = [("eve@x.org", "known.test"), ("mal@x.org", "made.test")].map(|(who, domain)| {
        let user = site.user(who);
        site.fixture.bundle_of(&format!("Of {who}"), &user, &[&format!("/files/{who}")]);
        let (key, app) = site.key(None, &[Scope::Requests, Scope::ActAs], &[]);
        let ask = |caller: &str, target: Value, allowed: Value| {
            let body = json!({ "user_target": target, "user_allowed": allowed, "bundle": 1 }).to_string();
            site.send(caller, "POST", REQUESTS, &body)
        };
        let share = |number: usize| {
            let with = format!("p{number}@{domain}");
            let file = format!("/files/{who}");
            let body = json!({ "type": "read", "sharedWith": with, "sharedWithType": "user", "resourceUri": file });
            site.send(who, "POST", SHARES, &body.to_string())
        };
        let left = || {
            let those = format!(
                "subject = {} AND kind NOT LIKE 'app%' OR subject = {} AND kind LIKE 'app%' OR subject = {}",
                user.id,
                key.0,
                countersign::store::rate_limits::subject("mail domain", &[domain.as_bytes()])
            );
            site.fixture.texts(&format!("SELECT kind || ' ' || full_at AS value FROM budgets WHERE {those} ORDER BY kind"))
        };
        let mut results = Vec::new();
        results.push((ask(who, json!(format!("p0@{domain}")), json!(user.id.0)).status, left()));
        results.push((ask(&app, json!(ann.id.0), json!(format!("p1@{domain}"))).status, left()));
        results.push((share(2).status, left()));
        // Over the limit the texts are the same, too.
        let over: Vec<Answer> = (3..10).map(share).collect();
        results.extend(over.iter().map(|answer| (answer.status, left())));
        let words = over.last().unwrap().body.clone();
        let apps: Vec<u16> =
            (10..15).map(|number| ask(&app, json!(format!("p{number}@{domain}")), json!(user.id.0)).status).collect();
        (results, words, apps)
    });
    assert_eq!(of[0], of[1]);
    let statuses: Vec<u16> = of[0].0.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [[201; 7].to_vec(), vec![429; 3]].concat());
    assert_eq!(of[0].2, [201, 201, 429, 429, 429], "two people each");
}

fn changes_are_limited_and_revoking_is_not(fixture: &Fixture) {
    let site = site(fixture, "domain_hourly = 0\nchanges_hourly = 4\n");
    let rename = || site.send(EVE, "PATCH", "/api/user/1/", r#"{"first_name": "E"}"#);
    let share = shared(&site, "name1");
    assert_eq!((rename().status, share.status, given(&site, &json!(2)).status), (200, 201, 201));
    let path = format!("{SHARES}/{}", share.json()["id"].as_str().unwrap());
    let body = json!({ "type": "readEdit", "sharedWith": "name1", "sharedWithType": "user", "resourceUri": "/files/eve" });
    assert_eq!(site.send_with(EVE, "PUT", &path, &[("If-Match", "*")], &body.to_string()).status, 200);
    is_later(&rename());
    is_later(&shared(&site, "name2"));
    is_later(&given(&site, &json!(3)));
    is_later(&site.send_with(EVE, "PUT", &path, &[("If-Match", "*")], &body.to_string()));
    assert_eq!(site.send(EVE, "DELETE", &path, "").status, 204);
    assert_eq!(site.fixture.count("audit", "event = 'user.renamed'"), 1);
}

fn an_app_has_a_ceiling_of_its_own(fixture: &Fixture) {
    let site = site(fixture, "domain_hourly = 0\nchanges_hourly = 1\napp_changes_hourly = 3\nnew_people_hourly = 1\n");
    let eve = site.fixture.read(|tx| countersign::store::users::find(tx, countersign::domain::UserId(1))).unwrap().unwrap();
    let (_, key) = site.key(Some(&eve), &[Scope::Grants], &[]);
    let give = |who: &str, to: i64| {
        let body = json!({ "user_target": 1, "user_allowed": to, "bundle": 1 });
        site.send(who, "POST", PERMISSIONS, &body.to_string())
    };
    assert_eq!([give(&key, 2).status, give(&key, 3).status, give(&key, 4).status, give(&key, 4).status], [201, 201, 201, 200]);
    is_later(&give(&key, 5));
    // Her own limit is unaffected.
    assert_eq!(give(EVE, 5).status, 201);
    is_later(&give(EVE, 6));
}

fn an_idempotency_key_is_kept_only_for_a_change(fixture: &Fixture) {
    let site = site(fixture, "domain_hourly = 0\n");
    let body = json!({ "user_target": 2, "user_allowed": 1, "bundle": 1 }).to_string();
    let send = |key: &str, body: &str| site.send_with(EVE, "POST", REQUESTS, &[("Idempotency-Key", key)], body);
    assert_eq!(send("first", &body).status, 201);
    for key in ["second", "third"] {
        assert_eq!(send(key, &body).status, 200);
    }
    assert_eq!(site.fixture.count("idempotency_keys", "1 = 1"), 1);
    let again = send("first", &body);
    assert_eq!((again.status, again.header("idempotent-replayed")), (201, Some("true")));
}

fn requests_by_new_people_use_up_no_limit_of_the_grantee(fixture: &Fixture) {
    let site = Site::with(fixture, "[limits]\nsign_ins = 0\n");
    let coach = site.user(EVE);
    site.fixture.relationship("view");
    let (_, app) = site.key(None, &[Scope::Requests, Scope::ActAs], &[]);
    for number in 0..10 {
        let body = json!({ "user_target": format!("new{number}@x.org"), "user_allowed": coach.id.0, "bundle": 1 }).to_string();
        let asked = site.send(&app, "POST", REQUESTS, &body);
        assert_eq!(asked.status, 201, "only the new person is sent an email: {asked}");
    }
}

fn a_conflict_reveals_nothing_of_another_persons_request(fixture: &Fixture) {
    let site = site(fixture, "domain_hourly = 0\n");
    let ann = site.user("ann@secret.org");
    // Eve requests from Ann by her address; the app names both by id and finds that request.
    let asked = json!({ "user_target": "ann@secret.org", "user_allowed": EVE, "bundle": 1 }).to_string();
    assert_eq!(site.send(EVE, "POST", REQUESTS, &asked).status, 201);
    let (_, app) = site.key(None, &[Scope::Requests, Scope::ActAs], &[]);
    let same = json!({ "user_target": ann.id.0, "user_allowed": 1, "bundle": 1 }).to_string();
    let found = site.send(&app, "POST", REQUESTS, &same);
    assert_eq!(found.status, 200, "{found}");
    assert!(!found.body.contains("x.org") && !found.body.contains("secret"), "{found}");
}
