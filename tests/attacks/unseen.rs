//! People whom a caller only named by id, address or username. The caller learns nothing about them on any API, page or in any
//! email, until those people have acted themselves.

use countersign::domain::{Level, Scope, User};
use serde_json::json;

use crate::pages::browser::Browser;
use crate::support::fixture::{Fixture, on_both};
use crate::support::http::{Answer, Site};

on_both![
    naming_a_person_reveals_nothing_about_them,
    people_become_visible_by_acting,
    an_app_sees_people_by_its_scope_only,
    requests_by_an_own_app_reveal_nothing,
    the_headers_of_emails_reveal_nothing,
    a_filter_finds_only_people_whom_the_list_names,
];

const EVE: &str = "eve@x.org";
const ANN: &str = "ann.secret@x.org";
const REQUESTS: &str = "/api/bundle_permission_request/";
const PERMISSIONS: &str = "/api/bundle_permission/";
const SHARES: &str = "/authorization/shares";

/// Eve, who looks; Ann, whose identifying values are all unique; and Eve's data.
fn cast(fixture: &Fixture) -> (Site, User, User) {
    let site = Site::new(fixture);
    let eve = site.user(EVE);
    let ann = site.user(ANN);
    site.fixture
        .sql(&format!(
            "UPDATE users SET username = 'secretann', first_name = 'Secretia', last_name = 'Mysteriosa' WHERE id = {}",
            ann.id
        ))
        .unwrap();
    // Names that another version wrote get their keys at the daemon's start.
    site.fixture.write(|tx| countersign::store::names::fill(tx, 100)).unwrap();
    site.fixture.relationship("view");
    site.fixture.bundle_of("Eve's own", &eve, &["/files/eve"]);
    (site, eve, ann)
}

/// Every place where Eve could learn of others, except answers that repeat what she sent.
fn everything(site: &Site, who: &str) -> Vec<(String, String)> {
    let mut seen = Vec::new();
    for path in ["/api/user/?limit=0", "/api/user/set/1;2;3/", REQUESTS, PERMISSIONS, SHARES] {
        seen.push((path.to_owned(), get(site, who, path).body));
    }
    seen
}

/// Whether a text reveals anything about Ann except her id.
fn reveals(text: &str) -> bool {
    let text = text.to_lowercase();
    ["ann.secret", "secretann", "secretia", "mysteriosa", "a•••@x"].iter().any(|word| text.contains(word))
}

