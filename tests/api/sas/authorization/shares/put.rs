//! Replacing a share.

use chrono::TimeDelta;
use countersign::domain::grant::reshare;
use countersign::domain::{GrantId, Level};
use serde_json::{Value, json};

use super::super::super::{ADMIN, CURRENT, Cast, FILE2, TEST, summary};
use crate::support::daemon::agent;
use crate::support::fixture::{Fixture, Kind, on_both, person};
use crate::support::http::{Answer, PASSWORD, basic};
use crate::support::proxies::nginx_with;

on_both![
    a_change_replaces_all_members_that_may_change,
    of_two_changes_from_one_version_one_is_stale,
    a_level_that_is_shown_coarser_is_not_changed_by_sending_it_back
];

/// Sends a share back with these members changed.
fn put(cast: &Cast, who: &str, path: &str, tag: Option<&str>, members: &Value) -> Answer {
    let mut body = cast.site.send(ADMIN, "GET", path, "").json();
    for (name, value) in members.as_object().unwrap() {
        if value.is_null() {
            body.as_object_mut().unwrap().remove(name);
        } else {
            body[name] = value.clone();
        }
    }
    let mut headers = vec![("Content-Type", "application/vnd.sas.authorization.share+json;charset=UTF-8")];
    headers.extend(tag.map(|tag| ("If-Match", tag)));
    cast.site.send_with(who, "PUT", path, &headers, &body.to_string())
}

fn tag(cast: &Cast, path: &str) -> String {
    cast.site.send(CURRENT, "GET", path, "").header("etag").unwrap().to_owned()
}

