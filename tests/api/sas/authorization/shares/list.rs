//! The collection of shares: its pages, its order, and its visibility.

use countersign::domain::{Level, Scope};
use serde_json::json;

use super::super::super::{ADMIN, CURRENT, Cast, DALE, FILE2, SHARES, TEST, share, summary};
use crate::support::fixture::{Fixture, Kind, on_both, person};

on_both![pages_lead_from_one_to_the_next, the_order_is_by_code_points_and_then_by_age, people_see_only_shares_that_concern_them];

fn pages_lead_from_one_to_the_next(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    for number in 0..7 {
        cast.shared(&json!({"name": format!("n{number}")}));
    }
    let first = cast.site.send_with(CURRENT, "GET", &format!("{SHARES}?limit=3"), &[("Accept", "*/*")], "");
    let mut json = first.json();
    assert_eq!(json["items"].as_array().unwrap().len(), 3);
    assert_eq!(json["items"], json["value"]);
    json["items"] = json!("(three)");
    json["value"] = json!("(three)");
    assert_eq!(first.header("content-type"), Some("application/vnd.sas.collection+json"));
    insta::assert_snapshot!(format!("{json:#}"), @r#"
    {
      "accept": "application/vnd.sas.authorization.share",
      "count": 7,
      "items": "(three)",
      "limit": 3,
      "links": [
        {
          "href": "/authorization/shares?start=0&limit=3",
          "method": "GET",
          "rel": "self",
          "type": "application/vnd.sas.collection",
          "uri": "/authorization/shares?start=0&limit=3"
        },
        {
          "href": "/authorization/shares?start=3&limit=3",
          "method": "GET",
          "rel": "next",
          "type": "application/vnd.sas.collection",
          "uri": "/authorization/shares?start=3&limit=3"
        },
        {
          "href": "/authorization/shares?start=6&limit=3",
          "method": "GET",
          "rel": "last",
          "type": "application/vnd.sas.collection",
          "uri": "/authorization/shares?start=6&limit=3"
        },
        {
          "href": "/authorization/",
          "method": "GET",
          "rel": "up",
          "type": "application/vnd.sas.api",
          "uri": "/authorization/"
        },
        {
          "href": "/authorization/shares",
          "method": "POST",
          "rel": "createShare",
          "responseType": "application/vnd.sas.authorization.share",
          "type": "application/vnd.sas.authorization.share",
          "uri": "/authorization/shares"
        }
      ],
      "name": "items",
      "start": 0,
      "value": "(three)",
      "version": 2
    }
    "#);
    // Page by page, as a client does.
    let (mut names, mut next) = (Vec::new(), Some(format!("{SHARES}?limit=3")));
    while let Some(path) = next {
        let page = cast.site.send(CURRENT, "GET", &path, "{}").json();
        assert_eq!(page["count"], 7);
        names.extend(page["items"].as_array().unwrap().iter().map(|share| share["name"].as_str().unwrap().to_owned()));
        let link = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next");
        next = link.map(|link| link["href"].as_str().unwrap().to_owned());
    }
    assert_eq!(names, ["n0", "n1", "n2", "n3", "n4", "n5", "n6"]);
    for (query, found) in [
        ("", 7),
        ("start=5", 2),
        ("start=7", 0),
        ("start=100&limit=50", 0),
        ("start=99999999999999999999", 0),
        ("limit=0", 0),
        ("limit=1000000", 7),
        ("limit=99999999999999999999", 7),
        ("filter=", 7),
        ("unheardOf=x&_=1", 7),
    ] {
        assert_eq!(cast.names(CURRENT, query).len(), found, "{query}");
        assert_eq!(cast.site.send(CURRENT, "GET", &format!("{SHARES}?{query}"), "").json()["count"], 7, "{query}");
    }
    let head = cast.site.send(CURRENT, "HEAD", SHARES, "");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(cast.site.send(CURRENT, "GET", "/authorization/shares/", "").status, 200);
    let plain = cast.site.send_with(CURRENT, "GET", SHARES, &[("Accept", "application/json")], "");
    assert_eq!(plain.header("content-type"), Some("application/json"));
}

fn the_order_is_by_code_points_and_then_by_age(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    for name in ["b", "B", "a", "_", "ä", "", "a", "Z"] {
        cast.shared(&json!({"name": name}));
        cast.site.fixture.pass(chrono::TimeDelta::seconds(1));
    }
    let sorted = ["", "B", "Z", "_", "a", "a", "b", "ä"];
    assert_eq!(cast.names(CURRENT, "sortBy=name"), sorted);
    assert_eq!(cast.names(CURRENT, "sortBy=description:ascending"), sorted);
    let mut turned = sorted;
    turned.reverse();
    assert_eq!(cast.names(CURRENT, "sortBy=name:descending"), turned);
    assert_eq!(cast.names(CURRENT, "sortBy=name:descending&limit=3&start=2"), turned[2..5]);
    let by_age = ["b", "B", "a", "_", "ä", "", "a", "Z"];
    assert_eq!(cast.names(CURRENT, ""), by_age);
    assert_eq!(cast.names(CURRENT, "sortBy=createdTimestamp"), by_age);
    let mut latest = by_age;
    latest.reverse();
    assert_eq!(cast.names(CURRENT, "sortBy=modifiedTimestamp:descending"), latest);
}

fn people_see_only_shares_that_concern_them(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    cast.shared(&json!({"name": "to test", "type": "readShare"}));
    cast.shared(&json!({"name": "to team", "sharedWith": "Team", "sharedWithType": "group"}));
    cast.shared(&json!({"name": "to all", "sharedWith": "everyone", "sharedWithType": "everyone"}));
    let on = share(&json!({"name": "on", "sharedWith": DALE}));
    assert_eq!(cast.site.send(TEST, "POST", SHARES, &on).status, 201);
    // The grant of a request is a share too.
    cast.site.fixture.given(&cast.sleep, &cast.current, &cast.test);
    assert_eq!(cast.names(CURRENT, ""), ["to test", "to team", "to all", "on", ""]);
    assert_eq!(cast.names(TEST, ""), ["to test", "on", ""]);
    assert_eq!(cast.names(DALE, ""), ["to team", "on"]);
    assert_eq!(cast.names(ADMIN, ""), ["to test", "to team", "to all", "on", ""]);
    let (_, key) = cast.site.key(Some(&cast.test), &[Scope::Grants], &[]);
    assert_eq!(cast.names(&key, ""), ["to test", "on", ""]);
    // A revoked share stays in the list.
    let first = cast.site.fixture.grant(countersign::domain::GrantId(1));
    cast.site.fixture.revoke(&person(&cast.current), first.id).unwrap();
    let items = cast.site.send(TEST, "GET", SHARES, "").json()["items"].clone();
    let shown: Vec<_> = items
        .as_array()
        .unwrap()
        .iter()
        .map(|share| (share["name"].as_str().unwrap(), share["enabled"].as_bool().unwrap()))
        .collect();
    assert_eq!(shown, [("to test", false), ("on", false), ("", true)]);
}

#[test]
fn a_share_of_several_resources_shows_the_first() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let (first, second) = (cast.register("/files/a"), cast.register("/files/b"));
    let fixture = &cast.site.fixture;
    fixture.entitle_with(&cast.sleep, cast.test.id.into(), Level::View, 0, None, &[second.id, first.id]);
    let shown = |query: &str| {
        let json = cast.site.send(TEST, "GET", &format!("{SHARES}?{query}"), "").json();
        json["items"].as_array().unwrap().iter().map(|share| share["resourceUri"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(shown(""), [json!("/files/a")]);
    // Each of them finds it, and so does their bundle.
    for uri in ["/files/a", "/files/b", "/api/bundle/1/"] {
        assert_eq!(shown(&format!("resourceUri={uri}")), [json!("/files/a")], "{uri}");
    }
    assert!(shown(&format!("resourceUri={FILE2}")).is_empty());
}

#[test]
fn each_parameter_is_refused_by_its_name() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let mut table = Vec::new();
    let long = format!("filter=eq(name,'{}')", "x".repeat(4_000));
    let deep = format!("filter={}eq(name,'x'){}", "not(".repeat(16), ")".repeat(16));
    for query in [
        "limit=-1",
        "limit=abc",
        "limit=",
        "limit=1.5",
        "limit=%2B5",
        "limit=0x10",
        "start=-1",
        "start=abc",
        "start=",
        "start=1e3",
        "sortBy=",
        "sortBy=id",
        "sortBy=sharedBy",
        "sortBy=Name",
        "sortBy=name:down",
        "sortBy=name:ascending:descending",
        "sortBy=name,modifiedTimestamp",
        "sortBy=name;drop",
        "filter=x",
        "filter=eq(name)",
        "filter=eq(owner,'x')",
        "filter=matches(name,'x')",
        "filter=eq(name,'x'",
        "filter=lt(name,'x')",
        "filter=startsWith(type,'read')",
        "filter=eq(type,'write')",
        "filter=eq(name,'%00')",
        "filter=eq(name,'%00",
        "type=write",
        "enabled=maybe",
        "sharedWithType=role",
        "name=%00",
        "id=1",
        "createdTimestamp=2016-08-27T04:09:42.150Z",
        "limit=1&limit=2",
        "start=0&start=0",
        "sortBy=name&sortBy=name",
        "filter=eq(name,'x')&filter=eq(name,'y')",
        "sharedBy=a&sharedBy=b",
        &long,
        &deep,
    ] {
        let answer = cast.site.send(CURRENT, "GET", &format!("{SHARES}?{query}"), "");
        let shown = if query.len() > 60 { "(long)" } else { query };
        table.push(format!("{shown} -> {}", summary(&answer)));
    }
    insta::assert_snapshot!(table.join("\n"), @r#"
    limit=-1 -> 400 40004 [limit] limit: "-1" is no whole number from 0 on
    limit=abc -> 400 40004 [limit] limit: "abc" is no whole number from 0 on
    limit= -> 400 40004 [limit] limit: "" is no whole number from 0 on
    limit=1.5 -> 400 40004 [limit] limit: "1.5" is no whole number from 0 on
    limit=%2B5 -> 400 40004 [limit] limit: "+5" is no whole number from 0 on
    limit=0x10 -> 400 40004 [limit] limit: "0x10" is no whole number from 0 on
    start=-1 -> 400 40003 [start] start: "-1" is no whole number from 0 on
    start=abc -> 400 40003 [start] start: "abc" is no whole number from 0 on
    start= -> 400 40003 [start] start: "" is no whole number from 0 on
    start=1e3 -> 400 40003 [start] start: "1e3" is no whole number from 0 on
    sortBy= -> 400 40002 [sortBy] sortBy: shares are not sorted by ""; use name, createdTimestamp or modifiedTimestamp
    sortBy=id -> 400 40002 [sortBy] sortBy: shares are not sorted by "id"; use name, createdTimestamp or modifiedTimestamp
    sortBy=sharedBy -> 400 40002 [sortBy] sortBy: shares are not sorted by "sharedBy"; use name, createdTimestamp or modifiedTimestamp
    sortBy=Name -> 400 40002 [sortBy] sortBy: shares are not sorted by "Name"; use name, createdTimestamp or modifiedTimestamp
    sortBy=name:down -> 400 40002 [sortBy] sortBy: there is no option "down"; use ascending or descending
    sortBy=name:ascending:descending -> 400 40002 [sortBy] sortBy: ascending or descending, not both
    sortBy=name,modifiedTimestamp -> 400 40002 [sortBy] sortBy: shares are sorted by one member, and then by age; leave out "modifiedTimestamp"
    sortBy=name;drop -> 400 40002 [sortBy] sortBy: shares are not sorted by "name;drop"; use name, createdTimestamp or modifiedTimestamp
    filter=x -> 400 40001 [filter] filter: at character 1: a filter is a function, like eq(name,"Public")
    filter=eq(name) -> 400 40001 [filter] filter: at character 1: eq(…) compares a member with a value, like eq(name,"Public")
    filter=eq(owner,'x') -> 400 40001 [filter] filter: at character 4: there is no member "owner"; compare sharedBy, sharedWith, resourceUri, name, type, sharedWithType, enabled, createdTimestamp and modifiedTimestamp
    filter=matches(name,'x') -> 400 40001 [filter] filter: at character 1: there is no function "matches"; use eq, ne, startsWith, endsWith, contains, in, lt, le, gt, ge, and, or and not
    filter=eq(name,'x' -> 400 40001 [filter] filter: at character 1: the parenthesis of this function is never closed
    filter=lt(name,'x') -> 400 40001 [filter] filter: at character 9: lt(…) does not compare name; use eq, ne, startsWith, endsWith, contains or in
    filter=startsWith(type,'read') -> 400 40001 [filter] filter: at character 17: startsWith(…) does not compare type; use eq, ne or in
    filter=eq(type,'write') -> 400 40001 [filter] filter: at character 9: no share has the type "write"; it is read, readEdit, readShare or readEditShare
    filter=eq(name,'%00') -> 400 40001 [filter] filter: at character 10: a NUL character
    filter=eq(name,'%00 -> 400 40001 [filter] filter: at character 10: a NUL character
    type=write -> 400 40001 [type] type: no share has the type "write"; it is read, readEdit, readShare or readEditShare
    enabled=maybe -> 400 40001 [enabled] enabled: enabled is true or false
    sharedWithType=role -> 400 40001 [sharedWithType] sharedWithType: no share has the sharedWithType "role"; it is user, group, authenticatedUsers, everyone or guest
    name=%00 -> 400 40001 [name] name: at most 4000 bytes, and no NUL character
    id=1 -> 400 40001 [filter] filter: there is no parameter "id"; use filter, or one of sharedBy, sharedWith, sharedWithType, resourceUri, name, type, enabled
    createdTimestamp=2016-08-27T04:09:42.150Z -> 400 40001 [filter] filter: there is no parameter "createdTimestamp"; use filter, or one of sharedBy, sharedWith, sharedWithType, resourceUri, name, type, enabled
    limit=1&limit=2 -> 400 40004 [limit] limit: limit is there twice; send it once
    start=0&start=0 -> 400 40003 [start] start: start is there twice; send it once
    sortBy=name&sortBy=name -> 400 40002 [sortBy] sortBy: sortBy is there twice; send it once
    filter=eq(name,'x')&filter=eq(name,'y') -> 400 40001 [filter] filter: filter is there twice; send it once
    sharedBy=a&sharedBy=b -> 400 40001 [sharedBy] sharedBy: sharedBy is there twice; send it once
    (long) -> 400 40001 [filter] filter: at character 1: it is too long: 4011 bytes, at most 4000
    (long) -> 400 40001 [filter] filter: at character 65: more than 16 functions within each other
    "#);
}

#[test]
fn a_caller_without_permission_gets_403() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let (_, nobodys) = cast.site.key(None, &[Scope::Grants, Scope::Admin], &[]);
    let (_, without) = cast.site.key(Some(&cast.test), &[Scope::Requests], &[]);
    let mut table = Vec::new();
    for (name, who) in
        [("nobody", ""), ("a key of nobody", nobodys.as_str()), ("a key without the scope", &without), ("no scheme", "Digest x")]
    {
        table.push(format!("{name} -> {}", summary(&cast.site.send(who, "GET", SHARES, ""))));
    }
    insta::assert_snapshot!(table.join("\n"), @r"
    nobody -> 401 40100 sign in: send Basic with your address and password, or Bearer with a key or an access token
    a key of nobody -> 403 40300 only a person has shares; use a key that belongs to one
    a key without the scope -> 403 40300 this key has not the scope `grants`; make one with `countersign key add --scope grants`
    no scheme -> 401 40100 the name or the password, key or token is not right, or no longer good
    ");
}