fn naming_a_person_reveals_nothing_about_them(fixture: &Fixture) {
    let (site, eve, ann) = cast(fixture);
    let number = ann.id.0;
    // Everything that one person can do alone with another's id, on every API.
    for (path, body) in [
        (PERMISSIONS, json!({ "user_target": eve.id.0, "user_allowed": number, "bundle": 1 })),
        (PERMISSIONS, json!({ "user_target": eve.id.0, "user_allowed": format!("/api/user/{number}/"), "bundle": 2 })),
        (REQUESTS, json!({ "user_target": number, "user_allowed": eve.id.0, "bundle": 1 })),
        (REQUESTS, json!({ "user_target": number, "user_allowed": number, "bundle": 2 })),
    ] {
        let made = site.send(EVE, "POST", path, &body.to_string());
        assert_eq!(made.status, 201, "{body}: {made}");
        assert!(!reveals(&made.body), "{made}");
        let again = site.send(EVE, "POST", path, &body.to_string());
        assert_eq!(again.status, 200, "{again}");
        assert!(!reveals(&again.body), "{again}");
        let uri = made.json()["resource_uri"].as_str().unwrap().to_owned();
        assert!(!reveals(&get(&site, EVE, &uri).body));
    }
    // The person has all members that clients read: the id, the URI, and empty texts.
    let listed = get(&site, EVE, PERMISSIONS).json();
    assert_eq!(
        listed["objects"][0]["user_allowed"],
        json!({
            "email": "", "first_name": "", "id": number, "last_name": "", "profile": null,
            "resource_uri": format!("/api/user/{number}/"), "username": ""
        })
    );
    // After a username the answer contains that and not the address; after an address, not the username.
    let share = |with: &str, uri: &str| {
        let body = json!({ "type": "read", "sharedWith": with, "sharedWithType": "user", "resourceUri": uri });
        let made = site.send(EVE, "POST", SHARES, &body.to_string());
        assert_eq!(made.status, 201, "{made}");
        assert_eq!(made.json()["sharedWith"], with);
        made.json()["id"].as_str().unwrap().to_owned()
    };
    let by_address = share(ANN, "/files/eve");
    assert!(!get(&site, EVE, &format!("{SHARES}/{by_address}")).body.contains("secretann"));
    let by_name = share("secretann", "/files/eve");
    let share_answer = get(&site, EVE, &format!("{SHARES}/{by_name}"));
    assert!(
        !share_answer.body.contains("@x.org\",\"sharedWithType") && share_answer.json()["sharedWith"] == "secretann",
        "{share_answer}"
    );
    // The sent value comes back only to its sender: Hexoskin's answer to an address contains the address.
    let by_address = json!({ "user_target": ANN, "user_allowed": EVE, "bundle": 1 });
    let found = site.send(EVE, "POST", REQUESTS, &by_address.to_string());
    assert_eq!((found.status, found.json()["user_target"]["email"].as_str()), (200, Some(ANN)), "{found}");
    assert_eq!((found.json()["user_target"]["username"].as_str()), Some(""));
    // Nothing about her in the lists, except the value sent to SAS.
    for (path, body) in everything(&site, EVE) {
        let body = body.replace(&format!("\"sharedWith\":\"{ANN}\""), "").replace("\"sharedWith\":\"secretann\"", "");
        assert!(!reveals(&body), "{path}: {body}");
    }
    assert_eq!(get(&site, EVE, &format!("/api/user/{number}/")).status, 404);
    // Nor on Eve's pages, in her exports, or in her emails.
    let mut browser = Browser::of(&site.fixture, &eve);
    for page in ["/inbox/asked?state=all", "/inbox/given?state=all", "/inbox/export/asked-by-you.csv", "/inbox/export/given.json"]
    {
        let shown = browser.get(page);
        let text = shown.body.replace(ANN, "").replace("secretann", "");
        assert!(!reveals(&text), "{page}: {text}");
    }
    site.fixture.deliver();
    // Ann never answers, and Eve is notified that the time is over.
    site.fixture.pass(chrono::TimeDelta::days(8));
    site.fixture.sweep();
    site.fixture.deliver();
    let emails: Vec<_> = site.fixture.mailbox.list().into_iter().filter(|mail| mail.to == EVE).collect();
    assert!(!emails.is_empty());
    for mail in emails {
        assert!(!reveals(&mail.text) && !reveals(&mail.subject), "{}", mail.text);
    }
}

