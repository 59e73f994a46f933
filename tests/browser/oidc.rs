//! Sign-in at a real provider in a real browser, from an email and back.

use serde_json::{Value, json};

use super::run;
use crate::clients::oidc::Provider;
use crate::clients::stage::Stage;
use crate::support::daemon::free_port;
use crate::support::fixture::{Fixture, Kind, token_in};
use crate::support::wait_until;

#[test]
fn an_email_is_answered_after_provider_sign_in_in_every_browser() {
    let fixture = Fixture::new(Kind::Sqlite);
    let port = free_port();
    let issuer = format!("http://127.0.0.1:{port}");
    let secret = "hush: hush+%";
    let list = format!(
        "[{{ id = \"work\", name = \"Work\", issuer = \"{issuer}\", client_id = \"countersign\", client_secret = \"{secret}\" }}]"
    );
    let stage = Stage::set(&fixture, &[("COUNTERSIGN__SIGN_IN__OIDC", &list)]);
    let provider = Provider::start(port, &stage.daemon.url, true);
    let uri = |email: &str, first: &str| stage.add(&["user", "add", email, "--first-name", first])["resource_uri"].clone();
    let (ann, bob) = (uri("ann@example.org", "Ann"), uri("bob@example.org", "Bob"));
    let key = stage.add(&["key", "add", "App", "--scope", "requests", "--scope", "act-as"]);
    let key = format!("Bearer {}", key["key"].as_str().unwrap());
    let mut variants = Vec::new();
    for (name, is_phone, has_scripts) in [("phone-plain", true, false), ("desktop-scripts", false, true)] {
        let bundle = stage.add(&["bundle", "add", name, "--owner", "ann@example.org", "--level", "edit"]);
        let bundle = bundle["resource_uri"].clone();
        let body = json!({ "user_target": ann, "user_allowed": bob, "bundle": bundle, "level": "edit" });
        let filed = stage.daemon.post("/api/bundle_permission_request/", &key, &body).unwrap();
        assert_eq!(filed.status, 201, "{}", filed.body);
        let link = wait_until("the email", || {
            let emails = stage.daemon.get("/mailbox.json", "")?.json();
            let links = emails.as_array().unwrap().iter().filter(|email| email["to"] == "ann@example.org").filter_map(|email| {
                token_in(email["text"].as_str().unwrap()).map(|token| format!("{}/redeem?token={token}", stage.daemon.url))
            });
            links.into_iter().find(|link| !variants.iter().any(|one: &Value| one["link"] == *link))
        });
        variants.push(json!({ "name": name, "link": link, "isPhone": is_phone, "hasScripts": has_scripts }));
    }
    let plan = json!({ "url": stage.daemon.url, "provider": provider.url, "variants": variants });
    assert_eq!(run("oidc.js", &plan), json!(["phone-plain", "desktop-scripts"]));
    assert_eq!(fixture.count("requests", "state = 'approved'"), 2);
    assert_eq!(fixture.count("identities", "subject = 'ann'"), 1);
}
