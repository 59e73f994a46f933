//! `/rest/admin/shares/{id}`: one share, and its end.

use chrono::TimeDelta;
use countersign::domain::grant::reshare;
use countersign::domain::{GrantId, Level};
use countersign::workflow::policy::{self, Object, Right, Subject};
use countersign::workflow::shares::{NewShare, With};

use super::{ROOT, SHARES, Town, of};
use crate::support::fixture::{Fixture, on_both};

on_both![a_deleted_share_ends_at_once, an_unknown_share_is_not_found];

fn a_deleted_share_ends_at_once(fixture: &Fixture) {
    let town = Town::new(fixture);
    let file = town.file("/file");
    let carol = town.fixture().user("carol@example.org");
    let bits = reshare::INTERNAL | reshare::GRANT_RESHARE;
    let given = town.share(&NewShare { reshare: bits, ..of("/file", With::User(town.bob.id)) });
    let further = town.share_as(&town.bob, &of("/file", With::User(carol.id)));
    assert_eq!(town.ids(SHARES), [given.id.0, further.id.0]);
    let may_look = |user| {
        let (subject, object) = (Subject::User(user), Object::Resource(file.id));
        town.fixture().read(|tx| policy::may(tx, subject, object, Right::Access(Level::View))).unwrap()
    };
    assert!(may_look(town.bob.id) && may_look(carol.id));
    let one = format!("{SHARES}/{}", given.id);
    insta::assert_snapshot!(town.site.send(ROOT, "DELETE", &one, ""), @"204");
    assert!(!may_look(town.bob.id) && !may_look(carol.id), "what was shared on went with it");
    assert_eq!(town.ids("/rest/admin/shares?include_expired=true"), [0; 0]);
    insta::assert_snapshot!(town.site.send(ROOT, "DELETE", &one, ""), @r#"
    404
    content-type: application/json
    {
      "code": "SHAREITEM_NOT_FOUND",
      "message": "there is no share with this id; list the shares for those there are"
    }
    "#);
    insta::assert_snapshot!(town.get(&one).line(), @r#"404 {"code":"SHAREITEM_NOT_FOUND","message":"there is no share with this id; list the shares for those there are"}"#);
}

fn an_unknown_share_is_not_found(fixture: &Fixture) {
    let town = Town::new(fixture);
    let sleep = town.fixture().bundle("Sleep data", &town.ann);
    let request = town.fixture().asked(&sleep, &town.ann, &town.bob);
    town.fixture().pass(TimeDelta::hours(1));
    let absent = GrantId(request.id.0);
    let public_id = "7f0c1f2e-0000-4000-8000-000000000000";
    for id in [absent.to_string(), "0".into(), "-1".into(), "9223372036854775808".into(), "x".into(), public_id.into()] {
        let answer = town.get(&format!("{SHARES}/{id}"));
        assert_eq!((answer.status, &answer.json()["code"]), (404, &"SHAREITEM_NOT_FOUND".into()), "{id}");
        assert_eq!(town.site.send(ROOT, "DELETE", &format!("{SHARES}/{id}"), "").status, 404, "{id}");
    }
    assert_eq!(town.fixture().count("requests", "state = 'pending'"), 1, "a request's id is nothing here");
}