fn people_become_visible_by_acting(fixture: &Fixture) {
    let (site, eve, ann) = cast(fixture);
    let name = |answer: &serde_json::Value, which: &str| answer[which]["first_name"].as_str().unwrap_or_default().to_owned();
    // Ann decided.
    let asked = json!({ "user_target": ann.id.0, "user_allowed": eve.id.0, "bundle": 1 });
    let filed = site.send(EVE, "POST", REQUESTS, &asked.to_string());
    site.fixture.deliver();
    let path = format!("{REQUESTS}{}/", site.fixture.token_for(ANN));
    // She sees the requester, who filed it themselves.
    assert_eq!(get(&site, ANN, &path).json()["user_allowed"]["email"], EVE);
    assert_eq!(site.send(ANN, "PUT", &path, "").status, 200);
    let uri = filed.json()["resource_uri"].as_str().unwrap().to_owned();
    assert_eq!(name(&get(&site, EVE, &uri).json(), "user_target"), "Secretia");
    assert_eq!(get(&site, EVE, &format!("/api/user/{}/", ann.id)).json()["email"], ANN);
    // From now on also in rows that only Eve made.
    let body = json!({ "user_target": eve.id.0, "user_allowed": ann.id.0, "bundle": 2 });
    let given = site.send(EVE, "POST", PERMISSIONS, &body.to_string());
    assert_eq!((given.status, name(&given.json(), "user_allowed").as_str()), (201, "Secretia"));
    let shared = json!({ "type": "read", "sharedWith": ANN, "sharedWithType": "user", "resourceUri": "/files/eve" });
    let shared = site.send(EVE, "POST", SHARES, &shared.to_string());
    assert_eq!(shared.json()["sharedWith"], "secretann", "{shared}");
    // A grantee sees the grantor.
    let bob = site.user("bob@x.org");
    let given = json!({ "user_target": bob.id.0, "user_allowed": ann.id.0, "bundle": 1 });
    assert_eq!(site.send("bob@x.org", "POST", PERMISSIONS, &given.to_string()).status, 201);
    assert_eq!(get(&site, ANN, &format!("/api/user/{}/", bob.id)).status, 200);
    assert_eq!(get(&site, "bob@x.org", &format!("/api/user/{}/", ann.id)).status, 404, "Ann did nothing");
    // The owner sees the grantee of access that another gave.
    let walks = site.fixture.bundle("Walks", &ann);
    site.fixture.entitle(&walks, &eve, Level::View);
    let uri = format!("/api/bundle/{}/", walks.id);
    let body = json!({ "type": "read", "sharedWith": "bob@x.org", "sharedWithType": "user", "resourceUri": uri });
    let reshared = site.send(EVE, "POST", SHARES, &body.to_string());
    assert_eq!(reshared.status, 201, "{reshared}");
    let seen = get(&site, ANN, &format!("{SHARES}/{}", reshared.json()["id"].as_str().unwrap()));
    assert_eq!(seen.json()["sharedWith"], "bob@x.org", "{seen}");
    // An administrator sees everybody.
    site.admin("root@x.org");
    assert!(reveals(&get(&site, "root@x.org", "/api/user/?limit=0").body));
}

fn an_app_sees_people_by_its_scope_only(fixture: &Fixture) {
    let (site, _, ann) = cast(fixture);
    let (_, blind) = site.key(None, &[Scope::Requests, Scope::ActAs, Scope::Check], &[]);
    let (_, seeing) = site.key(None, &[Scope::Requests, Scope::ActAs, Scope::Check, Scope::Directory], &[]);
    let bob = site.user("bob@x.org");
    let asked = json!({ "user_target": ann.id.0, "user_allowed": bob.id.0, "bundle": 1 });
    let filed = site.send(&blind, "POST", REQUESTS, &asked.to_string());
    assert_eq!(filed.status, 201, "{filed}");
    assert!(!reveals(&filed.body), "{filed}");
    let asked = json!({ "user_target": ann.id.0, "user_allowed": bob.id.0, "bundle": 1 });
    assert!(reveals(&site.send(&seeing, "POST", REQUESTS, &asked.to_string()).body));
    // Searches return the id of people whom only the app named.
    let search = |key: &str, which: &str, body: serde_json::Value| {
        site.send(key, "POST", &format!("/access/v1/search/{which}"), &body.to_string())
    };
    let on_herself = json!({ "subject": { "type": "user" }, "action": { "name": "view" }, "resource": { "type": "user", "id": ann.id.to_string() } });
    let found = search(&blind, "subject", on_herself.clone());
    assert_eq!(found.status, 200, "{found}");
    assert!(!reveals(&found.body) && found.body.contains(&ann.id.to_string()), "{found}");
    assert!(reveals(&search(&seeing, "subject", on_herself).body));
    let hers = json!({ "subject": { "type": "user", "id": ann.id.to_string() }, "action": { "name": "view" }, "resource": { "type": "user" } });
    assert!(!reveals(&search(&blind, "resource", hers.clone()).body));
    assert!(reveals(&search(&seeing, "resource", hers).body));
}

