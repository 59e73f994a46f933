//! Parameters of lists: unsupported filters, repeated parameters, ignored ones.

use countersign::domain::Scope;

use super::{ALICE, ASK, Cast, REQUESTS};
use crate::support::fixture::{Fixture, Kind};

#[test]
fn a_parameter_without_effect_is_refused_or_ignored_as_in_the_original() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    assert_eq!(cast.site.send(ALICE, "POST", REQUESTS, ASK).status, 201);
    let (_, app) = cast.site.key(None, &[Scope::Directory], &[]);
    let refused = [
        (ALICE, "/api/bundle_permission_request/?mail_state=sent"),
        (ALICE, "/api/bundle_permission_request/?decision__in=1"),
        (ALICE, "/api/bundle_permission_request/?resources=urn:one"),
        (ALICE, "/api/bundle_permission_request/?order_by=state"),
        (ALICE, "/api/bundle/?name=Sleep"),
        (ALICE, "/api/bundle_permission/?name=x"),
        (ALICE, "/api/bundle_permission/?bundle=1&bundle=2"),
        (&app, "/api/user/?email=alice@x.org&email=bob@x.org"),
        (&app, "/api/user/?id__gt=1&id__gt=2"),
        (&app, "/api/user/?search=a&search=b"),
        (&app, "/api/user/?first_name=Bob"),
        (&app, "/api/user/?limit=1&limit=2"),
        (&app, "/api/user/?offset=1&offset=1"),
    ];
    let lines = refused.map(|(who, path)| format!("{path} -> {}\n", cast.site.send(who, "GET", path, "").line()));
    insta::assert_snapshot!(lines.concat(), @r#"
    /api/bundle_permission_request/?mail_state=sent -> 400 {"error":"The 'mail_state' field does not allow filtering.","code":"invalid","field":"mail_state"}
    /api/bundle_permission_request/?decision__in=1 -> 400 {"error":"The 'decision' field does not allow filtering.","code":"invalid","field":"decision__in"}
    /api/bundle_permission_request/?resources=urn:one -> 400 {"error":"The 'resources' field does not allow filtering.","code":"invalid","field":"resources"}
    /api/bundle_permission_request/?order_by=state -> 400 {"error":"The 'state' field does not allow ordering.","code":"invalid","field":"order_by"}
    /api/bundle/?name=Sleep -> 400 {"error":"The 'name' field does not allow filtering.","code":"invalid","field":"name"}
    /api/bundle_permission/?name=x -> 400 {"error":"The 'name' field does not allow filtering.","code":"invalid","field":"name"}
    /api/bundle_permission/?bundle=1&bundle=2 -> 400 {"error":"bundle is there twice; send it once","code":"invalid","field":"bundle"}
    /api/user/?email=alice@x.org&email=bob@x.org -> 400 {"error":"email is there twice; send it once","code":"invalid","field":"email"}
    /api/user/?id__gt=1&id__gt=2 -> 400 {"error":"id__gt is there twice; send it once","code":"invalid","field":"id__gt"}
    /api/user/?search=a&search=b -> 400 {"error":"search is there twice; send it once","code":"invalid","field":"search"}
    /api/user/?first_name=Bob -> 400 {"error":"The 'first_name' field does not allow filtering.","code":"invalid","field":"first_name"}
    /api/user/?limit=1&limit=2 -> 400 {"error":"limit is there twice; send it once","code":"invalid","field":"limit"}
    /api/user/?offset=1&offset=1 -> 400 {"error":"offset is there twice; send it once","code":"invalid","field":"offset"}
    "#);
    let ids = |query: &str| {
        let list = cast.site.send(&app, "GET", &format!("/api/user/?{query}"), "").json();
        let ids: Vec<_> = list["objects"].as_array().unwrap().iter().map(|user| user["id"].as_i64().unwrap()).collect();
        (ids, list["meta"]["next"].as_str().map(str::to_owned))
    };
    // Tastypie accepts several of these.
    assert_eq!(ids("id__in=3&id__in=1,2").0, [1, 2, 3]);
    assert_eq!(ids("id__range=2&id__range=3").0, [2, 3]);
    assert_eq!(ids("order_by=-id&order_by=email").0, [3, 2, 1]);
    // Unknown parameters are ignored, and not repeated in links.
    let (first, next) = ids("utm_source=mail&id__in=1&x=1&id__in=3&limit=1&order_by=-id&x=2&format=json");
    assert_eq!(first, [3]);
    assert_eq!(next.as_deref(), Some("/api/user/?id__in=1&id__in=3&order_by=-id&format=json&limit=1&offset=1"));
    assert_eq!(ids(next.unwrap().split_once('?').unwrap().1).0, [1]);
}
