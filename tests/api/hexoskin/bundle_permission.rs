//! `/api/bundle_permission/` and `/api/bundle/`.

use chrono::TimeDelta;
use countersign::domain::Scope;

use super::{ALICE, ASK_SLEEP, BOB, CAROL, Cast};
use crate::support::fixture::{Fixture, Kind, on_both};

const PERMISSIONS: &str = "/api/bundle_permission/";
const GIVE: &str = r#"{"bundle":2,"user_target":"/api/user/2/","user_allowed":"carol@x.org","name":"Coach"}"#;

on_both![a_grant_is_listed_found_and_revoked, every_form_of_a_filter_accepts_one_or_several_values];

fn a_grant_is_listed_found_and_revoked(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let given = cast.site.send(BOB, "POST", PERMISSIONS, GIVE);
    insta::assert_snapshot!(given, @r#"
    201
    content-type: application/json
    location: /api/bundle_permission/1/
    {
      "bundle": "/api/bundle/2/",
      "name": "Coach",
      "resource_uri": "/api/bundle_permission/1/",
      "user_allowed": {
        "email": "carol@x.org",
        "first_name": "",
        "id": 3,
        "last_name": "",
        "profile": null,
        "resource_uri": "/api/user/3/",
        "username": ""
      },
      "user_target": {
        "email": "bob@x.org",
        "first_name": "Bob",
        "id": 2,
        "last_name": "",
        "profile": null,
        "resource_uri": "/api/user/2/",
        "username": "bob@x.org"
      }
    }
    "#);
    let again = cast.site.send(BOB, "POST", PERMISSIONS, GIVE);
    assert_eq!((again.status, &again.body), (200, &given.body));
    let one = given.header("location").unwrap();
    // Bob, who named Carol by her address, learns nothing else about her. Carol sees herself.
    let mut as_carol = given.json();
    as_carol["user_allowed"]["first_name"] = "Carol".into();
    as_carol["user_allowed"]["username"] = "carol@x.org".into();
    for (who, seen) in [(BOB, &given.json()), (CAROL, &as_carol)] {
        assert_eq!(&cast.site.send(who, "GET", one, "").json(), seen);
        assert_eq!(&cast.site.send(who, "GET", PERMISSIONS, "").json()["objects"][0], seen);
    }
    assert_eq!(cast.site.send(ALICE, "GET", one, "").line(), "404");
    assert_eq!(cast.site.send(ALICE, "DELETE", one, "").line(), "404");
    assert_eq!(cast.site.send(ALICE, "GET", PERMISSIONS, "").json()["meta"]["total_count"], 0);
    assert_eq!(cast.site.send(BOB, "DELETE", one, "").line(), "204");
    assert_eq!(cast.site.send(BOB, "DELETE", one, "").line(), "404");
    assert_eq!(cast.site.send(CAROL, "GET", one, "").line(), "404");
    assert_eq!(cast.site.send(CAROL, "GET", PERMISSIONS, "").json()["meta"]["total_count"], 0);
}

#[test]
fn ended_grants_are_not_listed_and_a_grantee_may_give_up_access() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let token = cast.asked(ASK_SLEEP);
    let put = cast.site.send(BOB, "PUT", &token, r#"{"until":60}"#).json();
    let one = put["decision"]["bundle_permission"].as_str().unwrap();
    assert_eq!(cast.site.send(ALICE, "GET", one, "").status, 200);
    cast.site.fixture.pass(TimeDelta::seconds(60));
    assert_eq!(cast.site.send(ALICE, "GET", one, "").line(), "404");
    assert_eq!(cast.site.send(ALICE, "GET", PERMISSIONS, "").json()["meta"]["total_count"], 0);
    let given = cast.site.send(BOB, "POST", PERMISSIONS, GIVE);
    assert_eq!(cast.site.send(CAROL, "DELETE", given.header("location").unwrap(), "").line(), "204");
}

#[test]
fn each_invalid_field_is_refused() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let long = format!("{:?}", "x".repeat(65));
    let cases = [
        ("bundle", "null"),
        ("bundle", "[2]"),
        ("bundle", "999"),
        ("bundle", "\"/api/user/2/\""),
        ("user_target", "null"),
        ("user_target", "{}"),
        ("user_target", "999"),
        ("user_target", "1"),
        ("user_allowed", "null"),
        ("user_allowed", "true"),
        ("user_allowed", "\"/api/user/999/\""),
        ("user_allowed", "\"nobody@x.org\""),
        ("user_allowed", "2"),
        ("name", "1"),
        ("name", "[]"),
        ("name", "\"\\n\""),
        ("name", &long),
    ];
    let mut table: Vec<String> = Vec::new();
    for (field, value) in cases {
        let mut body: serde_json::Value = serde_json::from_str(GIVE).unwrap();
        body[field] = serde_json::from_str(value).unwrap();
        let shown = if value.len() > 60 { "(too long)" } else { value };
        table.push(format!("{field}={shown} -> {}", cast.site.send(BOB, "POST", PERMISSIONS, &body.to_string()).line()));
    }
    for field in ["bundle", "user_target", "user_allowed"] {
        let mut body: serde_json::Value = serde_json::from_str(GIVE).unwrap();
        body.as_object_mut().unwrap().remove(field);
        table.push(format!("no {field} -> {}", cast.site.send(BOB, "POST", PERMISSIONS, &body.to_string()).line()));
    }
    let (_, key) = cast.site.key(Some(&cast.bob), &[Scope::Requests], &[]);
    let not_hers = GIVE.replace("user/2", "user/1");
    for (name, who, body) in
        [("nobody", "", GIVE), ("a key without the scope", &key, GIVE), ("alice, of bob's", ALICE, &not_hers)]
    {
        table.push(format!("{name} -> {}", cast.site.send(who, "POST", PERMISSIONS, body).line()));
    }
    assert_eq!(cast.site.fixture.count("grants", "1 = 1"), 0);
    insta::assert_snapshot!(table.join("\n"), @r#"
    bundle=null -> 400 {"error":"The 'bundle' field has no data and doesn't allow a default or null value.","code":"invalid","field":"bundle"}
    bundle=[2] -> 400 {"error":"The 'bundle' field takes a bundle's URI or id, not a list.","code":"invalid","field":"bundle"}
    bundle=999 -> 400 {"error":"Could not find the provided bundle object via resource URI '/api/bundle/999/'.","code":"unknown_reference","field":"bundle"}
    bundle="/api/user/2/" -> 400 {"error":"Could not find the provided bundle object via resource URI '/api/user/2/'.","code":"unknown_reference","field":"bundle"}
    user_target=null -> 400 {"error":"The 'user_target' field has no data and doesn't allow a default or null value.","code":"invalid","field":"user_target"}
    user_target={} -> 400 {"error":"The 'user_target' field takes a user's URI, id or address, not an object.","code":"invalid","field":"user_target"}
    user_target=999 -> 400 {"error":"Could not find the provided user object via resource URI '/api/user/999/'.","code":"unknown_reference","field":"user_target"}
    user_target=1 -> 403 {"error":"only user_target can give access to their data; file a bundle_permission_request to ask them","code":"forbidden"}
    user_allowed=null -> 400 {"error":"The 'user_allowed' field has no data and doesn't allow a default or null value.","code":"invalid","field":"user_allowed"}
    user_allowed=true -> 400 {"error":"The 'user_allowed' field takes a user's URI, id or address, not true or false.","code":"invalid","field":"user_allowed"}
    user_allowed="/api/user/999/" -> 400 {"error":"Could not find the provided user object via resource URI '/api/user/999/'.","code":"unknown_reference","field":"user_allowed"}
    user_allowed="nobody@x.org" -> 400 {"error":"Could not find the provided user object via resource URI 'nobody@x.org'.","code":"unknown_reference","field":"user_allowed"}
    user_allowed=2 -> 400 {"error":"user_allowed: it is the same person as user_target, who has access anyway","code":"invalid","field":"user_allowed"}
    name=1 -> 400 {"error":"The 'name' field takes a string, not an integer.","code":"invalid","field":"name"}
    name=[] -> 400 {"error":"The 'name' field takes a string, not a list.","code":"invalid","field":"name"}
    name="\n" -> 400 {"error":"name: no control characters","code":"invalid","field":"name"}
    name=(too long) -> 400 {"error":"name: at most 64 characters","code":"invalid","field":"name"}
    no bundle -> 400 {"error":"The 'bundle' field has no data and doesn't allow a default or null value.","code":"invalid","field":"bundle"}
    no user_target -> 400 {"error":"The 'user_target' field has no data and doesn't allow a default or null value.","code":"invalid","field":"user_target"}
    no user_allowed -> 400 {"error":"The 'user_allowed' field has no data and doesn't allow a default or null value.","code":"invalid","field":"user_allowed"}
    nobody -> 401
    a key without the scope -> 403 {"error":"this key has not the scope `grants`; make one with `countersign key add --scope grants`","code":"missing_scope"}
    alice, of bob's -> 400 {"error":"bundle: it is not user_target's to give; name its owner as user_target, or another bundle","code":"invalid","field":"bundle"}
    "#);
}

fn every_form_of_a_filter_accepts_one_or_several_values(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    cast.site.send(BOB, "POST", PERMISSIONS, GIVE);
    cast.site.send(BOB, "POST", PERMISSIONS, r#"{"bundle":1,"user_target":2,"user_allowed":1}"#);
    cast.site.send(ALICE, "POST", PERMISSIONS, r#"{"bundle":1,"user_target":1,"user_allowed":2}"#);
    let found = |query: &str| {
        let answer = cast.site.send(BOB, "GET", &format!("{PERMISSIONS}?{query}"), "");
        let line = match answer.status {
            200 => {
                let objects = answer.json()["objects"].as_array().unwrap().clone();
                objects.iter().map(|object| object["resource_uri"].as_str().unwrap().replace(PERMISSIONS, "")).collect()
            }
            _ => answer.line(),
        };
        format!("{query} -> {line}\n")
    };
    let queries = [
        "",
        "bundle=1",
        "bundle__exact=/api/bundle/2/",
        "bundle__in=1,2&limit=2",
        "bundle=1&bundle__in=2,1",
        "bundle=1&bundle__in=2",
        "user_target=1",
        "user_target=bob%40x.org",
        "user_target__in=1,%2Fapi%2Fuser%2F2%2F",
        "user_allowed__in=1,3",
        "user_allowed=nobody@x.org",
        "user_allowed=999",
        "user_allowed=x",
        "bundle=bob@x.org",
        "bundle=",
        "user_target__gt=1",
        "user_target__email=x",
        "name=Coach",
        "resource_uri__in=1",
        "nothing=1",
        "order_by=bundle",
    ];
    insta::assert_snapshot!(queries.map(found).concat(), @r#"
     -> 1/2/3/
    bundle=1 -> 2/3/
    bundle__exact=/api/bundle/2/ -> 1/
    bundle__in=1,2&limit=2 -> 1/2/
    bundle=1&bundle__in=2,1 -> 2/3/
    bundle=1&bundle__in=2 -> 
    user_target=1 -> 3/
    user_target=bob%40x.org -> 1/2/
    user_target__in=1,%2Fapi%2Fuser%2F2%2F -> 1/2/3/
    user_allowed__in=1,3 -> 1/2/
    user_allowed=nobody@x.org -> 
    user_allowed=999 -> 
    user_allowed=x -> 400 {"error":"Invalid resource lookup data provided (mismatched type).","code":"invalid","field":"user_allowed"}
    bundle=bob@x.org -> 400 {"error":"Invalid resource lookup data provided (mismatched type).","code":"invalid","field":"bundle"}
    bundle= -> 400 {"error":"Invalid resource lookup data provided (mismatched type).","code":"invalid","field":"bundle"}
    user_target__gt=1 -> 400 {"error":"'gt' is not an allowed filter on the 'user_target' field.","code":"invalid","field":"user_target__gt"}
    user_target__email=x -> 400 {"error":"'email' is not an allowed filter on the 'user_target' field.","code":"invalid","field":"user_target__email"}
    name=Coach -> 400 {"error":"The 'name' field does not allow filtering.","code":"invalid","field":"name"}
    resource_uri__in=1 -> 400 {"error":"The 'resource_uri' field does not allow filtering.","code":"invalid","field":"resource_uri__in"}
    nothing=1 -> 1/2/3/
    order_by=bundle -> 400 {"error":"The 'bundle' field does not allow ordering.","code":"invalid","field":"order_by"}
    "#);
}

#[test]
fn bundles_are_listed_for_those_who_may_request_them() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    insta::assert_snapshot!(cast.site.send(ALICE, "GET", "/api/bundle/", ""), @r#"
    200
    content-type: application/json
    {
      "meta": {
        "limit": 20,
        "next": null,
        "offset": 0,
        "previous": null,
        "total_count": 2
      },
      "objects": [
        {
          "id": 1,
          "name": "view",
          "resource_uri": "/api/bundle/1/"
        },
        {
          "id": 2,
          "name": "Sleep data",
          "resource_uri": "/api/bundle/2/"
        }
      ]
    }
    "#);
    insta::assert_snapshot!(cast.site.send(ALICE, "GET", "/api/bundle/2/", ""), @r#"
    200
    content-type: application/json
    {
      "id": 2,
      "name": "Sleep data",
      "resource_uri": "/api/bundle/2/"
    }
    "#);
    insta::assert_snapshot!(cast.site.send(ALICE, "GET", "/api/bundle/?name=view", "").line(), @r#"400 {"error":"The 'name' field does not allow filtering.","code":"invalid","field":"name"}"#);
    insta::assert_snapshot!(cast.site.send(ALICE, "GET", "/api/bundle/?order_by=name", "").line(), @r#"400 {"error":"The 'name' field does not allow ordering.","code":"invalid","field":"order_by"}"#);
    let (_, key) = cast.site.key(None, &[Scope::Check], &[]);
    assert_eq!(cast.site.send(&key, "GET", "/api/bundle/", "").status, 403);
    assert_eq!((cast.alice.id.0, cast.carol.id.0), (1, 3));
}
