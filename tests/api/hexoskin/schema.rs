//! `/api/` and `/api/{resource}/schema/`.

use serde_json::{Value, json};

use super::{ALICE, Cast};
use crate::support::fixture::{Fixture, Kind};

#[test]
fn the_map_of_lists_and_schemas_is_public() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    insta::assert_snapshot!(cast.site.send("", "GET", "/api/", ""), @r#"
    200
    content-type: application/json
    {
      "account": {
        "list_endpoint": "/api/account/",
        "schema": "/api/account/schema/"
      },
      "bundle": {
        "list_endpoint": "/api/bundle/",
        "schema": "/api/bundle/schema/"
      },
      "bundle_permission": {
        "list_endpoint": "/api/bundle_permission/",
        "schema": "/api/bundle_permission/schema/"
      },
      "bundle_permission_request": {
        "list_endpoint": "/api/bundle_permission_request/",
        "schema": "/api/bundle_permission_request/schema/"
      },
      "user": {
        "list_endpoint": "/api/user/",
        "schema": "/api/user/schema/"
      }
    }
    "#);
}

/// The fixture has the original's own schemas, with `name` and `list_endpoint` of its map added, without help texts. Requests
/// have filters and an order that the original lacks.
#[test]
fn each_schema_is_the_originals() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let fixture: Value = serde_json::from_str(include_str!("schemas.json")).unwrap();
    let map = cast.site.send("", "GET", "/api/", "").json();
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&map), names(&fixture));
    for (name, expected) in fixture.as_object().unwrap() {
        let answer = cast.site.send(ALICE, "GET", map[name]["schema"].as_str().unwrap(), "");
        assert_eq!(answer.status, 200);
        let mut ours = answer.json();
        for field in ours["fields"].as_object_mut().unwrap().values_mut() {
            assert!(field.as_object_mut().unwrap().remove("help_text").is_some_and(|text| text.is_string()));
        }
        if name == "bundle_permission_request" {
            let ours = ours.as_object_mut().unwrap();
            let filtering = json!({
                "bundle": ["exact", "in"], "state": ["exact", "in"], "updated_since": ["exact"], "user_target": ["exact", "in"],
            });
            assert_eq!(ours.remove("filtering"), Some(filtering));
            assert_eq!(ours.remove("ordering"), Some(json!(["id", "created_at", "expires_at"])));
        }
        ours["name"] = name.as_str().into();
        ours["list_endpoint"] = map[name]["list_endpoint"].clone();
        assert_eq!(&ours, expected, "{name}");
    }
}

#[test]
fn a_schema_needs_authentication_and_an_unknown_one_is_404() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    assert_eq!(cast.site.send("", "GET", "/api/user/schema/", "").status, 401);
    insta::assert_snapshot!(cast.site.send(ALICE, "GET", "/api/share/schema/", ""), @r#"
    404
    content-type: text/html; charset=utf-8
    "#);
}
