//! Identifiers and credentials of other APIs are invalid here, and ours are invalid there.

use countersign::domain::Scope;
use serde_json::json;

use super::{Cast, FILM, OTHER_TENANT, TENANT, code_of, list_of, shares_of};
use crate::support::fixture::{Fixture, on_both};

on_both![
    identifiers_of_other_apis_name_no_share_here,
    codes_and_tokens_are_no_credentials_of_other_apis,
    a_tenant_sees_no_share_of_another
];

fn identifiers_of_other_apis_name_no_share_here(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    cast.code();
    let sleep = cast.site.fixture.bundle("Sleep data", &cast.ann);
    let (_, mailed) = cast.site.fixture.asked_by_mail(&sleep, &cast.ann, &cast.bob);
    let given = cast.site.fixture.given(&cast.site.fixture.bundle("Walks", &cast.ann), &cast.ann, &cast.bob);
    let (_, key) = cast.site.key(Some(&cast.ann), &[Scope::Grants], &[]);
    let uuids = cast.site.fixture.texts("SELECT public_id AS value FROM grants");
    let ids = cast.site.fixture.texts("SELECT CAST(id AS TEXT) AS value FROM grants");
    // Sealed with our own key, but for a grant without a link.
    let sealed = cast.site.fixture.links.code(&given, 1);
    let token = cast.token(&cast.code());
    let others = uuids.into_iter().chain(ids).chain([mailed, key[7..].to_owned(), sealed, token, "shr1".into(), FILM.into()]);
    for other in others {
        assert_eq!((cast.open(&other, "info").status, cast.open(&other, "token").status), (404, 404), "{other}");
        for end in ["", "/revoke"] {
            assert_eq!(cast.put(&cast.ann(), &other, end, "{}").status, 404, "{other}{end}");
        }
    }
    assert_eq!(cast.site.fixture.count("grants", "revoked_at IS NOT NULL OR version > 1"), 0);
}

fn codes_and_tokens_are_no_credentials_of_other_apis(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let code = cast.code();
    let token = cast.token(&code);
    let id = cast.good_for(&token).unwrap();
    for shown in [&code, &token] {
        let path = format!("/api/bundle_permission_request/{shown}/");
        assert_eq!(cast.site.send("ann@x.org", "GET", &path, "").status, 404);
        assert_eq!(cast.site.send("ann@x.org", "PUT", &path, "").status, 404);
        assert_eq!(cast.site.send(&format!("Bearer {shown}"), "GET", "/api/account/", "").status, 401);
        assert_eq!(cast.site.send(&format!("Bearer {shown}"), "GET", &list_of(TENANT), "").status, 401);
    }
    // Hexoskin's permissions are for bundles and people, so the link is none, whatever its number.
    assert_eq!(cast.site.send("ann@x.org", "GET", &format!("/api/bundle_permission/{id}/"), "").status, 404);
    assert_eq!(cast.site.send("ann@x.org", "DELETE", &format!("/api/bundle_permission/{id}/"), "").status, 404);
    let listed = cast.site.send("ann@x.org", "GET", "/api/bundle_permission/", "").json();
    assert_eq!(listed["meta"]["total_count"], 0);
    assert_eq!(cast.open(&code, "token").status, 200);
    assert_eq!(cast.good_for(&code), None);
    assert_eq!(cast.open(&token, "token").status, 404);
}

fn a_tenant_sees_no_share_of_another(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let code = cast.code();
    let body = json!({ "object_ids": [FILM] }).to_string();
    for (who, tenant) in [
        (cast.cid(), TENANT),
        (cast.ann(), OTHER_TENANT),
        (cast.ann(), "iten"),
        ("dan@x.org".into(), TENANT),
        (cast.ann(), "share"),
    ] {
        let path = format!("{}/{code}", shares_of(tenant));
        assert_eq!(cast.site.send(&who, "GET", &list_of(tenant), "").status, 403, "{tenant}");
        assert_eq!(cast.site.send(&who, "POST", &list_of(tenant), "{}").status, 403, "{tenant}");
        assert_eq!(cast.site.send(&who, "POST", &shares_of(tenant), &body).status, 403, "{tenant}");
        assert_eq!(cast.site.send(&who, "PUT", &path, "{}").status, 403, "{tenant}");
        assert_eq!(cast.site.send(&who, "PUT", &format!("{path}/revoke"), "{}").status, 403, "{tenant}");
    }
    // In one's own tenant, another tenant's share does not exist.
    let path = format!("{}/{code}", shares_of(OTHER_TENANT));
    assert_eq!(cast.site.send(&cast.cid(), "PUT", &path, "{}").status, 404);
    assert_eq!(cast.site.send(&cast.cid(), "PUT", &format!("{path}/revoke"), "{}").status, 404);
    // Nor is it in a tenant that its creator moved to.
    cast.site.fixture.sql(&format!("UPDATE users SET tenant = '{OTHER_TENANT}' WHERE id = {}", cast.ann.id)).unwrap();
    assert_eq!(cast.site.send(&cast.ann(), "PUT", &path, "{}").status, 404);
    assert_eq!(cast.put(&cast.ann(), &code, "/revoke", "{}").status, 403);
    let listed = cast.site.send(&cast.bob(), "GET", &list_of(TENANT), "").json();
    assert_eq!(code_of(&listed["shares"][0]), code);
}
