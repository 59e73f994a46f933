//! SAS Viya's sharing API: `/authorization/`, `/identities/` and `/SASLogon/`.

mod authorization;
mod described;
mod identities;
mod saslogon;

use countersign::domain::{Bundle, Caller, Resource, ResourceKind, User};
use countersign::workflow::accounts;
use serde_json::{Value, json};

use crate::support::fixture::Fixture;
use crate::support::http::{Answer, Site};

/// `currentUser` has two files and a bundle. `testUser` and Dale, whose username is his address and who is in the group `Team`,
/// have nothing.
struct Cast {
    site: Site,
    current: User,
    test: User,
    sleep: Bundle,
}

const CURRENT: &str = "current@x.org";
const TEST: &str = "test@x.org";
const DALE: &str = "dale@x.org";
const ADMIN: &str = "root@x.org";
const FILE: &str = "/files/files/4288b305-981f-4b8d-b440-0911eabe3faf";
const FILE2: &str = "/files/files/file2";
const SHARES: &str = "/authorization/shares";

impl Cast {
    fn new(fixture: &Fixture) -> Self {
        let site = Site::new(fixture);
        let (current, test) = (site.named(CURRENT, "currentUser"), site.named(TEST, "testUser"));
        let dale = site.user(DALE);
        site.admin(ADMIN);
        let members = vec![dale.id];
        site.fixture.write(move |tx| accounts::add_group(tx, &Caller::operator(), "Team", &members)).unwrap();
        let cast =
            Self { sleep: site.fixture.bundle_of("Sleep data", &current, &["urn:night:1", "urn:night:2"]), site, current, test };
        cast.register(FILE);
        cast.register(FILE2);
        cast
    }

    /// Another resource of currentUser.
    fn register(&self, uri: &str) -> Resource {
        let (uri, owner) = (uri.to_owned(), self.current.id);
        let add = move |tx: &mut countersign::store::Tx<'_>| {
            accounts::add_resource(tx, &Caller::operator(), &uri, "", ResourceKind::File, owner)
        };
        self.site.fixture.write(add).unwrap()
    }

    /// Shares the file with testUser to read, with these members changed. Returns its path.
    fn shared(&self, members: &Value) -> String {
        let answer = self.site.send(CURRENT, "POST", SHARES, &share(members));
        assert_eq!(answer.status, 201, "{answer}");
        answer.header("location").unwrap().to_owned()
    }

    /// The names of the shares that a query finds, in their order.
    fn names(&self, who: &str, query: &str) -> Vec<String> {
        let answer = self.site.send(who, "GET", &format!("{SHARES}?{query}"), "");
        assert_eq!(answer.status, 200, "{query}: {answer}");
        let json = answer.json();
        assert_eq!(json["items"], json["value"]);
        json["items"].as_array().unwrap().iter().map(|share| share["name"].as_str().unwrap().to_owned()).collect()
    }
}

/// The original's sample with these members changed; null removes one.
fn share(members: &Value) -> String {
    let mut body =
        json!({"type": "read", "sharedWith": "testUser", "sharedWithType": "user", "resourceUri": FILE, "name": "test file"});
    for (name, value) in members.as_object().unwrap() {
        if value.is_null() {
            body.as_object_mut().unwrap().remove(name);
        } else {
            body[name] = value.clone();
        }
    }
    body.to_string()
}

/// A value encoded for a query.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The status, the message, and the member that it names.
fn summary(answer: &Answer) -> String {
    let json = answer.json();
    assert_eq!(answer.header("content-type"), Some("application/vnd.sas.error+json;version=2;charset=UTF-8"), "{answer}");
    assert_eq!((&json["version"], &json["httpStatusCode"], &json["links"]), (&json!(2), &json!(answer.status), &json!([])));
    let details: Vec<&str> = json["details"].as_array().unwrap().iter().map(|detail| detail.as_str().unwrap()).collect();
    assert!(details.iter().all(|detail| detail.starts_with("part: ")));
    let part = details.first().map(|detail| format!(" [{}]", &detail["part: ".len()..])).unwrap_or_default();
    format!("{} {}{part} {}", answer.status, json["errorCode"], json["message"].as_str().unwrap())
}