fn a_change_replaces_all_members_that_may_change(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let one = cast.shared(&json!({}));
    let first = tag(&cast, &one);
    cast.site.fixture.pass(TimeDelta::milliseconds(1_500));
    let members = json!({"type": "readEditShare", "name": "another", "enabled": false});
    let changed = put(&cast, CURRENT, &one, Some(&first), &members);
    let id = one.rsplit('/').next().unwrap();
    insta::assert_snapshot!(changed.to_string().replace(id, "(id)"), @r#"
    200
    content-type: application/vnd.sas.authorization.share+json
    {
      "createdBy": "currentUser",
      "createdTimestamp": "2026-12-01T12:00:00.000Z",
      "enabled": false,
      "id": "(id)",
      "links": [
        {
          "href": "/authorization/shares/(id)",
          "method": "GET",
          "rel": "self",
          "type": "application/vnd.sas.authorization.share",
          "uri": "/authorization/shares/(id)"
        },
        {
          "href": "/authorization/shares/(id)",
          "method": "PUT",
          "rel": "update",
          "responseType": "application/vnd.sas.authorization.share",
          "type": "application/vnd.sas.authorization.share",
          "uri": "/authorization/shares/(id)"
        },
        {
          "href": "/authorization/shares/(id)",
          "method": "DELETE",
          "rel": "delete",
          "uri": "/authorization/shares/(id)"
        }
      ],
      "modifiedBy": "currentUser",
      "modifiedTimestamp": "2026-12-01T12:00:01.500Z",
      "name": "another",
      "resourceUri": "/files/files/4288b305-981f-4b8d-b440-0911eabe3faf",
      "sharedBy": "currentUser",
      "sharedWith": "testUser",
      "sharedWithType": "user",
      "type": "readEditShare",
      "version": 3
    }
    "#);
    assert_eq!(changed.header("last-modified"), Some("Tue, 01 Dec 2026 12:00:01 GMT"));
    let second = changed.header("etag").unwrap();
    assert_ne!(second, first);
    assert_eq!((tag(&cast, &one), cast.site.send(TEST, "GET", &one, "").body), (second.to_owned(), changed.body.clone()));
    // A missing member has its default, as in a new share.
    let again = put(&cast, CURRENT, &one, Some(second), &json!({"type": "read", "name": null, "enabled": null}));
    let shown = again.json();
    assert_eq!((&shown["type"], &shown["name"], &shown["enabled"]), (&json!("read"), &json!(""), &json!(true)), "{again}");
    let grant = cast.site.fixture.grant(GrantId(1));
    assert_eq!((grant.level, grant.reshare, grant.version), (Level::View, 0, 3));
}

fn of_two_changes_from_one_version_one_is_stale(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let one = cast.shared(&json!({}));
    for round in 0..5 {
        let seen = tag(&cast, &one);
        let statuses = std::thread::scope(|scope| {
            let names = [format!("a{round}"), format!("b{round}")];
            let threads = names.map(|name| {
                let (cast, one, seen) = (&cast, &one, &seen);
                scope.spawn(move || put(cast, CURRENT, one, Some(seen), &json!({"name": name})).status)
            });
            let mut statuses = threads.map(|thread| thread.join().unwrap());
            statuses.sort_unstable();
            statuses
        });
        assert_eq!(statuses, [200, 412]);
    }
    assert_eq!(cast.site.fixture.grant(GrantId(1)).version, 6);
}

fn a_level_that_is_shown_coarser_is_not_changed_by_sending_it_back(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let bits = reshare::EXTERNAL | reshare::PUBLIC_LINK;
    let id = cast.site.fixture.entitle_with(&cast.sleep, cast.test.id.into(), Level::Contribute, bits, None, &[]).id;
    cast.site.fixture.sql("UPDATE grants SET grantee_as = 'testUser'").unwrap();
    let one = cast.site.send(CURRENT, "GET", "/authorization/shares", "").json()["items"][0]["links"][0]["href"].clone();
    let one = one.as_str().unwrap();
    let held = || {
        let grant = cast.site.fixture.grant(id);
        (grant.level, grant.reshare)
    };
    for (members, after) in [
        (json!({"name": "mine"}), (Level::Contribute, bits)),
        (json!({"type": "readEditShare"}), (Level::Contribute, bits)),
        (json!({"type": "readEdit"}), (Level::Contribute, 0)),
        (json!({"type": "readEditShare"}), (Level::Contribute, reshare::INTERNAL | reshare::GRANT_RESHARE)),
        (json!({"type": "readShare"}), (Level::View, reshare::INTERNAL | reshare::GRANT_RESHARE)),
        (json!({"type": "readEdit"}), (Level::Edit, 0)),
    ] {
        let answer = put(&cast, CURRENT, one, Some("*"), &members);
        assert_eq!((answer.status, held()), (200, after), "{members}: {answer}");
    }
}

#[test]
fn a_change_needs_the_version_that_it_changes() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let one = cast.shared(&json!({}));
    let first = tag(&cast, &one);
    let mut table = Vec::new();
    let mut send = |name: &str, tag: Option<&str>| {
        let answer = put(&cast, CURRENT, &one, tag, &json!({"name": name}));
        table.push(format!("{name} -> {}", if answer.status == 200 { "200".to_owned() } else { summary(&answer) }));
    };
    send("no If-Match", None);
    send("no tag", Some("1"));
    send("another", Some("\"1\""));
    send("of another, compressed", Some("W/\"1-0123456789abcdef-gzip\""));
    send("one of several", Some(&format!("\"1\", {first}")));
    send("the one before", Some(&first));
    send("any", Some("*"));
    insta::assert_snapshot!(table.join("\n"), @r"
    no If-Match -> 428 42807 [If-Match] If-Match: a change needs it: send the ETag that GET answered with
    no tag -> 400 40007 [If-Match] If-Match: send the ETag as it came, quotes and all, several with commas between, or *
    another -> 412 41207 [If-Match] If-Match: the share was changed meanwhile; GET it again, and send its ETag with what you make of it
    of another, compressed -> 412 41207 [If-Match] If-Match: the share was changed meanwhile; GET it again, and send its ETag with what you make of it
    one of several -> 200
    the one before -> 412 41207 [If-Match] If-Match: the share was changed meanwhile; GET it again, and send its ETag with what you make of it
    any -> 200
    ");
    assert_eq!(cast.names(CURRENT, ""), ["any"]);
}

/// A compressing proxy makes the tag weak, or appends the coding; it still names the same version.
#[test]
fn a_tag_changed_by_a_compressing_proxy_is_accepted_once_like_every_tag() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let one = cast.shared(&json!({}));
    for change in [
        |tag: &str| format!("W/{tag}"),
        |tag: &str| format!("{}-gzip\"", &tag[..tag.len() - 1]),
        |tag: &str| format!("W/{}-br\"", &tag[..tag.len() - 1]),
    ] {
        let seen = change(&tag(&cast, &one));
        let members = json!({"name": format!("by {seen}")});
        assert_eq!(put(&cast, CURRENT, &one, Some(&seen), &members).status, 200, "{seen}");
        assert_eq!(put(&cast, CURRENT, &one, Some(&seen), &json!({"name": "late"})).status, 412, "{seen}");
    }
}