/// Eve's own app requests access for Ann from Eve. Eve decides, but has still only named Ann, by id.
fn requests_by_an_own_app_reveal_nothing(fixture: &Fixture) {
    let (site, eve, ann) = cast(fixture);
    let (_, app) = site.key(Some(&eve), &[Scope::Requests, Scope::ActAs], &[]);
    let asked = json!({ "user_target": eve.id.0, "user_allowed": ann.id.0, "bundle": 1 });
    let filed = site.send(&app, "POST", REQUESTS, &asked.to_string());
    assert_eq!(filed.status, 201, "{filed}");
    assert!(!reveals(&filed.body), "{filed}");
    for (path, body) in everything(&site, EVE) {
        assert!(!reveals(&body), "{path}: {body}");
    }
    site.fixture.deliver();
    for email in site.fixture.emails_to(EVE) {
        assert!(!reveals(&email.subject) && !reveals(&email.text) && !reveals(&email.html), "{}", email.text.as_str());
    }
    let read = get(&site, EVE, &format!("{REQUESTS}{}/", site.fixture.token_for(EVE)));
    assert!(read.status == 200 && !reveals(&read.body), "{read}");
    let mut browser = Browser::of(&site.fixture, &eve);
    browser.open(&format!("/redeem?token={}", site.fixture.token_for(EVE)));
    assert!(browser.page.says("view") && !reveals(&browser.page.body), "{}", browser.page.text());
    // What is known about a requester is no way to learn of Ann either: only Eve's own lists are told.
    assert!(browser.page.says("Has not asked you before"), "{}", browser.page.text());
    assert!(!browser.page.says("account here since") && !browser.page.says("known here"), "{}", browser.page.text());
    assert!(!reveals(&browser.get("/inbox").body));
}

/// The whole messages, with the headers that the mailbox does not show, such as `Reply-To`.
fn the_headers_of_emails_reveal_nothing(fixture: &Fixture) {
    let (site, eve, ann) = cast(fixture);
    let (_, app) = site.key(Some(&eve), &[Scope::Requests, Scope::ActAs], &[]);
    let folder = tempfile::tempdir().unwrap();
    let to_files = site.fixture.with(&format!("[mail]\ntransport = \"file\"\ndirectory = \"{}\"", folder.path().display()));
    let asked = json!({ "user_target": eve.id.0, "user_allowed": ann.id.0, "bundle": 1 });
    let filed = site.send(&app, "POST", REQUESTS, &asked.to_string());
    assert_eq!(filed.status, 201, "{filed}");
    to_files.deliver();
    let withdrawn = site.send(EVE, "DELETE", filed.json()["resource_uri"].as_str().unwrap(), "");
    assert!(withdrawn.status < 300, "{withdrawn}");
    to_files.deliver();
    let messages = std::fs::read_dir(folder.path()).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let messages: Vec<String> = messages.filter(|message| message.contains(EVE)).collect();
    assert!(!messages.is_empty());
    for message in messages {
        assert!(!reveals(&message), "{message}");
    }
}

fn a_filter_finds_only_people_whom_the_list_names(fixture: &Fixture) {
    let (site, eve, ann) = cast(fixture);
    let given = json!({ "user_target": eve.id.0, "user_allowed": ann.id.0, "bundle": 2 });
    assert_eq!(site.send(EVE, "POST", PERMISSIONS, &given.to_string()).status, 201);
    let shared = json!({ "type": "read", "sharedWith": ANN, "sharedWithType": "user", "resourceUri": "/files/eve" });
    assert_eq!(site.send(EVE, "POST", SHARES, &shared.to_string()).status, 201);
    let count = |filter: &str| get(&site, EVE, &format!("{SHARES}?filter={filter}")).json()["count"].as_i64().unwrap();
    assert_eq!(count("eq(sharedWith,'secretann')"), 0);
    assert_eq!(count("startsWith(sharedWith,'secret')"), 0);
    assert_eq!(count("eq(sharedWith,'ann.secret@x.org')"), 1, "what was sent is found");
    assert_eq!(count("startsWith(sharedWith,'ann.s')"), 1);
    assert_eq!(count("not(eq(sharedWith,'secretann'))"), 2);
    let total = |query: &str| get(&site, EVE, &format!("{PERMISSIONS}?{query}")).json()["meta"]["total_count"].as_i64().unwrap();
    assert_eq!(total(&format!("user_allowed={}", ann.id)), 1);
    assert_eq!(total(&format!("user_allowed={ANN}")), 0, "the permission was given to a number");
    // Once she is visible, by all her names.
    site.fixture.given(&site.fixture.bundle("Walks", &ann), &ann, &eve);
    assert_eq!(count("eq(sharedWith,'secretann')"), 2);
    assert_eq!(total(&format!("user_allowed={ANN}")), 1);
}

fn get(site: &Site, who: &str, path: &str) -> Answer {
    site.send(who, "GET", path, "")
}
