//! The OpenID AuthZEN Authorization API 1.0: `/access/v1/`.

mod certification;
mod evaluation;
mod http;
mod search;

use countersign::domain::{Bundle, Grant, GranteeKind, Level, PrincipalId, ResourceId, Scope, User};
use countersign::store;
use countersign::store::grants::NewGrant;

use crate::support::fixture::Fixture;
use crate::support::http::{Answer, Site};

const EVALUATION: &str = "/access/v1/evaluation";
const EVALUATIONS: &str = "/access/v1/evaluations";
const ANN: &str = "ann@x.org";
const BOB: &str = "bob@x.org";
const EVE: &str = "eve@x.org";

/// Ann has two nights in a bundle; an app with the scope `check` evaluates.
struct Cast {
    site: Site,
    ann: User,
    bob: User,
    eve: User,
    sleep: Bundle,
    app: String,
}

impl Cast {
    fn new(fixture: &Fixture) -> Self {
        let site = Site::new(fixture);
        let [ann, bob, eve] = [ANN, BOB, EVE].map(|email| site.user(email));
        let sleep = site.fixture.bundle_of("Sleep data", &ann, &["night:1", "night:2"]);
        let (_, app) = site.key(None, &[Scope::Check, Scope::Directory], &[]);
        Self { site, ann, bob, eve, sleep, app }
    }

    fn resource(&self, uri: &str) -> ResourceId {
        self.site.fixture.read(|tx| store::bundles::find_resource(tx, uri)).unwrap().unwrap().id
    }

    /// Ann gives access without an end.
    fn give(&self, kind: GranteeKind, to: Option<PrincipalId>, bundle: Option<&Bundle>, uris: &[&str], level: Level) -> Grant {
        let resources: Vec<ResourceId> = uris.iter().map(|uri| self.resource(uri)).collect();
        let (bundle, by) = (bundle.map(|bundle| bundle.id), self.ann.id);
        self.site
            .fixture
            .write(move |tx| {
                let new = NewGrant {
                    request: None,
                    parent: None,
                    grantor: by,
                    owner: by,
                    grantee_kind: kind,
                    grantee: to,
                    grantee_as: None,
                    bundle,
                    resources: &resources,
                    level,
                    reshare: 0,
                    starts_at: None,
                    ends_at: None,
                    is_enabled: true,
                    comment: "",
                    tenant: None,
                    attributes: None,
                    created_by: Some(by),
                };
                store::grants::add(tx, &new)
            })
            .unwrap()
    }

    fn give_to(&self, to: &User, uris: &[&str], level: Level) -> Grant {
        self.give(GranteeKind::User, Some(to.id.into()), None, uris, level)
    }

    /// A call by the app.
    fn ask(&self, path: &str, body: &str) -> Answer {
        self.site.send(&self.app, "POST", path, body)
    }

    /// The decision for `subject action resource`, with subject and resource as `type=id`.
    fn may(&self, line: &str) -> bool {
        self.may_as(&self.app, line)
    }

    fn may_as(&self, who: &str, line: &str) -> bool {
        let answer = self.site.send(who, "POST", EVALUATION, &question(line));
        assert_eq!(answer.status, 200, "{line}: {answer}");
        answer.json()["decision"].as_bool().unwrap()
    }
}

/// The body of an evaluation of `subject action resource`, as `user=ann read night=1`.
fn question(line: &str) -> String {
    let [subject, action, resource] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
    let entity = |text: &str| text.split_once('=').map(|(kind, id)| serde_json::json!({ "type": kind, "id": id })).unwrap();
    serde_json::json!({ "subject": entity(subject), "action": { "name": action }, "resource": entity(resource) }).to_string()
}
