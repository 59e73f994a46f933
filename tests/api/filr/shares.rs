//! `/rest/admin/shares`: all shares of the instance.

use chrono::TimeDelta;
use countersign::domain::grant::reshare;
use countersign::domain::{Level, ResourceKind};
use countersign::workflow::shares::{NewShare, With};

use super::{SHARES, Town, ids, of, of_bundle};
use crate::support::fixture::{Fixture, Kind, on_both, person};
use crate::support::http::Site;

on_both![
    each_kind_of_share_reads_as_the_original_has_it,
    both_filters_must_hold,
    ended_shares_are_shown_on_request,
    revoked_disabled_and_deleted_shares_are_not_shown,
    a_grant_from_a_request_is_a_share_too,
];

fn each_kind_of_share_reads_as_the_original_has_it(fixture: &Fixture) {
    let town = Town::new(fixture);
    let group = town.group("friends");
    town.resource("/folder", ResourceKind::Folder);
    town.resource("/entry", ResourceKind::FolderEntry);
    town.file("/file");
    let sleep = town.fixture().bundle("Sleep data", &town.ann);
    let coach = town.fixture().relationship("coach");
    let ends_at = Some(town.fixture().now() + TimeDelta::days(30) + TimeDelta::microseconds(999_999));
    town.share(&NewShare {
        level: Level::Contribute,
        reshare: reshare::INTERNAL | reshare::GRANT_RESHARE,
        ends_at,
        name: "to Bob".into(),
        ..of("/folder", With::User(town.bob.id))
    });
    town.share(&NewShare { level: Level::Edit, ..of("/entry", With::Named("siguat@example.org".into())) });
    town.share(&NewShare { reshare: reshare::ALL, ..of("/file", With::Group(group.name)) });
    town.share(&of("/file", With::Authenticated));
    town.share(&of("/file", With::Everyone));
    // Less than a day is shown as no days.
    let ends_at = Some(town.fixture().now() + TimeDelta::hours(23));
    town.share(&NewShare { ends_at, ..of("/file", With::PublicLink) });
    town.share(&of_bundle(&sleep, With::User(town.bob.id)));
    town.share(&of_bundle(&coach, With::User(town.bob.id)));
    let list = town.get(SHARES);
    assert_eq!(list.header("content-type"), Some("application/json"));
    let mut list = list.json();
    let items = list.as_object_mut().unwrap().remove("items").unwrap();
    let items: Vec<String> = items.as_array().unwrap().iter().map(ToString::to_string).collect();
    let items = items.join("\n") + "\n";
    insta::assert_snapshot!(format!("{list}\n{items}"), @r#"
    {"count":8,"first":0,"total":8}
    {"access":{"role":"CONTRIBUTOR","sharing":{"external":false,"grant_reshare":true,"internal":true,"public":false,"public_link":false}},"can_share":true,"comment":"to Bob","days_to_expire":30,"expiration":"2026-12-31T12:00:00Z","href":"/admin/shares/1","id":1,"recipient":{"href":"/users/3","id":3,"type":"user"},"role":"CONTRIBUTOR","shared_entity":{"href":"/folders/1","id":1,"type":"folder"},"sharer":{"href":"/users/2","id":2},"sharing_date":"2026-12-01T12:00:00Z"}
    {"access":{"role":"EDITOR","sharing":{"external":false,"grant_reshare":false,"internal":false,"public":false,"public_link":false}},"can_share":false,"comment":"","href":"/admin/shares/2","id":2,"recipient":{"email":"siguat@example.org","href":"/users/5","id":5,"type":"external_user"},"role":"EDITOR","shared_entity":{"href":"/folder_entries/2","id":2,"type":"folderEntry"},"sharer":{"href":"/users/2","id":2},"sharing_date":"2026-12-01T12:00:00Z"}
    {"access":{"role":"VIEWER","sharing":{"external":true,"grant_reshare":true,"internal":true,"public":true,"public_link":true}},"can_share":true,"comment":"","href":"/admin/shares/3","id":3,"recipient":{"href":"/groups/4","id":4,"type":"group"},"role":"VIEWER","shared_entity":{"href":"/folder_entries/3","id":3,"type":"folderEntry"},"sharer":{"href":"/users/2","id":2},"sharing_date":"2026-12-01T12:00:00Z"}
    {"access":{"role":"VIEWER","sharing":{"external":false,"grant_reshare":false,"internal":false,"public":false,"public_link":false}},"can_share":false,"comment":"","href":"/admin/shares/4","id":4,"recipient":{"href":"/groups/0","id":0,"type":"group"},"role":"VIEWER","shared_entity":{"href":"/folder_entries/3","id":3,"type":"folderEntry"},"sharer":{"href":"/users/2","id":2},"sharing_date":"2026-12-01T12:00:00Z"}
    {"access":{"role":"VIEWER","sharing":{"external":false,"grant_reshare":false,"internal":false,"public":false,"public_link":false}},"can_share":false,"comment":"","href":"/admin/shares/5","id":5,"recipient":{"type":"public"},"role":"VIEWER","shared_entity":{"href":"/folder_entries/3","id":3,"type":"folderEntry"},"sharer":{"href":"/users/2","id":2},"sharing_date":"2026-12-01T12:00:00Z"}
    {"access":{"role":"VIEWER","sharing":{"external":false,"grant_reshare":false,"internal":false,"public":false,"public_link":false}},"can_share":false,"comment":"","expiration":"2026-12-02T11:00:00Z","href":"/admin/shares/6","id":6,"recipient":{"type":"public_link"},"role":"VIEWER","shared_entity":{"href":"/folder_entries/3","id":3,"type":"folderEntry"},"sharer":{"href":"/users/2","id":2},"sharing_date":"2026-12-01T12:00:00Z"}
    {"access":{"role":"VIEWER","sharing":{"external":false,"grant_reshare":false,"internal":false,"public":false,"public_link":false}},"can_share":false,"comment":"","href":"/admin/shares/7","id":7,"recipient":{"href":"/users/3","id":3,"type":"user"},"role":"VIEWER","shared_entity":{"href":"/bundles/1","id":1,"type":"folder"},"sharer":{"href":"/users/2","id":2},"sharing_date":"2026-12-01T12:00:00Z"}
    {"access":{"role":"VIEWER","sharing":{"external":false,"grant_reshare":false,"internal":false,"public":false,"public_link":false}},"can_share":false,"comment":"","href":"/admin/shares/8","id":8,"recipient":{"href":"/users/3","id":3,"type":"user"},"role":"VIEWER","shared_entity":{"href":"/users/2","id":2,"type":"user"},"sharer":{"href":"/users/2","id":2},"sharing_date":"2026-12-01T12:00:00Z"}
    "#);
    assert_eq!(town.get("/rest/admin/shares/").body, town.get(SHARES).body);
}

fn both_filters_must_hold(fixture: &Fixture) {
    let town = Town::new(fixture);
    let group = town.group("friends");
    let (file, bobs) = (town.file("/file"), town.fixture().bundle("Bob's", &town.bob));
    let to_bob = town.share(&of(&file.uri, With::User(town.bob.id))).id.0;
    let to_group = town.share(&of(&file.uri, With::Group(group.name))).id.0;
    let to_all = town.share(&of(&file.uri, With::Authenticated)).id.0;
    let to_ann = town.share_as(&town.bob, &of_bundle(&bobs, With::User(town.ann.id))).id.0;
    let (ann, bob, group) = (town.ann.id.0, town.bob.id.0, group.id.0);
    let listed = |query: String| town.ids(&format!("{SHARES}?{query}"));
    assert_eq!(listed(format!("shared_by={ann}")), [to_bob, to_group, to_all]);
    assert_eq!(listed(format!("shared_by={bob}")), [to_ann]);
    assert_eq!(listed(format!("shared_with={bob}")), [to_bob], "what he has through the group is the group's");
    assert_eq!(listed(format!("shared_with={group}")), [to_group]);
    assert_eq!(listed("shared_with=0".into()), [to_all]);
    assert_eq!(listed(format!("shared_by={ann}&shared_with={bob}")), [to_bob]);
    assert_eq!(listed(format!("shared_by={bob}&shared_with={bob}")), [0; 0]);
    for nobody in ["999", "-1", "9223372036854775807"] {
        assert_eq!(listed(format!("shared_by={nobody}")), [0; 0], "{nobody}");
        assert_eq!(listed(format!("shared_with={nobody}")), [0; 0], "{nobody}");
    }
    // The list has no pages, whatever a client requests.
    assert_eq!(listed("first=2&count=1&x=y".into()), [to_bob, to_group, to_all, to_ann]);
}

fn ended_shares_are_shown_on_request(fixture: &Fixture) {
    let town = Town::new(fixture);
    town.file("/file");
    let ends_at = Some(town.fixture().now() + TimeDelta::seconds(60));
    let short = town.share(&NewShare { ends_at, ..of("/file", With::User(town.bob.id)) }).id.0;
    let long = town.share(&of("/file", With::Authenticated)).id.0;
    let later = town.fixture().now() + TimeDelta::days(1);
    let later = town.share(&NewShare { starts_at: Some(later), ..of("/file", With::PublicLink) }).id.0;
    let expired = format!("{SHARES}?include_expired=true");
    town.fixture().pass(TimeDelta::seconds(60) - TimeDelta::microseconds(1));
    assert_eq!(town.ids(SHARES), [short, long, later], "what has not begun yet is to be seen, too");
    town.fixture().pass(TimeDelta::microseconds(1));
    assert_eq!(town.ids(SHARES), [long, later]);
    assert_eq!(town.ids(&expired), [short, long, later]);
    assert_eq!(town.ids(&format!("{SHARES}?include_expired=False")), [long, later]);
    assert_eq!(town.get(&format!("{SHARES}/{short}")).json()["expiration"], "2026-12-01T12:01:00Z");
    assert_eq!(town.ids("/rest/admin/shares/public?include_expired=true"), [0; 0]);
}

fn revoked_disabled_and_deleted_shares_are_not_shown(fixture: &Fixture) {
    let town = Town::new(fixture);
    let uris = ["/kept", "/revoked", "/off", "/deleted"];
    let [kept, revoked, off, deleted] = uris.map(|uri| {
        town.file(uri);
        town.share(&of(uri, With::User(town.bob.id)))
    });
    town.fixture().revoke(&person(&town.ann), revoked.id).unwrap();
    town.switch_off(&off);
    assert_eq!(town.site.send(super::ROOT, "DELETE", &format!("{SHARES}/{}", deleted.id), "").status, 204);
    for list in [SHARES, "/rest/admin/shares?include_expired=true", "/rest/admin/shares?shared_by=2"] {
        assert_eq!(town.ids(list), [kept.id.0], "{list}");
    }
    for grant in [revoked, off, deleted] {
        assert_eq!(town.get(&format!("{SHARES}/{}", grant.id)).status, 404);
        assert_eq!(town.site.send(super::ROOT, "DELETE", &format!("{SHARES}/{}", grant.id), "").status, 404);
    }
}

fn a_grant_from_a_request_is_a_share_too(fixture: &Fixture) {
    let town = Town::new(fixture);
    let sleep = town.fixture().bundle("Sleep data", &town.ann);
    let grant = town.fixture().given(&sleep, &town.ann, &town.bob);
    let listed = town.get("/rest/admin/shares?shared_with=3").json();
    assert_eq!(ids(&listed), [grant.id.0]);
    assert_eq!(listed["items"][0]["role"], "EDITOR");
    assert_eq!(listed["items"][0]["shared_entity"]["href"], format!("/bundles/{}", sleep.id));
}

#[test]
fn an_invalid_value_is_refused_instead_of_ignored() {
    let town = Town::new(&Fixture::new(Kind::Sqlite));
    let cases = [
        "shared_by=",
        "shared_by=ann",
        "shared_with=1.5",
        "shared_with=9223372036854775808",
        "include_expired=yes",
        "shared_by=1&shared_by=2",
        "include_expired=true&include_expired=true",
        "role=VIEWER",
    ];
    // The original ignores unknown parameters, and so do we.
    assert_eq!(town.get(&format!("{SHARES}?first=0&count=10&anything=1")).status, 200);
    assert_eq!(town.get(&format!("{SHARES}/public?shared_by=1")).status, 400, "it would show everybody's");
    let table: String = cases.iter().map(|query| town.get(&format!("{SHARES}?{query}")).line() + "\n").collect();
    insta::assert_snapshot!(table, @r#"
    400 {"code":"BAD_INPUT","message":"shared_by: \"\" is not an id, which is a number"}
    400 {"code":"BAD_INPUT","message":"shared_by: \"ann\" is not an id, which is a number"}
    400 {"code":"BAD_INPUT","message":"shared_with: \"1.5\" is not an id, which is a number"}
    400 {"code":"BAD_INPUT","message":"shared_with: \"9223372036854775808\" is not an id, which is a number"}
    400 {"code":"BAD_INPUT","message":"include_expired: \"yes\" is neither true nor false"}
    400 {"code":"BAD_INPUT","message":"shared_by is there twice; send it once"}
    400 {"code":"BAD_INPUT","message":"include_expired is there twice; send it once"}
    400 {"code":"BAD_INPUT","message":"role: this list is not filtered by it; it takes shared_by, shared_with, include_expired"}
    "#);
}

#[test]
fn a_list_ends_at_the_configured_length_with_the_true_total() {
    let site = Site::with(&Fixture::new(Kind::Sqlite), "[limits]\nlisted_shares = 2\n");
    let town = Town::of(site);
    for uri in ["/1", "/2", "/3"] {
        town.file(uri);
        town.share(&of(uri, With::Everyone));
        town.share(&of(uri, With::Guest));
    }
    let list = town.get(SHARES).json();
    assert_eq!((ids(&list), &list["count"], &list["total"]), (vec![1, 3], &2.into(), &3.into()));
}
