//! `/identities/users/@currentUser`, which pyviyatools calls before every other call.

use countersign::domain::Scope;

use super::{CURRENT, Cast, summary};
use crate::support::fixture::{Fixture, Kind, on_both};

const ME: &str = "/identities/users/@currentUser";

on_both![the_identity_endpoint_describes_the_caller];

fn the_identity_endpoint_describes_the_caller(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let answer = cast.site.send(CURRENT, "GET", ME, "{}");
    insta::assert_snapshot!(answer, @r#"
    200
    content-type: application/vnd.sas.identity.user+json
    {
      "id": "currentUser",
      "links": [
        {
          "href": "/identities/users/@currentUser",
          "method": "GET",
          "rel": "self",
          "type": "application/vnd.sas.identity.user",
          "uri": "/identities/users/@currentUser"
        }
      ],
      "name": "Current",
      "type": "user",
      "version": 2
    }
    "#);
    assert_eq!(cast.site.send(CURRENT, "GET", "/identities/users/%40currentUser", "").status, 200);
    let (_, key) = cast.site.key(Some(&cast.test), &[Scope::Grants], &[]);
    assert_eq!(cast.site.send(&key.replace("Bearer", "bearer"), "GET", ME, "").json()["id"], "testUser");
}

#[test]
fn a_key_without_a_user_has_no_identity() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let (_, key) = cast.site.key(None, &[Scope::Grants], &[]);
    insta::assert_snapshot!(summary(&cast.site.send(&key, "GET", ME, "")), @"404 40400 This key belongs to nobody, so there is no current user.");
    insta::assert_snapshot!(summary(&cast.site.send("", "GET", ME, "")), @"401 40100 sign in: send Basic with your address and password, or Bearer with a key or an access token");
    insta::assert_snapshot!(summary(&cast.site.send("Bearer csa_x", "GET", ME, "")), @"401 40100 the name or the password, key or token is not right, or no longer good");
}
