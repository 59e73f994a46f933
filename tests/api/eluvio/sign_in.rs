//! Authentication: by a token that an account signs, or as on the other APIs.

use countersign::domain::{Caller, Credential, Scope};
use countersign::workflow::accounts;
use serde_json::json;

use super::signer::Account;
use super::{Cast, FILM, NOON, TENANT, list_of, shares_of};
use crate::support::fixture::{Fixture, Kind, on_both, runtime};

on_both![every_invalid_credential_has_the_same_answer, an_account_signs_for_one_person_until_they_are_removed];

fn every_invalid_credential_has_the_same_answer(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let account = Account::of(0x11);
    let millis = NOON * 1_000;
    let says = |name: &str, value: serde_json::Value| {
        let mut claims = account.claims(millis);
        claims[name] = value;
        format!("Bearer {}", account.token(&claims))
    };
    let good = cast.ann();
    let unknown = cast.bearer(0x55);
    let wrong = [
        String::new(),
        "Bearer x".into(),
        "Bearer acspjc".into(),
        "Bearer acspjcx".into(),
        format!("Basic {}", &good[7..]),
        format!("Token {}", &good[7..]),
        good[7..].to_owned() + " x",
        super::altered(&good, good.len() - 5),
        unknown,
        says("exp", json!(millis)),
        says("exp", json!(millis - 1)),
        says("iat", json!(millis + 400_000)),
        says("spc", json!("ispc2RUoRe9eR2v33HARQUVSp1rYXzw1")),
        says("gra", json!("read")),
        "Bearer csk_AAAAAAAAAAGL5TA7woAgyBgNoJwSR_MQvhmpsh9cn06ONZrpq7_Vpg".into(),
        "Basic YW5uQHgub3JnOndyb25n".into(),
    ];
    let body = json!({ "object_ids": [FILM] }).to_string();
    let asked: Vec<(&str, String)> = vec![
        ("GET", list_of(TENANT)),
        ("POST", list_of(TENANT)),
        ("POST", shares_of(TENANT)),
        ("PUT", format!("{}/csl_x", shares_of(TENANT))),
        ("PUT", format!("{}/csl_x/revoke", shares_of(TENANT))),
    ];
    for who in &wrong {
        for (method, path) in &asked {
            let headers: Vec<(&str, &str)> = if who.is_empty() { vec![] } else { vec![("Authorization", who)] };
            let answer = cast.site.send_with("", method, path, &headers, if *method == "GET" { "" } else { &body });
            insta::assert_snapshot!(answer.to_string(), @r#"
            401
            content-type: application/json
            www-authenticate: Bearer realm="Countersign"
            {
              "error": "sign in: send Authorization: Bearer with a token that your account signed for the space of /config and that is not over, or another credential of this instance"
            }
            "#);
        }
    }
    assert_eq!(cast.site.send(&good, "POST", &shares_of(TENANT), &body).status, 200);
    assert_eq!(cast.site.send(&good.replacen("Bearer", "bEARER ", 1), "GET", &list_of(TENANT), "").status, 200);
}

fn an_account_signs_for_one_person_until_they_are_removed(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let (ann, path) = (cast.ann(), list_of(TENANT));
    assert_eq!(cast.site.send(&ann, "GET", &path, "").status, 200);
    let id = cast.ann.id;
    cast.site.fixture.write(move |tx| accounts::remove_user(tx, &Caller::operator(), id, None)).unwrap();
    assert_eq!(cast.site.send(&ann, "GET", &path, "").status, 401);
    // The account is then free for somebody else, who is another user.
    let other = cast.site.fixture.add_user("eve@x.org", |new| {
        new.eth_address = Some(Account::of(0x11).address());
        new.tenant = Some("itenElse".into());
    });
    assert_ne!(other.id, id);
    assert_eq!(cast.site.send(&ann, "GET", &path, "").status, 403);
}

#[test]
fn a_signed_token_is_valid_for_shares_only() {
    let fixture = Fixture::new(Kind::Sqlite);
    let cast = Cast::new(&fixture);
    cast.site.fixture.add_user("root@x.org", |new| {
        new.is_admin = true;
        new.eth_address = Some(Account::of(0x66).address());
    });
    let auth = countersign::auth::Authenticator::new(
        cast.site.fixture.store.clone(),
        countersign::random::Rng::System,
        &cast.site.fixture.config.limits,
    )
    .unwrap();
    let caller = |seed: u8| {
        let account = Account::of(seed);
        let token = account.token(&account.claims(NOON * 1_000));
        runtime().block_on(auth.from_signed_token(&token, super::SPACE, None)).unwrap()
    };
    let ann = caller(0x11);
    assert_eq!((ann.user, ann.credential, ann.key), (Some(cast.ann.id), Credential::SignedToken, None));
    assert_eq!(ann.scopes.iter().collect::<Vec<_>>(), [Scope::Grants]);
    assert!(!ann.is_in_person() && !ann.may_administer() && ann.may_write());
    let root = caller(0x66);
    assert_eq!(root.scopes.iter().collect::<Vec<_>>(), [Scope::Grants, Scope::Admin]);
    assert!(!root.is_in_person() && root.may_administer());
    // On the other APIs it is no credential.
    for path in ["/api/account/", "/api/bundle_permission/", "/api/bundle_permission_request/"] {
        assert_eq!(cast.site.send(&cast.ann(), "GET", path, "").status, 401, "{path}");
    }
}
