//! Reading one share.

use chrono::TimeDelta;
use countersign::domain::GrantId;
use serde_json::json;

use super::super::super::{ADMIN, CURRENT, Cast, DALE, SHARES, TEST, share, summary};
use crate::support::fixture::{Fixture, Kind, on_both};

on_both![a_share_is_read_by_its_people_only, an_unchanged_share_is_304_without_a_body];

fn a_share_is_read_by_its_people_only(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let one = cast.shared(&json!({}));
    let of_team = cast.shared(&json!({"sharedWith": "Team", "sharedWithType": "group"}));
    for (who, may_see, may_see_team) in
        [(CURRENT, 200, 200), (TEST, 200, 404), (DALE, 404, 200), (ADMIN, 200, 200), ("", 401, 401)]
    {
        assert_eq!(cast.site.send(who, "GET", &one, "{}").status, may_see, "{who}");
        assert_eq!(cast.site.send(who, "GET", &of_team, "").status, may_see_team, "{who}");
    }
    insta::assert_snapshot!(summary(&cast.site.send(DALE, "GET", &one, "")), @"404 40400 No share with the specified ID was found.");
    let loud = format!("{SHARES}/{}", one.rsplit('/').next().unwrap().to_uppercase());
    assert_eq!(cast.site.send(CURRENT, "GET", &loud, "").status, 200);
}

fn an_unchanged_share_is_304_without_a_body(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let one = cast.shared(&json!({}));
    let got = cast.site.send(TEST, "GET", &one, "");
    let tag = got.header("etag").unwrap();
    let ask = |method: &str, tags: &str| cast.site.send_with(TEST, method, &one, &[("If-None-Match", tags)], "");
    for tags in [tag, &format!("W/{tag}"), &format!("\"x\", {tag}"), "*"] {
        let answer = ask("GET", tags);
        assert_eq!((answer.status, answer.body.as_str(), answer.header("etag")), (304, "", Some(tag)), "{tags}");
        assert_eq!(ask("HEAD", tags).status, 304);
    }
    assert_eq!((ask("GET", "\"x\"").status, ask("GET", "x").status), (200, 400));
    let head = cast.site.send(TEST, "HEAD", &one, "");
    assert_eq!((head.status, head.body.as_str(), head.header("etag")), (200, "", Some(tag)));
    assert_eq!(head.header("content-length"), Some(got.body.len().to_string().as_str()));
    // A displayed value can change without a change of the share, and then the tag changes too.
    let id = GrantId(1);
    let of = cast.current.clone();
    cast.site.fixture.revoke(&crate::support::fixture::person(&of), id).unwrap();
    let after = ask("GET", tag);
    assert_eq!((after.status, &after.json()["enabled"]), (200, &json!(false)));
}

#[test]
fn a_share_that_ends_is_shown_as_not_enabled() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let end = cast.site.fixture.now() + TimeDelta::hours(1);
    cast.site.fixture.entitle_with(&cast.sleep, cast.test.id.into(), countersign::domain::Level::Edit, 0, Some(end), &[]);
    let list = |who: &str| cast.site.send(who, "GET", SHARES, "").json()["items"][0].clone();
    let before = list(TEST);
    assert_eq!(
        (&before["enabled"], &before["resourceUri"], &before["type"]),
        (&json!(true), &json!("/api/bundle/1/"), &json!("readEdit"))
    );
    let one = before["links"][0]["href"].as_str().unwrap();
    let tag = cast.site.send(TEST, "GET", one, "").header("etag").unwrap().to_owned();
    cast.site.fixture.pass(TimeDelta::hours(1));
    assert_eq!(list(TEST)["enabled"], false);
    let after = cast.site.send_with(TEST, "GET", one, &[("If-None-Match", &tag)], "");
    assert_eq!((after.status, &after.json()["enabled"]), (200, &json!(false)));
}

#[test]
fn ids_of_other_apis_are_unknown_here() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let one = cast.shared(&json!({}));
    let uuid = one.rsplit('/').next().unwrap();
    for id in [
        "1",
        "file2",
        "%00",
        "0",
        "00000000-0000-7000-8000-000000000000",
        &uuid.replace('-', ""),
        &format!("{uuid}x"),
        &format!("%7B{uuid}%7D"),
    ] {
        for method in ["GET", "PUT", "DELETE"] {
            let headers = [("If-Match", "*"), ("Content-Type", "application/json")];
            let answer = cast.site.send_with(CURRENT, method, &format!("{SHARES}/{id}"), &headers, &share(&json!({})));
            assert_eq!(summary(&answer), "404 40400 No share with the specified ID was found.", "{method} {id}");
        }
    }
    // The id is unknown to the other APIs.
    assert_eq!(cast.site.send(CURRENT, "GET", &format!("/api/bundle_permission/{uuid}/"), "").status, 404);
    assert_eq!(cast.site.fixture.count("grants", "deleted_at IS NULL"), 1);
}

#[test]
fn a_bearer_link_is_not_shown_here() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let one = cast.shared(&json!({}));
    cast.site.fixture.sql("UPDATE grants SET grantee_kind = 'public_link', grantee_id = NULL").unwrap();
    assert_eq!(cast.site.send(CURRENT, "GET", &one, "").status, 404);
    assert_eq!(cast.site.send(CURRENT, "DELETE", &one, "").status, 404);
    assert_eq!(cast.site.send(CURRENT, "GET", SHARES, "").json()["count"], 0);
}
