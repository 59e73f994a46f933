//! Micro Focus Filr's administration of shares: `/rest`.

mod one;
mod plan;
mod public;
mod roots;
mod shares;

use std::sync::Arc;

use countersign::domain::{Bundle, Caller, Grant, Group, Level, Resource, ResourceKind, User};
use countersign::workflow::accounts;
use countersign::workflow::shares::{Change, NewShare, ShareId, Target, With, change, share};
use serde_json::Value;

use crate::support::fixture::{Fixture, person};
use crate::support::http::{Answer, Site};

const ROOT: &str = "root@example.org";
const ANN: &str = "ann@example.org";
const BOB: &str = "bob@example.org";
const SHARES: &str = "/rest/admin/shares";

/// An admin (1), and two people with passwords: Ann (2), who has resources, and Bob (3).
struct Town {
    site: Site,
    ann: User,
    bob: User,
}

impl Town {
    fn new(fixture: &Fixture) -> Self {
        Self::of(Site::new(fixture))
    }

    fn of(site: Site) -> Self {
        site.admin(ROOT);
        let (ann, bob) = (site.user(ANN), site.user(BOB));
        Self { site, ann, bob }
    }

    fn fixture(&self) -> &Fixture {
        &self.site.fixture
    }

    /// A resource of Ann's.
    fn resource(&self, uri: &str, kind: ResourceKind) -> Resource {
        let (uri, owner) = (uri.to_owned(), self.ann.id);
        self.fixture().write(move |tx| accounts::add_resource(tx, &Caller::operator(), &uri, "", kind, owner)).unwrap()
    }

    fn file(&self, uri: &str) -> Resource {
        self.resource(uri, ResourceKind::File)
    }

    fn group(&self, name: &str) -> Group {
        let (name, members) = (name.to_owned(), [self.bob.id]);
        self.fixture().write(move |tx| accounts::add_group(tx, &Caller::operator(), &name, &members)).unwrap()
    }

    /// A share by Ann.
    fn share(&self, new: &NewShare) -> Grant {
        self.share_as(&self.ann, new)
    }

    fn share_as(&self, from: &User, new: &NewShare) -> Grant {
        let (config, caller, new) = (Arc::clone(&self.fixture().config), person(from), new.clone());
        self.fixture().write(move |tx| share(tx, &config, &caller, &new)).unwrap().grant
    }

    fn switch_off(&self, grant: &Grant) {
        let (config, caller, id) = (Arc::clone(&self.fixture().config), person(&self.ann), ShareId::Number(grant.id));
        let to = Change { is_enabled: Some(false), ..Change::default() };
        self.fixture().write(move |tx| change(tx, &config, &caller, &id, None, &to)).unwrap();
    }

    /// A GET by the admin.
    fn get(&self, path: &str) -> Answer {
        self.site.send(ROOT, "GET", path, "")
    }

    /// The ids in the admin's list, which must be complete.
    fn ids(&self, path: &str) -> Vec<i64> {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{answer}");
        let list = answer.json();
        let ids = ids(&list);
        assert_eq!((&list["first"], &list["count"], &list["total"]), (&0.into(), &ids.len().into(), &ids.len().into()));
        ids
    }
}

fn ids(list: &Value) -> Vec<i64> {
    list["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

/// A share of one resource, at the level `view`, without an end.
fn of(uri: &str, with: With) -> NewShare {
    NewShare {
        of: Target::Uris(vec![uri.to_owned()]),
        with,
        level: Level::View,
        reshare: 0,
        starts_at: None,
        ends_at: None,
        is_enabled: true,
        name: String::new(),
        tenant: None,
        attributes: None,
    }
}

fn of_bundle(bundle: &Bundle, with: With) -> NewShare {
    NewShare { of: Target::Bundle(bundle.id), ..of("", with) }
}
