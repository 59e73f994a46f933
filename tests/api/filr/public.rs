//! `/rest/admin/shares/public`: one person's public shares of one resource are listed as one.

use chrono::TimeDelta;
use countersign::domain::Level;
use countersign::domain::grant::reshare;
use countersign::workflow::policy::{self, Object, Right, Subject};
use countersign::workflow::shares::{NewShare, Target, With};

use super::{ROOT, SHARES, Town, of, of_bundle};
use crate::support::fixture::{Fixture, on_both};

const PUBLIC: &str = "/rest/admin/shares/public";

on_both![
    one_persons_public_shares_of_a_resource_are_listed_as_one,
    a_combined_public_share_gives_all_that_its_parts_give,
    an_ended_part_of_a_public_share_gives_nothing,
    deleting_a_public_share_deletes_all_its_parts,
    other_shares_are_not_combined,
];

fn one_persons_public_shares_of_a_resource_are_listed_as_one(fixture: &Fixture) {
    let town = Town::new(fixture);
    town.file("/file");
    let sleep = town.fixture().bundle("Sleep data", &town.ann);
    let first = town.share(&NewShare { name: "first".into(), ..of("/file", With::Guest) }).id.0;
    let second = town.share(&of("/file", With::Everyone)).id.0;
    let bundle = town.share(&of_bundle(&sleep, With::Everyone)).id.0;
    let third = town.share(&of("/file", With::Guest)).id.0;
    town.share(&of_bundle(&sleep, With::Guest));
    for list in [PUBLIC, SHARES, "/rest/admin/shares?shared_by=2"] {
        assert_eq!(town.ids(list), [first, bundle], "{list}");
    }
    // Each part's id leads to the combined share.
    let whole = town.get(&format!("{SHARES}/{first}"));
    insta::assert_snapshot!(whole, @r#"
    200
    content-type: application/json
    {
      "access": {
        "role": "VIEWER",
        "sharing": {
          "external": false,
          "grant_reshare": false,
          "internal": false,
          "public": false,
          "public_link": false
        }
      },
      "can_share": false,
      "comment": "first",
      "href": "/admin/shares/1",
      "id": 1,
      "recipient": {
        "type": "public"
      },
      "role": "VIEWER",
      "shared_entity": {
        "href": "/folder_entries/1",
        "id": 1,
        "type": "folderEntry"
      },
      "sharer": {
        "href": "/users/2",
        "id": 2
      },
      "sharing_date": "2026-12-01T12:00:00Z"
    }
    "#);
    for part in [second, third] {
        assert_eq!(town.get(&format!("{SHARES}/{part}")).body, whole.body);
    }
    assert_eq!(town.get(PUBLIC).json()["items"][0], whole.json());
}

fn a_combined_public_share_gives_all_that_its_parts_give(fixture: &Fixture) {
    let town = Town::new(fixture);
    town.file("/file");
    let (now, days) = (town.fixture().now(), |days| Some(town.fixture().now() + TimeDelta::days(days)));
    town.share(&NewShare { ends_at: days(10), reshare: reshare::INTERNAL, ..of("/file", With::Guest) });
    town.fixture().pass(TimeDelta::hours(1));
    town.share(&NewShare { ends_at: Some(now + TimeDelta::days(20)), level: Level::Edit, ..of("/file", With::Everyone) });
    let list = town.get(PUBLIC).json();
    let whole = &list["items"][0];
    assert_eq!((&whole["role"], &whole["access"]["sharing"]["internal"]), (&"EDITOR".into(), &true.into()));
    assert_eq!((&whole["sharing_date"], &whole["expiration"]), (&"2026-12-01T12:00:00Z".into(), &"2026-12-21T12:00:00Z".into()));
    assert_eq!(whole["days_to_expire"], 20);
    town.share(&of("/file", With::Guest));
    let list = town.get(PUBLIC).json();
    assert_eq!((list["items"][0].get("expiration"), list["items"][0].get("days_to_expire")), (None, None));
}

fn an_ended_part_of_a_public_share_gives_nothing(fixture: &Fixture) {
    let town = Town::new(fixture);
    town.file("/file");
    let ends_at = Some(town.fixture().now() + TimeDelta::days(1));
    let short = town.share(&NewShare { ends_at, level: Level::Edit, ..of("/file", With::Everyone) }).id.0;
    let long = town.share(&of("/file", With::Guest)).id.0;
    assert_eq!(town.ids(PUBLIC), [short]);
    town.fixture().pass(TimeDelta::days(1));
    assert_eq!(town.ids(PUBLIC), [long], "the oldest that is there");
    let with_ended = town.get("/rest/admin/shares/public?include_expired=true").json();
    assert_eq!((&with_ended["total"], &with_ended["items"][0]["id"]), (&1.into(), &short.into()));
    assert_eq!((&with_ended["items"][0]["role"], with_ended["items"][0].get("expiration")), (&"VIEWER".into(), None));
}

fn deleting_a_public_share_deletes_all_its_parts(fixture: &Fixture) {
    let town = Town::new(fixture);
    let file = town.file("/file");
    let may_look = || {
        let (subject, object) = (Subject::User(town.bob.id), Object::Resource(file.id));
        town.fixture().read(|tx| policy::may(tx, subject, object, Right::Access(Level::View))).unwrap()
    };
    town.share(&of("/file", With::Everyone));
    let second = town.share(&of("/file", With::Everyone)).id;
    let link = town.share(&of("/file", With::PublicLink)).id.0;
    assert!(may_look());
    assert_eq!(town.site.send(ROOT, "DELETE", &format!("{SHARES}/{second}"), "").line(), "204");
    assert!(!may_look());
    assert_eq!(town.ids(SHARES), [link]);
    assert_eq!(town.fixture().count("grants", "deleted_at IS NOT NULL AND revoked_at IS NOT NULL"), 2);
    assert_eq!(town.fixture().count("audit", "event = 'grant.deleted'"), 2);
}

fn other_shares_are_not_combined(fixture: &Fixture) {
    let town = Town::new(fixture);
    for uri in ["/1", "/2"] {
        town.file(uri);
    }
    let coach = town.fixture().relationship("coach");
    let both = |with| NewShare { of: Target::Uris(vec!["/1".into(), "/2".into()]), ..of("", with) };
    town.share(&NewShare { reshare: reshare::PUBLIC | reshare::GRANT_RESHARE, ..of("/1", With::User(town.bob.id)) });
    let public = [
        town.share(&of("/1", With::Everyone)),
        town.share(&of("/2", With::Everyone)),
        town.share_as(&town.bob, &of("/1", With::Everyone)),
        // A share of several resources is not combined.
        town.share(&both(With::Everyone)),
        town.share(&both(With::Guest)),
        town.share(&of_bundle(&coach, With::Everyone)),
        town.share_as(&town.bob, &of_bundle(&coach, With::Everyone)),
    ];
    town.share(&of("/1", With::PublicLink));
    town.share(&of("/1", With::PublicLink));
    town.share(&of("/1", With::Authenticated));
    let public: Vec<i64> = public.iter().map(|grant| grant.id.0).collect();
    assert_eq!(town.ids(PUBLIC), public);
    assert_eq!(town.ids(SHARES).len(), 1 + public.len() + 3);
}
