//! `/api/connect/oauth2/token/`.

use countersign::domain::Scope;

use super::{ALICE, ASK, BOB, Cast, REQUESTS};
use crate::support::fixture::{Fixture, Kind};
use crate::support::http::{Answer, NO_LIMITS, Site, basic};

const TOKEN: &str = "/api/connect/oauth2/token/";
const FORM: [(&str, &str); 1] = [("Content-Type", "application/x-www-form-urlencoded")];

fn ask(cast: &Cast, client: &str, form: &str) -> Answer {
    cast.site.send_with(client, "POST", TOKEN, &FORM, form)
}

fn client(cast: &Cast) -> String {
    let (id, bearer) = cast.site.key(None, &[Scope::Requests], &[]);
    basic(&id.to_string(), bearer.strip_prefix("Bearer ").unwrap())
}

/// Alice's `Bearer` credential with that scope.
pub(super) fn token(cast: &Cast, scope: &str) -> String {
    let answer = ask(cast, &client(cast), &format!("grant_type=password&username={ALICE}&password=correct+horse&scope={scope}"));
    format!("Bearer {}", answer.json()["access_token"].as_str().unwrap())
}

#[test]
fn a_password_gives_tokens_that_act_for_the_person() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let client = client(&cast);
    let answer = ask(&cast, &client, "grant_type=password&scope=readwrite&username=bob%40x.org&password=correct+horse");
    let json = answer.json();
    let [access, refresh] = ["access_token", "refresh_token"].map(|name| json[name].as_str().unwrap().to_owned());
    assert!(access.starts_with("csa_") && refresh.starts_with("csf_"));
    insta::assert_snapshot!(answer.to_string().replace(&access, "csa_…").replace(&refresh, "csf_…"), @r#"
    200
    content-type: application/json
    pragma: no-cache
    {
      "access_token": "csa_…",
      "expires_in": 3600,
      "refresh_token": "csf_…",
      "scope": "readwrite",
      "token_type": "Bearer"
    }
    "#);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let account = cast.site.send(&format!("bearer {access}"), "GET", "/api/account/", "").json();
    assert_eq!(account["objects"][0]["email"], BOB);

    let again = ask(&cast, &client, &format!("grant_type=refresh_token&refresh_token={refresh}"));
    assert_eq!((again.status, &again.json()["scope"]), (200, &"readwrite".into()));
    let spent = ask(&cast, &client, &format!("grant_type=refresh_token&refresh_token={refresh}"));
    insta::assert_snapshot!(spent, @r#"
    400
    content-type: application/json
    pragma: no-cache
    {
      "error": "invalid_grant",
      "error_description": "Bad credentials"
    }
    "#);
    cast.site.fixture.pass(chrono::TimeDelta::hours(1));
    assert_eq!(cast.site.send(&format!("Bearer {access}"), "GET", "/api/account/", "").status, 401);
}

#[test]
fn a_read_only_token_can_read_and_not_write() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let token = token(&cast, "readonly");
    assert_eq!(cast.site.send(&token, "GET", REQUESTS, "").status, 200);
    insta::assert_snapshot!(cast.site.send(&token, "POST", REQUESTS, ASK).line(), @r#"403 {"error":"this access token may only read; ask for one with the scope readwrite","code":"forbidden"}"#);
}

#[test]
fn an_app_gets_a_token_for_itself() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let (_, bearer) = cast.site.key(None, &[Scope::Requests, Scope::ActAs], &[]);
    let key = bearer.strip_prefix("Bearer ").unwrap();
    let answer = cast.site.send_with("", "POST", TOKEN, &FORM, &format!("grant_type=client_credentials&client_id={key}"));
    let json = answer.json();
    assert_eq!((answer.status, json.get("refresh_token")), (200, None));
    let token = format!("Bearer {}", json["access_token"].as_str().unwrap());
    assert_eq!(cast.site.send(&token, "POST", REQUESTS, ASK).status, 201);
}

