//! `/api/user/` and `/api/account/`.

use countersign::domain::Scope;

use super::{ALICE, ASK, BOB, CAROL, Cast};
use crate::support::fixture::{Fixture, Kind, on_both};

on_both![people_see_themselves_and_those_in_their_requests_and_grants, an_admin_filters_and_orders_everyone];

fn people_see_themselves_and_those_in_their_requests_and_grants(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let seen = |who: &str| {
        let objects = cast.site.send(who, "GET", "/api/user/", "").json()["objects"].clone();
        objects.as_array().unwrap().iter().map(|user| user["id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((seen(ALICE), seen(BOB)), (vec![1], vec![2]));
    assert_eq!(cast.site.send(ALICE, "GET", "/api/user/2/", "").line(), "404");
    let token = cast.asked(ASK);
    // The requester sees the approver once they have acted. The approver sees the requester, and a grantee the grantor.
    assert_eq!((seen(ALICE), seen(BOB)), (vec![1], vec![1, 2]));
    assert_eq!(cast.site.send(BOB, "PUT", &token, "").status, 200);
    cast.site.send(BOB, "POST", "/api/bundle_permission/", r#"{"bundle":1,"user_target":2,"user_allowed":3}"#);
    assert_eq!((seen(ALICE), seen(BOB), seen(CAROL)), (vec![1, 2], vec![1, 2], vec![2, 3]));
    insta::assert_snapshot!(cast.site.send(ALICE, "GET", "/api/user/2/", ""), @r#"
    200
    content-type: application/json
    {
      "email": "bob@x.org",
      "first_name": "Bob",
      "id": 2,
      "last_name": "",
      "profile": null,
      "resource_uri": "/api/user/2/",
      "username": "bob@x.org"
    }
    "#);
    assert_eq!(cast.site.send(ALICE, "GET", "/api/user/3/", "").line(), "404");
    insta::assert_snapshot!(cast.site.send(ALICE, "GET", "/api/user/set/2;1;3/", ""), @r#"
    200
    content-type: application/json
    {
      "not_found": [
        "3"
      ],
      "objects": [
        {
          "email": "alice@x.org",
          "first_name": "Alice",
          "id": 1,
          "last_name": "",
          "profile": null,
          "resource_uri": "/api/user/1/",
          "username": "alice@x.org"
        },
        {
          "email": "bob@x.org",
          "first_name": "Bob",
          "id": 2,
          "last_name": "",
          "profile": null,
          "resource_uri": "/api/user/2/",
          "username": "bob@x.org"
        }
      ]
    }
    "#);
    assert_eq!(cast.site.send(ALICE, "GET", "/api/user/set/1;x/", "").line(), "404");
}

fn an_admin_filters_and_orders_everyone(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let admin = cast.site.admin("admin@x.org");
    let found = |query: &str| {
        let answer = cast.site.send(admin.email.as_str(), "GET", &format!("/api/user/?{query}"), "");
        let line = match answer.status {
            200 => answer.json()["objects"].as_array().unwrap().iter().map(|user| user["id"].to_string()).collect(),
            _ => answer.line(),
        };
        format!("{query} -> {line}\n")
    };
    let queries = [
        "",
        "email=Bob@x.org",
        "email__in=bob@x.org,carol@x.org,x",
        "email__startswith=A",
        "username__exact=Carol@X.org",
        "username__in=",
        "username__startswith=al",
        "id=2",
        "id__in=1,3,99",
        "id__gt=2",
        "id__gte=2",
        "id__lt=2",
        "id__lte=2",
        "id__range=2,3",
        "id__range=2",
        "id=x",
        "id__in=1,x",
        "search=ARO",
        "search=%25",
        "search__in=x",
        "first_name=Bob",
        "email__contains=x",
        "order_by=-id",
        "order_by=username",
        "order_by=-email&limit=2",
        "order_by=first_name",
        "order_by=x",
        "x=1&id__gt=3",
    ];
    insta::assert_snapshot!(queries.map(found).concat(), @r#"
     -> 1234
    email=Bob@x.org -> 2
    email__in=bob@x.org,carol@x.org,x -> 23
    email__startswith=A -> 14
    username__exact=Carol@X.org -> 3
    username__in= -> 
    username__startswith=al -> 1
    id=2 -> 2
    id__in=1,3,99 -> 13
    id__gt=2 -> 34
    id__gte=2 -> 234
    id__lt=2 -> 1
    id__lte=2 -> 12
    id__range=2,3 -> 23
    id__range=2 -> 400 {"error":"Invalid resource lookup data provided (mismatched type).","code":"invalid","field":"id"}
    id=x -> 400 {"error":"Invalid resource lookup data provided (mismatched type).","code":"invalid","field":"id"}
    id__in=1,x -> 400 {"error":"Invalid resource lookup data provided (mismatched type).","code":"invalid","field":"id"}
    search=ARO -> 3
    search=%25 -> 
    search__in=x -> 400 {"error":"'in' is not an allowed filter on the 'search' field.","code":"invalid","field":"search__in"}
    first_name=Bob -> 400 {"error":"The 'first_name' field does not allow filtering.","code":"invalid","field":"first_name"}
    email__contains=x -> 400 {"error":"'contains' is not an allowed filter on the 'email' field.","code":"invalid","field":"email__contains"}
    order_by=-id -> 4321
    order_by=username -> 4123
    order_by=-email&limit=2 -> 32
    order_by=first_name -> 400 {"error":"The 'first_name' field does not allow ordering.","code":"invalid","field":"order_by"}
    order_by=x -> 400 {"error":"No matching 'x' field for ordering on.","code":"invalid","field":"order_by"}
    x=1&id__gt=3 -> 4
    "#);
}

#[test]
fn a_key_sees_everyone_with_the_scope_and_nobody_without() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let (_, with) = cast.site.key(None, &[Scope::Directory], &[]);
    let (_, without) = cast.site.key(Some(&cast.alice), &[Scope::Requests], &[]);
    assert_eq!(cast.site.send(&with, "GET", "/api/user/", "").json()["meta"]["total_count"], 3);
    assert_eq!(cast.site.send(&with, "GET", "/api/user/3/", "").status, 200);
    insta::assert_snapshot!(cast.site.send(&without, "GET", "/api/user/", "").line(), @r#"403 {"error":"this key has not the scope `directory`; make one with `countersign key add --scope directory`","code":"missing_scope"}"#);
    assert_eq!(cast.site.send(&without, "GET", "/api/user/3/", "").status, 403);
    assert_eq!(cast.site.send(&without, "GET", "/api/user/1/", "").status, 200);
    assert_eq!(cast.site.send(&with, "GET", "/api/account/", "").json()["objects"], serde_json::json!([]));
}

#[test]
fn the_account_endpoint_is_the_caller() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    insta::assert_snapshot!(cast.site.send(ALICE, "GET", "/api/account/?order_by=-email", ""), @r#"
    200
    content-type: application/json
    {
      "meta": {
        "limit": 20,
        "next": null,
        "offset": 0,
        "previous": null,
        "total_count": 1
      },
      "objects": [
        {
          "email": "alice@x.org",
          "first_name": "Alice",
          "id": 1,
          "is_staff": false,
          "last_name": "",
          "profile": null,
          "resource_uri": "/api/account/1/",
          "username": "alice@x.org"
        }
      ]
    }
    "#);
    insta::assert_snapshot!(cast.site.send(ALICE, "GET", "/api/account/?email=x", "").line(), @r#"400 {"error":"The 'email' field does not allow filtering.","code":"invalid","field":"email"}"#);
}

#[test]
fn people_change_their_own_names_and_nothing_else() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    cast.asked(ASK);
    let own = "/api/user/1/";
    insta::assert_snapshot!(cast.site.send(ALICE, "PUT", own, r#"{"first_name":"Alicia","last_name":"Lee","email":"eve@x.org","id":7}"#), @r#"
    200
    content-type: application/json
    {
      "email": "alice@x.org",
      "first_name": "Alicia",
      "id": 1,
      "last_name": "Lee",
      "profile": null,
      "resource_uri": "/api/user/1/",
      "username": "alice@x.org"
    }
    "#);
    let patched = cast.site.send(ALICE, "PATCH", own, r#"{"last_name":""}"#).json();
    assert_eq!((&patched["first_name"], &patched["last_name"]), (&"Alicia".into(), &"".into()));
    let long = format!(r#"{{"last_name":{:?}}}"#, "x".repeat(65));
    let bodies =
        [r#"{"first_name":1}"#, r#"{"first_name":null}"#, r#"{"last_name":["x"]}"#, r#"{"last_name":"a\nb"}"#, &long, ""];
    let lines = bodies.map(|body| {
        let shown = if body.len() > 60 { "(too long)" } else { body };
        format!("{shown} -> {}\n", cast.site.send(ALICE, "PATCH", own, body).line())
    });
    insta::assert_snapshot!(lines.concat(), @r#"
    {"first_name":1} -> 400 {"error":"The 'first_name' field takes a string, not an integer.","code":"invalid","field":"first_name"}
    {"first_name":null} -> 400 {"error":"The 'first_name' field doesn't allow a null value.","code":"invalid","field":"first_name"}
    {"last_name":["x"]} -> 400 {"error":"The 'last_name' field takes a string, not a list.","code":"invalid","field":"last_name"}
    {"last_name":"a\nb"} -> 400 {"error":"last_name: no control characters","code":"invalid","field":"last_name"}
    (too long) -> 400 {"error":"last_name: at most 64 characters","code":"invalid","field":"last_name"}
     -> 400 {"error":"Request is not valid JSON.","code":"invalid"}
    "#);
    let (_, key) = cast.site.key(Some(&cast.alice), &[Scope::Directory], &[]);
    let name = r#"{"first_name":"X"}"#;
    let cases = [
        ("nobody", "", own),
        ("somebody named", ALICE, "/api/user/2/"),
        ("somebody unknown", ALICE, "/api/user/3/"),
        ("a key", &key, own),
    ];
    let table: Vec<String> =
        cases.iter().map(|(case, who, path)| format!("{case} -> {}", cast.site.send(who, "PATCH", path, name).line())).collect();
    insta::assert_snapshot!(table.join("\n"), @r#"
    nobody -> 401
    somebody named -> 404
    somebody unknown -> 404
    a key -> 403 {"error":"people change their own names, signed in","code":"forbidden"}
    "#);
}