/// The same with a real proxy that compresses everything.
#[test]
fn a_share_is_changed_through_a_proxy_that_compresses() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let one = cast.shared(&json!({}));
    let daemon = format!("http://{}", cast.site.address);
    let proxy = nginx_with(&[&daemon], "gzip on; gzip_types *; gzip_min_length 0; gzip_proxied any; gzip_http_version 1.0;");
    let url = format!("{}{one}", proxy.url);
    let authorization = basic(CURRENT, PASSWORD);
    for number in 0..2 {
        let get = agent().get(&url).header("authorization", &authorization).header("accept-encoding", "gzip").call().unwrap();
        let seen = get.headers()["etag"].to_str().unwrap().to_owned();
        assert!(get.headers().contains_key("content-encoding") && seen.starts_with("W/"), "it compresses: {seen}");
        let mut share = cast.site.send(CURRENT, "GET", &one, "").json();
        share["name"] = json!(format!("number {number}"));
        let put = agent().put(&url).header("authorization", &authorization).header("if-match", &seen);
        let put = put.header("content-type", "application/json").send(share.to_string()).unwrap();
        assert_eq!(put.status(), 200, "{seen}");
    }
    assert_eq!(cast.names(CURRENT, ""), ["number 1"]);
}

#[test]
fn the_resource_and_grantee_of_a_share_do_not_change() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let one = cast.shared(&json!({}));
    let mut table = Vec::new();
    for (member, value) in [
        ("sharedWith", json!("dale@x.org")),
        ("sharedWith", json!("Testuser")),
        ("sharedWith", json!(null)),
        ("sharedWithType", json!("group")),
        ("sharedWithType", json!(null)),
        ("resourceUri", json!(FILE2)),
        ("resourceUri", json!(null)),
        ("sharedBy", json!("testUser")),
        ("type", json!(null)),
        ("type", json!("all")),
        ("enabled", json!("no")),
        ("name", json!("x".repeat(65))),
    ] {
        let answer = put(&cast, CURRENT, &one, Some("*"), &json!({member: value}));
        let shown = value.to_string().replace(&"x".repeat(65), "(65 characters)");
        table.push(format!("{member}={shown} -> {}", summary(&answer)));
    }
    insta::assert_snapshot!(table.join("\n"), @r#"
    sharedWith="dale@x.org" -> 400 40005 [sharedWith] sharedWith: it cannot change; make a new share, and delete this one
    sharedWith="Testuser" -> 400 40005 [sharedWith] sharedWith: it cannot change; make a new share, and delete this one
    sharedWith=null -> 400 40005 [sharedWith] sharedWith: it is missing
    sharedWithType="group" -> 400 40005 [sharedWithType] sharedWithType: it cannot change; make a new share, and delete this one
    sharedWithType=null -> 400 40005 [sharedWithType] sharedWithType: it is missing
    resourceUri="/files/files/file2" -> 400 40005 [resourceUri] resourceUri: it cannot change; make a new share, and delete this one
    resourceUri=null -> 400 40005 [resourceUri] resourceUri: it is missing
    sharedBy="testUser" -> 400 40005 [sharedBy] sharedBy: it cannot change; make a new share, and delete this one
    type=null -> 400 40005 [type] type: it is missing
    type="all" -> 400 40005 [type] type: "all" is none of read, readEdit, readShare or readEditShare
    enabled="no" -> 400 40005 [enabled] enabled: it is true or false, not a string
    name="(65 characters)" -> 400 40005 [name] name: at most 64 characters
    "#);
    assert_eq!(cast.site.fixture.grant(GrantId(1)).version, 1);
    // An address names nobody until that person has acted, since the answer would reveal whose it is.
    assert_eq!(put(&cast, CURRENT, &one, Some("*"), &json!({"sharedWith": "TEST@x.org"})).status, 400);
    cast.site.fixture.given(&cast.site.fixture.bundle("Theirs", &cast.test), &cast.test, &cast.current);
    // The same person under another name is no change.
    for (member, value) in [("sharedWith", json!("TEST@x.org")), ("sharedBy", json!(null))] {
        assert_eq!(put(&cast, CURRENT, &one, Some("*"), &json!({member: value})).status, 200, "{member}");
    }
}