#[test]
fn errors_use_the_codes_of_the_rfc() {
    let cast = Cast::new(&Fixture::new(Kind::Sqlite));
    let client = client(&cast);
    let long = format!("grant_type=password&username={}", "x".repeat(70_000));
    let cases = [
        ("no client", "", "grant_type=client_credentials"),
        ("no such client", &basic("1", "csk_wrong"), "grant_type=client_credentials"),
        ("a person is no client", BOB, "grant_type=client_credentials"),
        ("bearer", "Bearer x", "grant_type=client_credentials"),
        ("twice", &client, "grant_type=client_credentials&client_id=1&client_secret=x"),
        ("no grant", &client, "scope=readonly"),
        ("a code", &client, "grant_type=authorization_code&code=x"),
        ("no name", &client, "grant_type=password&password=x"),
        ("no password", &client, "grant_type=password&username=bob@x.org"),
        ("wrong password", &client, "grant_type=password&username=bob@x.org&password=wrong+horse"),
        ("no such person", &client, "grant_type=password&username=nobody@x.org&password=wrong+horse"),
        ("wrong refresh", &client, "grant_type=refresh_token&refresh_token=x"),
        ("scope", &client, "grant_type=client_credentials&scope=admin"),
        ("a parameter twice", &client, "grant_type=client_credentials&grant_type=password"),
        ("too long", &client, &long),
    ];
    let table: Vec<String> =
        cases.iter().map(|(name, who, form)| format!("{name} -> {}", ask(&cast, who, form).line())).collect();
    insta::assert_snapshot!(table.join("\n"), @r#"
    no client -> 401 {"error":"invalid_client","error_description":"say who the client is by Basic"}
    no such client -> 401 {"error":"invalid_client","error_description":"the client is not known, or its secret is not right"}
    a person is no client -> 401 {"error":"invalid_client","error_description":"the client is not known, or its secret is not right"}
    bearer -> 401 {"error":"invalid_client","error_description":"say who the client is by Basic"}
    twice -> 400 {"error":"invalid_request","error_description":"the client says who it is by Basic or in the form, not by both"}
    no grant -> 400 {"error":"invalid_request","error_description":"grant_type is missing"}
    a code -> 400 {"error":"unsupported_grant_type","error_description":"use password, client_credentials or refresh_token; authorization codes are not given here"}
    no name -> 400 {"error":"invalid_request","error_description":"username is missing"}
    no password -> 400 {"error":"invalid_request","error_description":"password is missing"}
    wrong password -> 400 {"error":"invalid_grant","error_description":"Bad credentials"}
    no such person -> 400 {"error":"invalid_grant","error_description":"Bad credentials"}
    wrong refresh -> 400 {"error":"invalid_grant","error_description":"Bad credentials"}
    scope -> 400 {"error":"invalid_scope","error_description":"the scopes are readonly and readwrite"}
    a parameter twice -> 400 {"error":"invalid_request","error_description":"grant_type is there twice"}
    too long -> 413 {"error":"invalid_request","error_description":"the body is too large: at most 65536 bytes"}
    "#);
    insta::assert_snapshot!(ask(&cast, "", "grant_type=client_credentials"), @r#"
    401
    content-type: application/json
    www-authenticate: Basic Realm="Countersign"
    pragma: no-cache
    {
      "error": "invalid_client",
      "error_description": "say who the client is by Basic"
    }
    "#);
    insta::assert_snapshot!(cast.site.send(&client, "POST", TOKEN, r#"{"grant_type":"client_credentials"}"#).line(), @r#"400 {"error":"invalid_request","error_description":"send a form: application/x-www-form-urlencoded"}"#);
    assert_eq!(cast.site.send(&client, "GET", TOKEN, "").status, 405);
    assert_eq!(cast.site.send("", "GET", "/api/connect/oauth2/auth/?response_type=code", "").status, 404);
}

/// Tokens are rows, so they have the limits of changes but are counted apart: for the person, or for an app that acts for
/// itself.
#[test]
fn tokens_are_limited_for_each_person_and_app() {
    let fixture = Fixture::new(Kind::Sqlite);
    let limits = format!("{NO_LIMITS}changes_hourly = 2\napp_changes_hourly = 3\n");
    let site = Site::with(&fixture, &limits);
    let bob = site.user("bob@x.org");
    site.user("ann@x.org");
    let (_, bearer) = site.key(None, &[Scope::Requests], &[]);
    let client = basic("", bearer.trim_start_matches("Bearer "));
    let ask = |form: &str| site.send_with(&client, "POST", TOKEN, &FORM, form);
    let sas = |name: &str| {
        let form = format!("grant_type=password&username={name}&password=correct+horse");
        site.send_with(&basic("sas.ec", ""), "POST", "/SASLogon/oauth/token", &FORM, &form)
    };
    let by_password = "grant_type=password&username=bob@x.org&password=correct+horse";
    let first = ask(by_password);
    let refresh = first.json()["refresh_token"].as_str().unwrap().to_owned();
    assert_eq!((first.status, sas("bob@x.org").status), (200, 200));
    // Over the limit neither way gives a token, and the try does not spend the refresh token.
    let refreshed = || ask(&format!("grant_type=refresh_token&refresh_token={refresh}"));
    for answer in [ask(by_password), refreshed(), sas("bob@x.org")] {
        assert_eq!(answer.status, 429, "{answer}");
        assert!(
            answer.header("retry-after").unwrap().parse::<i64>().unwrap() > 0 && answer.body.contains("too many tokens"),
            "{answer}"
        );
    }
    // Others, and the app for itself, have their own limits; changes do not count as sign-ins.
    assert_eq!(sas("ann@x.org").status, 200);
    let itself = || ask("grant_type=client_credentials").status;
    assert_eq!([itself(), itself(), itself(), itself()], [200, 200, 200, 429]);
    let rename = |name: &str| {
        let body = format!("{{\"first_name\": \"{name}\"}}");
        site.send("bob@x.org", "PATCH", &format!("/api/user/{}/", bob.id), &body).status
    };
    assert_eq!([rename("A"), rename("B"), rename("C")], [200, 200, 429]);
    fixture.pass(chrono::TimeDelta::minutes(30));
    assert_eq!(refreshed().status, 200);
}
