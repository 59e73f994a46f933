//! Eluvio's share API: `/config` and `/as/`.

mod changing;
mod config;
mod links;
mod listing;
mod making;
mod recorded;
mod refusals;
mod secrets;
mod sign_in;
mod signer;
mod times;
mod tokens;
mod walls;

use chrono::TimeDelta;
use countersign::domain::{Caller, GrantId, ResourceKind, User};
use countersign::store::Tx;
use countersign::workflow::accounts;
use serde_json::Value;

use crate::support::fixture::Fixture;
use crate::support::http::{Answer, Site};
use signer::{Account, SPACE};

pub(crate) const TENANT: &str = "iten4TXq7en3qtu3JREnE5tSLRf9zLod";
const OTHER_TENANT: &str = "iten2bVFSpzVCGYVqGFtRJXDFCkhr6vE";
pub(crate) const FILM: &str = "iq__2hAJPCjqo1wbobPvB7wb1x";
const TRAILER: &str = "iq__3iDmQZ5nGsMzy1BkZWVtw5";
const BOBS: &str = "iq__4bobXo1wbobPvB7wb1xhAJP";
/// Noon of 1 December 2026, the start of every fixture.
const NOON: i64 = 1_796_126_400;
const DAY: i64 = 86_400;

/// Ann has a film and its trailer, Bob an object of his own in the same tenant. Cid is in another tenant, and Dan in none.
pub(crate) struct Cast {
    pub(crate) site: Site,
    pub(crate) ann: User,
    pub(crate) bob: User,
}

impl Cast {
    pub(crate) fn new(fixture: &Fixture) -> Self {
        Self::with(fixture, "bad_tokens_per_hour = 0\n")
    }

    /// With these settings.
    pub(crate) fn with(fixture: &Fixture, limits: &str) -> Self {
        let site = Site::with(fixture, &format!("[eluvio]\nspace_id = \"{SPACE}\"\n[limits]\nsign_ins = 0\n{limits}"));
        let add = |name: &str, seed: u8, tenant: Option<&str>| {
            site.fixture.add_user(&format!("{name}@x.org"), |new| {
                new.eth_address = Some(Account::of(seed).address());
                new.tenant = tenant.map(str::to_owned);
                new.password_hash = Some(crate::support::http::password_hash());
            })
        };
        let ann = add("ann", 0x11, Some(TENANT));
        let bob = add("bob", 0x22, Some(TENANT));
        add("cid", 0x33, Some(OTHER_TENANT));
        add("dan", 0x44, None);
        let cast = Self { site, ann, bob };
        for (uri, owner) in [(FILM, &cast.ann), (TRAILER, &cast.ann), (BOBS, &cast.bob)] {
            cast.register(uri, owner);
        }
        cast
    }

    fn register(&self, uri: &str, owner: &User) {
        let (uri, owner) = (uri.to_owned(), owner.id);
        let add = move |tx: &mut Tx<'_>| accounts::add_resource(tx, &Caller::operator(), &uri, "", ResourceKind::Fabric, owner);
        self.site.fixture.write(add).unwrap();
    }

    /// A bearer token signed now by an account, valid for a day.
    fn bearer(&self, seed: u8) -> String {
        let account = Account::of(seed);
        format!("Bearer {}", account.token(&account.claims(self.site.fixture.now().timestamp_millis())))
    }

    pub(crate) fn ann(&self) -> String {
        self.bearer(0x11)
    }

    /// Bob's bearer token.
    pub(crate) fn bearer_of_bob(&self) -> String {
        self.bob()
    }

    fn bob(&self) -> String {
        self.bearer(0x22)
    }

    fn cid(&self) -> String {
        self.bearer(0x33)
    }

    /// A share by Ann, as returned.
    fn shared(&self, body: &Value) -> Value {
        let made = self.site.send(&self.ann(), "POST", &shares_of(TENANT), &body.to_string());
        assert_eq!(made.status, 200, "{made}");
        // Her next share is at another moment, so that it is no repetition.
        self.site.fixture.pass(TimeDelta::milliseconds(1));
        made.json()
    }

    /// The code of a share of Ann's film, without an end.
    pub(crate) fn code(&self) -> String {
        code_of(&self.shared(&serde_json::json!({ "object_ids": [FILM] })))
    }

    pub(crate) fn open(&self, code: &str, what: &str) -> Answer {
        self.site.send("", "GET", &format!("/as/sharing/share/{code}/{what}"), "")
    }

    /// The token for a code.
    pub(crate) fn token(&self, code: &str) -> String {
        let redeemed = self.open(code, "token");
        assert_eq!(redeemed.status, 200, "{redeemed}");
        redeemed.json()["token"].as_str().unwrap().to_owned()
    }

    /// The share that a token is valid for at this moment.
    fn good_for(&self, token: &str) -> Option<GrantId> {
        let links = self.site.fixture.links.clone();
        self.site.fixture.read(|tx| links.grant_of_share_token(tx, token)).unwrap().map(|grant| grant.id)
    }

    fn put(&self, who: &str, code: &str, end: &str, body: &str) -> Answer {
        self.site.send(who, "PUT", &format!("/as/sharing/{TENANT}/share/{code}{end}"), body)
    }
}

fn shares_of(tenant: &str) -> String {
    format!("/as/sharing/{tenant}/share")
}

fn list_of(tenant: &str) -> String {
    format!("/as/sharing/{tenant}/shares")
}

fn code_of(share: &Value) -> String {
    share["share_id"].as_str().unwrap().to_owned()
}

/// A text with one character replaced.
fn altered(text: &str, at: usize) -> String {
    let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}
