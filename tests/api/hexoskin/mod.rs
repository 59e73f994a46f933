//! Hexoskin's permission API: `/api/`.

mod bundle_permission;
mod bundle_permission_request;
mod connect;
mod following;
mod http;
mod lists;
mod members;
mod outcome;
mod purge;
mod schema;
mod tokens;
mod user;

use countersign::domain::{Bundle, User};

use crate::support::fixture::Fixture;
use crate::support::http::Site;

/// Alice (1) requests, Bob (2) decides, Carol (3) has no part in it. `view` (1) is a relationship, `Sleep data` (2) is Bob's.
struct Cast {
    site: Site,
    alice: User,
    bob: User,
    carol: User,
    view: Bundle,
    sleep: Bundle,
}

const ALICE: &str = "alice@x.org";
const BOB: &str = "bob@x.org";
const CAROL: &str = "carol@x.org";
const REQUESTS: &str = "/api/bundle_permission_request/";

impl Cast {
    fn new(fixture: &Fixture) -> Self {
        Self::on(Site::new(fixture))
    }

    fn on(site: Site) -> Self {
        let [alice, bob, carol] = [ALICE, BOB, CAROL].map(|email| site.user(email));
        let view = site.fixture.relationship("view");
        let sleep = site.fixture.bundle_of("Sleep data", &bob, &["urn:night:1", "urn:night:2"]);
        Self { site, alice, bob, carol, view, sleep }
    }

    /// Alice files a request to Bob, and the email arrives. Returns the path of its token.
    fn asked(&self, body: &str) -> String {
        let filed = self.site.send(ALICE, "POST", REQUESTS, body);
        assert_eq!(filed.status, 201, "{filed}");
        self.site.fixture.deliver();
        format!("{REQUESTS}{}/", self.site.fixture.token_for(BOB))
    }
}

const ASK: &str = r#"{"user_target":"bob@x.org","user_allowed":1,"bundle":"/api/bundle/1/"}"#;
/// At the level `edit`, for two resources of Bob's bundle.
const ASK_SLEEP: &str = r#"{"user_target":2,"user_allowed":1,"bundle":2,"until":"2027-06-01T00:00:00Z"}"#;

/// A secret of the same row with one character in its middle changed.
fn altered(secret: &str) -> String {
    let at = secret.len() - 10;
    let other = if secret.as_bytes()[at] == b'A' { "B" } else { "A" };
    format!("{}{other}{}", &secret[..at], &secret[at + 1..])
}
