//! Deleting a share.

use serde_json::json;

use super::super::super::{ADMIN, CURRENT, Cast, DALE, SHARES, TEST, share, summary};
use crate::support::fixture::{Fixture, Kind, on_both};

on_both![a_deleted_share_is_not_found_and_can_be_made_again, reshares_are_deleted_too];

fn a_deleted_share_is_not_found_and_can_be_made_again(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let one = cast.shared(&json!({}));
    let answer = cast.site.send(CURRENT, "DELETE", &one, "{}");
    assert_eq!(answer.line(), "204");
    for method in ["GET", "HEAD", "DELETE"] {
        assert_eq!(cast.site.send(CURRENT, method, &one, "").status, 404, "{method}");
    }
    let headers = [("If-Match", "*"), ("Content-Type", "application/json")];
    assert_eq!(cast.site.send_with(CURRENT, "PUT", &one, &headers, &share(&json!({}))).status, 404);
    for who in [CURRENT, TEST, ADMIN] {
        assert_eq!(cast.site.send(who, "GET", SHARES, "").json()["count"], 0, "{who}");
    }
    let again = cast.shared(&json!({}));
    assert_ne!(again, one);
    assert_eq!(cast.site.send(TEST, "GET", &again, "").json()["enabled"], true);
}

fn reshares_are_deleted_too(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let one = cast.shared(&json!({"type": "readShare"}));
    let on = cast.site.send(TEST, "POST", SHARES, &share(&json!({"sharedWith": DALE})));
    let on = on.header("location").unwrap();
    assert_eq!(cast.site.send(DALE, "GET", on, "").json()["enabled"], true);
    assert_eq!(cast.site.send(CURRENT, "DELETE", &one, "").status, 204);
    // It has ended; those in it still see that it existed.
    assert_eq!(cast.site.send(DALE, "GET", on, "").json()["enabled"], false);
}

#[test]
fn only_those_involved_delete_a_share() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let of_team = cast.shared(&json!({"sharedWith": "Team", "sharedWithType": "group"}));
    let mut table = Vec::new();
    for who in [TEST, DALE, ""] {
        table.push(format!("{who} -> {}", summary(&cast.site.send(who, "DELETE", &of_team, ""))));
    }
    insta::assert_snapshot!(table.join("\n"), @r"
    test@x.org -> 404 40400 No share with the specified ID was found.
    dale@x.org -> 403 40300 it is given to a group that you are in; only who gave it, or whose data it is, can take it back
     -> 401 40100 sign in: send Basic with your address and password, or Bearer with a key or an access token
    ");
    for (who, to) in [(TEST, "testUser"), (ADMIN, "testUser")] {
        let one = cast.shared(&json!({"sharedWith": to}));
        assert_eq!(cast.site.send(who, "DELETE", &one, "").status, 204, "{who}");
    }
}

#[test]
fn if_match_is_respected() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let one = cast.shared(&json!({}));
    let tag = cast.site.send(CURRENT, "GET", &one, "").header("etag").unwrap().to_owned();
    let delete = |tag: &str| cast.site.send_with(CURRENT, "DELETE", &one, &[("If-Match", tag)], "").status;
    assert_eq!((delete("\"x\""), delete("W/\"x-gzip\""), delete("x"), delete(&format!("W/{tag}"))), (412, 412, 400, 204));
}
