//! `/rest` and `/rest/admin`, and who may read them.

use countersign::domain::Scope;

use super::{BOB, ROOT, SHARES, Town};
use crate::support::fixture::{Fixture, Kind, on_both};
use crate::support::http::basic;

on_both![a_client_can_navigate_by_links, an_unknown_caller_is_asked_to_sign_in, only_admins_see_the_lists_below];

fn a_client_can_navigate_by_links(fixture: &Fixture) {
    let town = Town::new(fixture);
    assert_eq!(town.site.send(BOB, "GET", "/rest", "").line(), r#"200 {"links":[]}"#);
    assert_eq!(town.get("/rest").line(), r#"200 {"links":[{"rel":"admin","href":"/admin"}]}"#);
    assert_eq!(town.get("/rest/").body, town.get("/rest").body);
    insta::assert_snapshot!(town.get("/rest/admin"), @r#"
    200
    content-type: application/json
    {
      "links": [
        {
          "href": "/admin/shares/public",
          "rel": "public_shares"
        },
        {
          "href": "/admin/shares",
          "rel": "shares"
        }
      ]
    }
    "#);
    assert_eq!(town.get("/rest/admin/").body, town.get("/rest/admin").body);
}

fn an_unknown_caller_is_asked_to_sign_in(fixture: &Fixture) {
    let town = Town::new(fixture);
    insta::assert_snapshot!(town.site.send("", "GET", "/rest", ""), @r#"
    401
    content-type: application/json
    www-authenticate: Basic realm="Novell Filr"
    {
      "code": "UNAUTHENTICATED_ACCESS",
      "message": "sign in: send Basic with your address and password, or Bearer with a key or an access token"
    }
    "#);
    insta::assert_snapshot!(town.site.send(&basic(ROOT, "wrong"), "GET", SHARES, ""), @r#"
    401
    content-type: application/json
    www-authenticate: Basic realm="Novell Filr"
    {
      "code": "UNAUTHENTICATED_ACCESS",
      "message": "the name or the password, key or token is not right, or no longer good"
    }
    "#);
    for path in ["/rest/admin", SHARES, "/rest/admin/shares/public", "/rest/admin/shares/1"] {
        assert_eq!(town.site.send("", "GET", path, "").status, 401, "{path}");
    }
    assert_eq!(town.site.send("", "DELETE", "/rest/admin/shares/1", "").status, 401);
}

fn only_admins_see_the_lists_below(fixture: &Fixture) {
    let town = Town::new(fixture);
    insta::assert_snapshot!(town.site.send(BOB, "GET", "/rest/admin", ""), @r#"
    403
    content-type: application/json
    {
      "code": "ACCESS_DENIED",
      "message": "only admins, and keys of theirs with the scope `admin`, see this"
    }
    "#);
    for path in [SHARES, "/rest/admin/shares/public", "/rest/admin/shares/1", "/rest/admin/shares?shared_by=3"] {
        assert_eq!(town.site.send(BOB, "GET", path, "").status, 403, "{path}");
    }
    assert_eq!(town.site.send(BOB, "DELETE", "/rest/admin/shares/1", "").status, 403);
    // A key is no admin without the scope, and lists no shares without the scope for it.
    let admin = town.site.admin("second@example.org");
    let keys = [(&[Scope::Grants][..], 403, 403), (&[Scope::Admin], 200, 403), (&[Scope::Admin, Scope::Grants], 200, 200)];
    for (scopes, root, list) in keys {
        let (_, key) = town.site.key(Some(&admin), scopes, &[]);
        assert_eq!(town.site.send(&key, "GET", "/rest/admin", "").status, root, "{scopes:?}");
        assert_eq!(town.site.send(&key, "GET", SHARES, "").status, list, "{scopes:?}");
    }
    let (_, bobs) = town.site.key(Some(&town.bob), &[Scope::Admin, Scope::Grants], &[]);
    assert_eq!(town.site.send(&bobs, "GET", SHARES, "").status, 403);
}

#[test]
fn a_missing_resource_is_reported_in_the_clients_format() {
    let town = Town::new(&Fixture::new(Kind::Sqlite));
    insta::assert_snapshot!(town.get("/rest/folders/1"), @r#"
    404
    content-type: application/json
    {
      "code": "NOT_FOUND",
      "message": "there is nothing here; /rest says what there is"
    }
    "#);
    insta::assert_snapshot!(town.site.send(ROOT, "POST", SHARES, "{}"), @r#"
    405
    allow: GET,HEAD
    content-type: application/json
    {
      "code": "BAD_INPUT",
      "message": "not allowed here; use GET,HEAD"
    }
    "#);
    assert_eq!(town.site.send(ROOT, "PUT", "/rest/admin/shares/1", "{}").header("allow"), Some("GET,HEAD,DELETE"));
    assert_eq!(town.site.send("", "OPTIONS", "/rest/admin/shares/1", "").header("allow"), Some("GET,HEAD,DELETE"));
}
