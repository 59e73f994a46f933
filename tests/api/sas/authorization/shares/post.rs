//! Adding a share.

use countersign::domain::Scope;
use serde_json::{Value, json};

use super::super::super::{CURRENT, Cast, DALE, FILE, SHARES, TEST, share, summary};
use crate::support::fixture::{Fixture, Kind, on_both};

on_both![
    a_new_share_is_answered_as_the_original_shows_it,
    each_kind_of_recipient_is_named_in_its_own_way,
    a_bundle_is_shared_by_its_uri,
    a_grantee_with_the_reshare_suffix_may_share_on
];

const JSON: (&str, &str) = ("Content-Type", "application/json");

fn a_new_share_is_answered_as_the_original_shows_it(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let typed = [
        ("Accept", "application/vnd.sas.authorization.share+json"),
        ("Content-Type", "application/vnd.sas.authorization.share+json"),
    ];
    let answer = cast.site.send_with(CURRENT, "POST", SHARES, &typed, &share(&json!({})));
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert_eq!((id.len(), answer.header("location")), (36, Some(format!("{SHARES}/{id}").as_str())));
    insta::assert_snapshot!(answer.to_string().replace(&id, "(id)"), @r#"
    201
    content-type: application/vnd.sas.authorization.share+json
    location: /authorization/shares/(id)
    {
      "createdBy": "currentUser",
      "createdTimestamp": "2026-12-01T12:00:00.000Z",
      "enabled": true,
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
      "modifiedTimestamp": "2026-12-01T12:00:00.000Z",
      "name": "test file",
      "resourceUri": "/files/files/4288b305-981f-4b8d-b440-0911eabe3faf",
      "sharedBy": "currentUser",
      "sharedWith": "testUser",
      "sharedWithType": "user",
      "type": "read",
      "version": 3
    }
    "#);
    assert_eq!(answer.header("last-modified"), Some("Tue, 01 Dec 2026 12:00:00 GMT"));
    let got = cast.site.send(CURRENT, "GET", answer.header("location").unwrap(), "");
    assert_eq!((got.status, &got.body, got.header("etag")), (200, &answer.body, answer.header("etag")));
    // The members of the original's sample, and their types.
    let shown = answer.json();
    let texts = [
        "type",
        "sharedWith",
        "sharedWithType",
        "sharedBy",
        "resourceUri",
        "name",
        "id",
        "modifiedTimestamp",
        "createdTimestamp",
        "createdBy",
        "modifiedBy",
    ];
    assert!(texts.iter().all(|member| shown[member].is_string()) && shown["enabled"].is_boolean() && shown["version"].is_i64());
    let links = shown["links"].as_array().unwrap();
    let each = |member: &str| links.iter().map(|link| link[member].as_str().unwrap_or("-").to_owned()).collect::<Vec<_>>();
    assert_eq!(
        (each("method"), each("rel")),
        (["GET", "PUT", "DELETE"].map(str::to_owned).to_vec(), ["self", "update", "delete"].map(str::to_owned).to_vec())
    );
    assert_eq!(each("href"), each("uri"));
    let share = "application/vnd.sas.authorization.share";
    assert_eq!(
        (each("type"), each("responseType")),
        ([share, share, "-"].map(str::to_owned).to_vec(), ["-", share, "-"].map(str::to_owned).to_vec())
    );
    // The grantee gets an email.
    cast.site.fixture.deliver();
    assert_eq!(cast.site.fixture.emails_to(TEST).len(), 1);
}

fn each_kind_of_recipient_is_named_in_its_own_way(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let mut table = Vec::new();
    for (with, kind) in [
        ("testUser", "user"),
        ("test@x.org", "user"),
        ("dale@x.org", "user"),
        (" Eve@New.Example ", "user"),
        ("Team", "group"),
        ("authenticatedUsers", "authenticatedUsers"),
        ("everyone", "everyone"),
        ("Everyone", "everyone"),
        ("guest", "guest"),
    ] {
        let body = share(&json!({"sharedWith": with, "sharedWithType": kind, "type": "readEdit"}));
        let answer = cast.site.send(CURRENT, "POST", SHARES, &body);
        assert_eq!(answer.status, 201, "{with}: {answer}");
        let shown = answer.json();
        table.push(format!("{kind} {with:?} -> {} {} {}", shown["sharedWithType"], shown["sharedWith"], shown["type"]));
    }
    insta::assert_snapshot!(table.join("\n"), @r#"
    user "testUser" -> "user" "testUser" "readEdit"
    user "test@x.org" -> "user" "test@x.org" "readEdit"
    user "dale@x.org" -> "user" "dale@x.org" "readEdit"
    user " Eve@New.Example " -> "user" "eve@new.example" "readEdit"
    group "Team" -> "group" "Team" "readEdit"
    authenticatedUsers "authenticatedUsers" -> "authenticatedUsers" "authenticatedUsers" "readEdit"
    everyone "everyone" -> "everyone" "everyone" "readEdit"
    everyone "Everyone" -> "everyone" "everyone" "readEdit"
    guest "guest" -> "guest" "guest" "readEdit"
    "#);
    for kind in ["read", "readEdit", "readShare", "readEditShare"] {
        assert_eq!(cast.site.send(CURRENT, "POST", SHARES, &share(&json!({"type": kind}))).json()["type"], kind);
    }
    assert_eq!(
        cast.site.send(CURRENT, "POST", SHARES, &share(&json!({"enabled": false, "name": null}))).json()["enabled"],
        false
    );
}

fn a_bundle_is_shared_by_its_uri(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let uri = format!("/api/bundle/{}/", cast.sleep.id);
    for written in [uri.as_str(), uri.trim_end_matches('/')] {
        let answer = cast.site.send(CURRENT, "POST", SHARES, &share(&json!({"resourceUri": written})));
        assert_eq!((answer.status, &answer.json()["resourceUri"]), (201, &json!(uri)), "{answer}");
    }
}

fn a_grantee_with_the_reshare_suffix_may_share_on(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let to_dale = |kind: &str| share(&json!({"sharedWith": DALE, "type": kind}));
    assert_eq!(cast.site.send(TEST, "POST", SHARES, &to_dale("read")).status, 403);
    cast.shared(&json!({}));
    assert_eq!(cast.site.send(TEST, "POST", SHARES, &to_dale("read")).status, 403);
    cast.shared(&json!({"type": "readShare"}));
    let on = cast.site.send(TEST, "POST", SHARES, &to_dale("readShare"));
    let summary = on.json();
    assert_eq!((on.status, &summary["sharedBy"], &summary["type"]), (201, &json!("testUser"), &json!("readShare")));
    // Never more than the grantor has.
    assert_eq!(cast.site.send(TEST, "POST", SHARES, &to_dale("readEdit")).status, 403);
    let to_all = share(&json!({"sharedWith": "everyone", "sharedWithType": "everyone"}));
    assert_eq!(cast.site.send(TEST, "POST", SHARES, &to_all).status, 403);
}

#[test]
fn each_member_is_refused_by_its_name() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let long = "x".repeat(65);
    let cases = [
        ("type", json!(null)),
        ("type", json!("")),
        ("type", json!("write")),
        ("type", json!("Read")),
        ("type", json!(1)),
        ("type", json!(["read"])),
        ("sharedWith", json!(null)),
        ("sharedWith", json!("")),
        ("sharedWith", json!("nobody")),
        ("sharedWith", json!("2")),
        ("sharedWith", json!("Team")),
        ("sharedWith", json!("currentUser")),
        ("sharedWith", json!("a@b@c")),
        ("sharedWith", json!({"id": "testUser"})),
        ("sharedWithType", json!(null)),
        ("sharedWithType", json!("users")),
        ("sharedWithType", json!("User")),
        ("sharedWithType", json!("group")),
        ("sharedWithType", json!("everyone")),
        ("sharedWithType", json!(true)),
        ("resourceUri", json!(null)),
        ("resourceUri", json!("")),
        ("resourceUri", json!("/files/ /x")),
        ("resourceUri", json!("/files/unregistered")),
        ("resourceUri", json!("/api/bundle/999/")),
        ("resourceUri", json!("/api/bundle/99999999999999999999/")),
        ("resourceUri", json!("/api/user/1/")),
        ("resourceUri", json!(["/files/a", "/files/b"])),
        ("name", json!(7)),
        ("name", json!(long)),
        ("name", json!("a\u{7}")),
        ("enabled", json!("true")),
        ("enabled", json!(0)),
        ("version", json!("3")),
        ("version", json!(2.5)),
        ("links", json!({})),
    ];
    let mut table = Vec::new();
    for (member, value) in &cases {
        let answer = cast.site.send(CURRENT, "POST", SHARES, &share(&json!({*member: value})));
        let shown = if value == &json!(long) { "(65 characters)".to_owned() } else { value.to_string() };
        table.push(format!("{member}={shown} -> {}", summary(&answer)));
    }
    assert_eq!(cast.site.fixture.count("grants", "1 = 1"), 0);
    insta::assert_snapshot!(table.join("\n"), @r#"
    type=null -> 400 40005 [type] type: it is missing
    type="" -> 400 40005 [type] type: it is empty
    type="write" -> 400 40005 [type] type: "write" is none of read, readEdit, readShare or readEditShare
    type="Read" -> 400 40005 [type] type: "Read" is none of read, readEdit, readShare or readEditShare
    type=1 -> 400 40005 [type] type: it is a string, not an integer
    type=["read"] -> 400 40005 [type] type: it is a string, not a list
    sharedWith=null -> 400 40005 [sharedWith] sharedWith: it is missing
    sharedWith="" -> 400 40005 [sharedWith] sharedWith: it is empty
    sharedWith="nobody" -> 400 40005 [sharedWith] sharedWith: "nobody" does not exist; name a person by username or address, or a group by its name
    sharedWith="2" -> 400 40005 [sharedWith] sharedWith: "2" does not exist; name a person by username or address, or a group by its name
    sharedWith="Team" -> 400 40005 [sharedWith] sharedWith: "Team" does not exist; name a person by username or address, or a group by its name
    sharedWith="currentUser" -> 400 40005 [sharedWith] sharedWith: that is yourself; share it with somebody else
    sharedWith="a@b@c" -> 400 40005 [sharedWith] sharedWith: an address has one @ between a name and a domain, like ann@example.org
    sharedWith={"id":"testUser"} -> 400 40005 [sharedWith] sharedWith: it is a string, not an object
    sharedWithType=null -> 400 40005 [sharedWithType] sharedWithType: it is missing
    sharedWithType="users" -> 400 40005 [sharedWithType] sharedWithType: "users" is none of user, group, authenticatedUsers, everyone or guest
    sharedWithType="User" -> 400 40005 [sharedWithType] sharedWithType: "User" is none of user, group, authenticatedUsers, everyone or guest
    sharedWithType="group" -> 400 40005 [sharedWith] sharedWith: the group "testUser" does not exist; name a person by username or address, or a group by its name
    sharedWithType="everyone" -> 400 40005 [sharedWith] sharedWith: it is "everyone" too, as sharedWithType is
    sharedWithType=true -> 400 40005 [sharedWithType] sharedWithType: it is a string, not true or false
    resourceUri=null -> 400 40005 [resourceUri] resourceUri: it is missing
    resourceUri="" -> 400 40005 [resourceUri] resourceUri: it is empty
    resourceUri="/files/ /x" -> 400 40005 [resourceUri] resourceUri: 1 to 1000 bytes without blanks and control characters
    resourceUri="/files/unregistered" -> 403 40300 nobody registered this resource, so it is nobody's to share; `countersign resource add` registers it
    resourceUri="/api/bundle/999/" -> 400 40005 [resourceUri] resourceUri: bundle 999 does not exist; list the bundles to see those there are
    resourceUri="/api/bundle/99999999999999999999/" -> 403 40300 nobody registered this resource, so it is nobody's to share; `countersign resource add` registers it
    resourceUri="/api/user/1/" -> 403 40300 nobody registered this resource, so it is nobody's to share; `countersign resource add` registers it
    resourceUri=["/files/a","/files/b"] -> 400 40005 [resourceUri] resourceUri: it is a string, not a list
    name=7 -> 400 40005 [name] name: it is a string, not an integer
    name=(65 characters) -> 400 40005 [name] name: at most 64 characters
    name="a\u0007" -> 400 40005 [name] name: no control characters
    enabled="true" -> 400 40005 [enabled] enabled: it is true or false, not a string
    enabled=0 -> 400 40005 [enabled] enabled: it is true or false, not an integer
    version="3" -> 400 40005 [version] version: it is an integer, not a string
    version=2.5 -> 400 40005 [version] version: it is an integer, not a number that is no integer
    links={} -> 400 40005 [links] links: they are a list, not an object
    "#);
}

#[test]
fn each_invalid_body_is_refused() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let good = share(&json!({}));
    let long = share(&json!({"name": "x".repeat(70_000)}));
    let (_, key) = cast.site.key(Some(&cast.current), &[Scope::Requests], &[]);
    let (_, nobodys) = cast.site.key(None, &[Scope::Grants], &[]);
    let typed = |media_type: &'static str| ("Content-Type", media_type);
    let cases = [
        ("nothing", CURRENT, &[JSON][..], ""),
        ("no JSON", CURRENT, &[JSON][..], "{"),
        ("a list", CURRENT, &[JSON][..], "[]"),
        ("a key twice", CURRENT, &[JSON][..], r#"{"type":"read","type":"readEdit"}"#),
        ("too long", CURRENT, &[JSON][..], long.as_str()),
        ("packed", CURRENT, &[JSON, ("Content-Encoding", "gzip")], &good),
        ("a form", CURRENT, &[typed("application/x-www-form-urlencoded")], &good),
        ("another type", CURRENT, &[typed("application/vnd.sas.folder+json")], &good),
        ("nobody", "", &[JSON][..], &good),
        ("a wrong password", "Basic Y3VycmVudEB4Lm9yZzp3cm9uZyBob3JzZQ==", &[JSON][..], &good),
        ("a key without the scope", key.as_str(), &[JSON][..], &good),
        ("a key of nobody", &nobodys, &[JSON][..], &good),
        ("a bad idempotency key", CURRENT, &[JSON, ("Idempotency-Key", "a b")], &good),
    ];
    let table: Vec<String> = cases
        .iter()
        .map(|(name, who, headers, body)| {
            format!("{name} -> {}", summary(&cast.site.send_with(who, "POST", SHARES, headers, body)))
        })
        .collect();
    assert_eq!(cast.site.fixture.count("grants", "1 = 1"), 0);
    insta::assert_snapshot!(table.join("\n"), @r#"
    nothing -> 400 40006 [body] body: Request is not valid JSON.
    no JSON -> 400 40006 [body] body: Request is not valid JSON.
    a list -> 400 40006 [body] body: Request is not a JSON object.
    a key twice -> 400 40006 [body] body: Request is not valid JSON: the key 'type' is there twice.
    too long -> 413 41306 [body] body: the body is too large: at most 65536 bytes
    packed -> 415 41506 [body] body: send the body as it is, without a Content-Encoding
    a form -> 415 41507 [Content-Type] Content-Type: "application/x-www-form-urlencoded" is not read; send application/json or application/vnd.sas.authorization.share+json
    another type -> 415 41507 [Content-Type] Content-Type: "application/vnd.sas.folder+json" is not read; send application/json or application/vnd.sas.authorization.share+json
    nobody -> 401 40100 sign in: send Basic with your address and password, or Bearer with a key or an access token
    a wrong password -> 401 40100 the name or the password, key or token is not right, or no longer good
    a key without the scope -> 403 40300 this key has not the scope `grants`; make one with `countersign key add --scope grants`
    a key of nobody -> 403 40300 only a person can share; use a key that belongs to one
    a bad idempotency key -> 400 40007 [Idempotency-Key] Idempotency-Key: 1 to 200 printable ASCII characters without blanks
    "#);
    let refused = cast.site.send("", "POST", SHARES, &good);
    assert_eq!(refused.header("www-authenticate"), Some("Bearer realm=\"Countersign\""));
    // Further headers of the original's clients are accepted.
    for media_type in [
        "application/json; charset=utf-8",
        "application/vnd.sas.authorization.share+json;charset=UTF-8",
        "application/vnd.sas.authorization.share",
    ] {
        assert_eq!(cast.site.send_with(CURRENT, "POST", SHARES, &[typed(media_type)], &good).status, 201, "{media_type}");
    }
    assert_eq!(cast.site.send_with(CURRENT, "POST", SHARES, &[], &good).status, 201);
}

#[test]
fn members_that_only_the_server_sets_are_ignored() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let sent = json!({
        "id": "3288b305-981f-4b8d-b440-0911eabc3fac", "sharedBy": "somebodyElse", "createdBy": "x", "modifiedBy": "x",
        "createdTimestamp": "2016-08-27T04:09:42.150Z", "modifiedTimestamp": "2016-08-27T04:09:42.150Z", "version": 2, "links": [],
        "creationTimeStamp": "x", "modifiedTimeStamp": "x",
    });
    let shown = cast.site.send(CURRENT, "POST", SHARES, &share(&sent)).json();
    assert_ne!(shown["id"], sent["id"]);
    assert_eq!(
        (&shown["sharedBy"], &shown["createdBy"], &shown["createdTimestamp"], &shown["version"], shown.get("creationTimeStamp")),
        (&json!("currentUser"), &json!("currentUser"), &json!("2026-12-01T12:00:00.000Z"), &json!(3), None)
    );
}

#[test]
fn a_member_that_a_share_does_not_have_is_refused_by_its_name() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let sent =
        [json!({"enabledd": false}), json!({"shareWith": "x"}), json!({"expires": "2027-01-01"}), json!({"description": "x"})];
    let table: Vec<String> =
        sent.iter().map(|members| summary(&cast.site.send(CURRENT, "POST", SHARES, &share(members)))).collect();
    assert_eq!(cast.site.fixture.count("grants", "1 = 1"), 0);
    insta::assert_snapshot!(table.join("\n"), @r#"
    400 40006 [body] body: there is no member "enabledd" here; did you mean "enabled"?
    400 40006 [body] body: there is no member "shareWith" here; did you mean "sharedWith"?
    400 40006 [body] body: there is no member "expires" here; it takes enabled, name, resourceUri, sharedWith, sharedWithType, type, version
    400 40006 [body] body: there is no member "description" here; it takes enabled, name, resourceUri, sharedWith, sharedWithType, type, version
    "#);
}

#[test]
fn a_repeated_call_with_one_idempotency_key_gets_the_same_answer() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let key = [JSON, ("Idempotency-Key", "k-1")];
    let send = |body: &Value| cast.site.send_with(CURRENT, "POST", SHARES, &key, &share(body));
    let (first, again) = (send(&json!({})), send(&json!({})));
    assert_eq!((again.status, &again.body, again.header("idempotent-replayed")), (201, &first.body, Some("true")));
    for header in ["etag", "location", "last-modified"] {
        assert_eq!(again.header(header), first.header(header), "{header}");
    }
    insta::assert_snapshot!(summary(&send(&json!({"type": "readEdit"}))), @"422 42207 [Idempotency-Key] Idempotency-Key: this Idempotency-Key was used for another request; use a new key for each thing you want done");
    assert_eq!(cast.site.fixture.count("grants", "1 = 1"), 1);
    // The same body without a key makes another share.
    cast.shared(&json!({}));
    assert_eq!(cast.names(CURRENT, &format!("resourceUri={FILE}")).len(), 2);
}