#[test]
fn only_the_grantor_changes_a_share() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let one = cast.shared(&json!({"type": "readShare"}));
    for (who, refusal) in [
        (TEST, "403 40300 only who gave it can change it; others can take it back or let it be"),
        (ADMIN, "403 40300 only who gave it can change it; others can take it back or let it be"),
        ("dale@x.org", "404 40400 No share with the specified ID was found."),
    ] {
        assert_eq!(summary(&put(&cast, who, &one, Some("*"), &json!({"type": "readEditShare"}))), refusal, "{who}");
    }
    assert_eq!(put(&cast, "", &one, Some("*"), &json!({})).status, 401);
}

#[test]
fn an_ended_share_is_not_enabled_again() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let one = cast.shared(&json!({}));
    let off = put(&cast, CURRENT, &one, Some("*"), &json!({"enabled": false}));
    assert_eq!((off.status, &off.json()["enabled"]), (200, &json!(false)));
    let on = put(&cast, CURRENT, &one, Some("*"), &json!({"enabled": true}));
    assert_eq!((on.status, &on.json()["enabled"]), (200, &json!(true)));

    let end = cast.site.fixture.now().timestamp_micros();
    cast.site.fixture.sql(&format!("UPDATE grants SET ends_at = {end}")).unwrap();
    let mut table = vec![format!("ended -> {}", summary(&put(&cast, CURRENT, &one, Some("*"), &json!({"enabled": true}))))];
    // As it is shown, it may be sent back, and does not lose its switch by that.
    assert_eq!(put(&cast, CURRENT, &one, Some("*"), &json!({"name": "over"})).status, 200);
    assert!(cast.site.fixture.grant(GrantId(1)).is_enabled);
    cast.site.fixture.sql(&format!("UPDATE grants SET ends_at = NULL, starts_at = {}", end + 60_000_000)).unwrap();
    table.push(format!("not begun -> {}", summary(&put(&cast, CURRENT, &one, Some("*"), &json!({"enabled": true})))));
    cast.site.fixture.sql(&format!("UPDATE grants SET starts_at = {end}")).unwrap();
    cast.site.fixture.revoke(&person(&cast.current), GrantId(1)).unwrap();
    table.push(format!("taken back -> {}", summary(&put(&cast, CURRENT, &one, Some("*"), &json!({"enabled": true})))));
    insta::assert_snapshot!(table.join("\n"), @r"
    ended -> 400 40005 [enabled] enabled: it has ended; make a new share
    not begun -> 400 40005 [enabled] enabled: it begins at 2026-12-01T12:01:00+00:00
    taken back -> 400 40005 [enabled] enabled: it was taken back for good; share it again
    ");
}
