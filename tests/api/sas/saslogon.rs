//! `/SASLogon/oauth/token`.

use countersign::domain::Scope;
use serde_json::json;

use super::{CURRENT, Cast, SHARES, share};
use crate::support::fixture::{Fixture, Kind, on_both};
use crate::support::http::{Answer, Site, basic};

const TOKEN: &str = "/SASLogon/oauth/token";
const FORM: [(&str, &str); 2] = [("Accept", "application/json"), ("Content-Type", "application/x-www-form-urlencoded")];
const PASSWORD: &str = "grant_type=password&username=currentUser&password=correct+horse";

fn ask(cast: &Cast, client: &str, form: &str) -> Answer {
    cast.site.send_with(client, "POST", TOKEN, &FORM, form)
}

/// The default client of sasctl and restaf.
fn default_client() -> String {
    basic("sas.ec", "")
}

on_both![a_password_gives_a_token_to_a_client_without_a_secret];

fn a_password_gives_a_token_to_a_client_without_a_secret(fixture: &Fixture) {
    let cast = Cast::new(fixture);
    let answer = ask(&cast, &default_client(), PASSWORD);
    let json = answer.json();
    let (token, jti) = (json["access_token"].as_str().unwrap(), json["jti"].as_str().unwrap());
    assert!(token.starts_with("csa_") && !token.contains(jti) && jti.len() == 32);
    insta::assert_snapshot!(answer.to_string().replace(token, "csa_…").replace(jti, "(jti)"), @r#"
    200
    content-type: application/json
    pragma: no-cache
    {
      "access_token": "csa_…",
      "expires_in": 3600,
      "jti": "(jti)",
      "scope": "readwrite",
      "token_type": "bearer"
    }
    "#);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    for scheme in ["Bearer", "bearer"] {
        assert_eq!(cast.site.send(&format!("{scheme} {token}"), "POST", SHARES, &share(&json!({}))).status, 201, "{scheme}");
    }
    // It has the person's own rights, on the other APIs too.
    assert_eq!(cast.site.send(&format!("Bearer {token}"), "GET", "/api/account/", "").json()["objects"][0]["email"], CURRENT);
    cast.site.fixture.pass(chrono::TimeDelta::hours(1));
    assert_eq!(cast.site.send(&format!("Bearer {token}"), "GET", SHARES, "").status, 401);
}

#[test]
fn a_token_ends_with_the_password_it_was_given_for() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let token = ask(&cast, &default_client(), PASSWORD).json()["access_token"].as_str().unwrap().to_owned();
    let user = cast.current.id;
    cast.site.fixture.write(move |tx| countersign::store::credentials::sign_out_everywhere(tx, user)).unwrap();
    assert_eq!(cast.site.send(&format!("Bearer {token}"), "GET", SHARES, "").status, 401);
    let token = ask(&cast, &default_client(), PASSWORD).json()["access_token"].as_str().unwrap().to_owned();
    cast.site.fixture.remove_user(&cast.current, None).unwrap();
    assert_eq!(cast.site.send(&format!("Bearer {token}"), "GET", SHARES, "").status, 401);
}

#[test]
fn a_read_only_token_can_read_and_not_write() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let json = ask(&cast, &default_client(), &format!("{PASSWORD}&scope=openid+readonly")).json();
    assert_eq!(json["scope"], "readonly");
    let token = format!("bearer {}", json["access_token"].as_str().unwrap());
    assert_eq!(cast.site.send(&token, "GET", SHARES, "").status, 200);
    assert_eq!(cast.site.send(&token, "POST", SHARES, &share(&json!({}))).status, 403);
    assert_eq!(ask(&cast, &default_client(), &format!("{PASSWORD}&scope=openid")).json()["scope"], "readwrite");
}

#[test]
fn an_app_gets_a_token_as_on_the_other_apis() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let (id, bearer) = cast.site.key(Some(&cast.current), &[Scope::Grants], &[]);
    let key = bearer.strip_prefix("Bearer ").unwrap();
    let client = basic(&id.to_string(), key);
    let own = ask(&cast, &client, "grant_type=client_credentials").json();
    assert_eq!((own["token_type"].as_str(), own.get("refresh_token")), (Some("bearer"), None));
    assert_eq!(cast.site.send(&format!("Bearer {}", own["access_token"].as_str().unwrap()), "GET", SHARES, "").status, 200);
    let in_form = format!("{PASSWORD}&client_id={id}&client_secret={key}");
    let tokens = ask(&cast, "", &in_form).json();
    let refresh = format!("grant_type=refresh_token&refresh_token={}", tokens["refresh_token"].as_str().unwrap());
    assert_eq!(ask(&cast, &client, &refresh).status, 200);
    insta::assert_snapshot!(ask(&cast, &client, &refresh).line(), @r#"401 {"error":"invalid_token","error_description":"the refresh token is not right, spent, or no longer good"}"#);
}

#[test]
fn errors_have_the_texts_that_clients_look_for() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let (id, bearer) = cast.site.key(None, &[Scope::Grants], &[]);
    let (by_id, public) = (basic(&id.to_string(), ""), default_client());
    let wrong = PASSWORD.replace("horse", "house");
    let long = format!("grant_type=password&username={}", "x".repeat(70_000));
    let cases = [
        ("a wrong password", public.as_str(), wrong.as_str()),
        ("no such person", &public, "grant_type=password&username=nobody&password=correct+horse"),
        ("a person without a password", &public, "grant_type=password&username=new@y.org&password=correct+horse"),
        ("a client that is not known", &basic("sas.ec", "secret"), PASSWORD),
        ("a key's number without the key", &by_id, PASSWORD),
        ("a key's number, by itself", &by_id, "grant_type=client_credentials"),
        ("a client without a secret, by itself", &public, "grant_type=client_credentials"),
        ("a client without a secret, refreshing", &public, "grant_type=refresh_token&refresh_token=csf_x"),
        ("a code", &public, "grant_type=authorization_code&code=x"),
        ("no such grant", &public, "grant_type=magic"),
        ("no grant", &public, "username=x&password=y"),
        ("no name", &public, "grant_type=password&password=x"),
        ("no password", &public, "grant_type=password&username=currentUser"),
        ("a parameter twice", &public, "grant_type=password&grant_type=password"),
        ("a NUL", &public, "grant_type=password&username=a%00b&password=x"),
        ("no client", "", PASSWORD),
        ("a client with an empty name", &basic("", ""), PASSWORD),
        ("twice a client", &public, "grant_type=password&client_secret=x"),
        ("too long", &public, &long),
    ];
    let table: Vec<String> =
        cases.iter().map(|(name, who, form)| format!("{name} -> {}", ask(&cast, who, form).line())).collect();
    insta::assert_snapshot!(table.join("\n"), @r#"
    a wrong password -> 401 {"error":"unauthorized","error_description":"Bad credentials"}
    no such person -> 401 {"error":"unauthorized","error_description":"Bad credentials"}
    a person without a password -> 401 {"error":"unauthorized","error_description":"Bad credentials"}
    a client that is not known -> 401 {"error":"unauthorized","error_description":"Bad credentials"}
    a key's number without the key -> 401 {"error":"unauthorized","error_description":"Bad credentials"}
    a key's number, by itself -> 401 {"error":"unauthorized","error_description":"Bad credentials"}
    a client without a secret, by itself -> 401 {"error":"invalid_client","error_description":"Unauthorized grant type: client_credentials"}
    a client without a secret, refreshing -> 401 {"error":"invalid_client","error_description":"Unauthorized grant type: refresh_token"}
    a code -> 401 {"error":"invalid_client","error_description":"Unauthorized grant type: authorization_code"}
    no such grant -> 401 {"error":"invalid_client","error_description":"Unauthorized grant type: magic"}
    no grant -> 400 {"error":"invalid_request","error_description":"grant_type is missing"}
    no name -> 400 {"error":"invalid_request","error_description":"username is missing"}
    no password -> 400 {"error":"invalid_request","error_description":"password is missing"}
    a parameter twice -> 400 {"error":"invalid_request","error_description":"grant_type is there twice"}
    a NUL -> 400 {"error":"invalid_request","error_description":"username has a NUL character"}
    no client -> 401 {"error":"unauthorized","error_description":"say who the client is by Basic"}
    a client with an empty name -> 401 {"error":"unauthorized","error_description":"Bad credentials"}
    twice a client -> 400 {"error":"invalid_request","error_description":"the client says who it is by Basic or in the form, not by both"}
    too long -> 413 {"error":"invalid_request","error_description":"the body is too large: at most 65536 bytes"}
    "#);
    assert_eq!(cast.site.send(&public, "POST", TOKEN, r#"{"grant_type":"password"}"#).status, 400);
    assert_eq!(ask(&cast, "", &format!("{PASSWORD}&client_id=restaf")).status, 200, "a browser's app names itself in the form");
    let key = bearer.strip_prefix("Bearer ").unwrap();
    assert_eq!(ask(&cast, &basic(key, ""), "grant_type=client_credentials").status, 200, "the key is its own proof");
}

#[test]
fn the_limits_of_sign_ins_apply_to_password_grants() {
    let fixture = Fixture::new(Kind::Sqlite);
    let site = Site::with(&fixture, "[limits]\nsign_ins = 2\n");
    site.named(CURRENT, "currentUser");
    let ask = |password: &str| {
        let form = format!("grant_type=password&username=currentUser&password={password}");
        site.send_with(&default_client(), "POST", TOKEN, &FORM, &form)
    };
    assert_eq!((ask("wrong").status, ask("wrong").status), (401, 401));
    let slowed = ask("correct+horse");
    insta::assert_snapshot!(slowed, @r#"
    429
    content-type: application/json
    retry-after: 60
    pragma: no-cache
    {
      "error": "temporarily_unavailable",
      "error_description": "too many wrong tries; try again after 12:01:00 UTC"
    }
    "#);
    site.fixture.pass(chrono::TimeDelta::minutes(1));
    assert_eq!(ask("correct+horse").status, 200);
}
