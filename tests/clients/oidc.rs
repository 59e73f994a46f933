//! Sign-in at a real OpenID Connect provider, and at one that sends wrong answers.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use chrono::TimeDelta;
use countersign::clock::Clock;
use serde_json::{Value, json};
use url::Url;

use super::stage::{installed, source};
use crate::pages::browser::{Answer, BOB_ASKS, Browser};
use crate::support::daemon::{agent, free_port};
use crate::support::fixture::{Fixture, Kind, on_both};
use crate::support::smtp::certificates;

on_both![
    a_provider_sign_in_is_the_linked_person,
    an_email_is_answered_after_a_provider_sign_in,
    an_account_is_linked_once_and_can_be_unlinked,
    an_unknown_person_is_refused_or_added,
];

/// The address of the instance in these tests, for redirects back.
const INSTANCE: &str = "http://127.0.0.1:8080";

/// A provider on this machine, which ends with the test.
pub(crate) struct Provider {
    child: Child,
    pub(crate) url: String,
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The people at the provider, each with their claims.
fn people() -> Value {
    json!({
        "ann": { "email": "Ann@example.org", "email_verified": true, "given_name": "Ann", "family_name": "Lee", "locale": "de" },
        "ann-again": { "email": "ann@example.org", "email_verified": true },
        "bob": { "email": "bob@example.org", "email_verified": true },
        "eve": { "email": "ann@example.org", "email_verified": false },
        "nobody": { "email": "nobody@example.org", "email_verified": true },
        "silent": {},
    })
}

impl Provider {
    /// Starts a provider for an instance that browsers reach at `instance`.
    pub(crate) fn start(port: u16, fixture: &str, claims_in_id_token: bool) -> Self {
        Self::start_with(port, fixture, claims_in_id_token, None)
    }

    /// The same over TLS, with the key and certificate in a folder.
    fn start_with(port: u16, fixture: &str, claims_in_id_token: bool, tls: Option<&Path>) -> Self {
        Self::start_as(port, fixture, &json!({ "claimsInIdToken": claims_in_id_token, "tls": tls }))
    }

    /// The same with more settings.
    fn start_as(port: u16, fixture: &str, more: &Value) -> Self {
        let back = |id: &str| format!("{fixture}/sign-in/with/{id}/back");
        let mut plan = json!({
            "port": port,
            "clients": [{ "client_id": "countersign", "client_secret": "hush: hush+%", "redirect_uris": [back("work"), back("home")] }],
            "people": people(),
        });
        plan.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        let mut command = Command::new("node");
        command.arg(source("oidc/provider.js")).env("NODE_PATH", installed("oidc", "node_modules"));
        command.env("PLAN", plan.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("node is installed: run scripts/test once");
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "the provider starts");
        // It keeps writing output and must not block.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self { child, url: format!("http://127.0.0.1:{port}") }
    }

    /// Makes the provider send a wrong answer. Returns the calls that it has seen.
    fn lie(&self, lie: &Value) -> Value {
        let mut answer = agent().post(format!("{}/lie", self.url)).send(lie.to_string()).unwrap();
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
    }
}

/// The settings of an instance with a provider at this port.
pub(crate) fn settings(port: u16, more: &str) -> String {
    format!(
        "[limits]\nredeem_per_minute = 0\n[[sign_in.oidc]]\nid = \"work\"\nname = \"Work\"\nissuer = \"http://127.0.0.1:{port}\"\n\
         client_id = \"countersign\"\nclient_secret = \"hush: hush+%\"\ntimeout = \"2s\"\n{more}\n"
    )
}

/// The same instance with a provider, at the provider's time.
fn with_provider(fixture: &Fixture, more: &str) -> (Fixture, Provider) {
    let port = free_port();
    let fixture = fixture.with(&settings(port, more));
    fixture.pass(Clock::System.now() - fixture.now());
    (fixture, Provider::start(port, INSTANCE, false))
}

/// A browser at the provider: its cookies, its redirects, and its forms.
#[derive(Default)]
struct Visitor {
    jar: BTreeMap<String, String>,
}

impl Visitor {
    /// Signs in and continues until the provider redirects back. Returns the path at the instance.
    fn sign_in(&mut self, url: &str, login: &str) -> String {
        let (mut url, mut form) = (url.to_owned(), None);
        for _ in 0..12 {
            let cookies: Vec<String> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let cookies = cookies.join("; ");
            let mut answer = match form.take() {
                None => agent().get(&url).header("cookie", cookies).call().unwrap(),
                Some(form) => {
                    let request = agent().post(&url).header("cookie", cookies);
                    request.header("content-type", "application/x-www-form-urlencoded").send(form).unwrap()
                }
            };
            for cookie in answer.headers().get_all("set-cookie") {
                let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
                let value = rest.split(';').next().unwrap();
                self.jar.insert(name.to_owned(), value.to_owned());
                self.jar.retain(|_, value| !value.is_empty());
            }
            let base = Url::parse(&url).unwrap();
            if let Some(next) = answer.headers().get("location") {
                url = base.join(next.to_str().unwrap()).unwrap().to_string();
                if let Some(path) = url.strip_prefix(INSTANCE) {
                    return path.to_owned();
                }
                continue;
            }
            let page = answer.body_mut().read_to_string().unwrap();
            let within =
                |text: &str, from: &str| text.split_once(from).map(|(_, rest)| rest.split('"').next().unwrap().to_owned());
            let action = within(&page, "action=\"").unwrap_or_else(|| panic!("{url}: no form in {page}"));
            // Besides its own forms there is one that a script submits, if somebody else was signed in.
            let hidden = page.split("<input type=\"hidden\" name=\"").skip(1).map(|input| {
                let value = within(input, "value=\"").unwrap();
                format!("{}={value}", input.split('"').next().unwrap())
            });
            let fields: Vec<String> = hidden.chain([format!("login={login}"), "password=x".to_owned()]).collect();
            url = base.join(&action).unwrap().to_string();
            form = Some(fields.join("&"));
        }
        panic!("the provider does not come to an end at {url}");
    }
}

/// The target of a button on the page.
fn link(browser: &Browser, label: &str) -> String {
    let before = browser.page.body.split(&format!("\">{label}</a>")).next().unwrap();
    assert_ne!(before.len(), browser.page.body.len(), "no link {label:?} on: {}", browser.page.text());
    before.rsplit_once("href=\"").unwrap().1.replace("&#38;", "&")
}

/// Clicks the button, signs in there, and returns. Returns the answer after that.
fn go_and_come_back(browser: &mut Browser, visitor: &mut Visitor, login: &str) -> Answer {
    let back = go(browser, visitor, login);
    browser.get(&back)
}

/// Clicks the button and signs in there. Returns the path of the redirect back.
fn go(browser: &mut Browser, visitor: &mut Visitor, login: &str) -> String {
    let there = browser.get(&link(browser, "Sign in with Work"));
    assert_eq!((there.status, there.header("referrer-policy")), (303, "no-referrer"));
    visitor.sign_in(there.header("location"), login)
}

fn a_provider_sign_in_is_the_linked_person(fixture: &Fixture) {
    let (fixture, provider) = with_provider(fixture, "");
    let ann = fixture.user("ann@example.org");
    let mut browser = Browser::new(&fixture);
    browser.open("/inbox/given");
    let there = browser.get(&link(&browser, "Sign in with Work"));
    let url = Url::parse(there.header("location")).unwrap();
    let query: BTreeMap<_, _> = url.query_pairs().collect();
    let said = |name: &str| query[name].as_ref();
    assert_eq!((said("response_type"), said("code_challenge_method"), said("client_id")), ("code", "S256", "countersign"));
    assert_eq!((said("scope"), said("redirect_uri")), ("openid email profile", &*format!("{INSTANCE}/sign-in/with/work/back")));
    assert!(!query.contains_key("login_hint") && !query.contains_key("prompt"), "{url}");
    let cookie =
        there.headers.get_all("set-cookie").find_map(|value| value.to_str().ok()?.strip_prefix("countersign-elsewhere="));
    let cookie = cookie.unwrap();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let back = Visitor::default().sign_in(url.as_str(), "ann");
    let done = browser.get(&back);
    assert_eq!((done.status, done.header("location")), (303, "/inbox/given"), "{}", done.text());
    assert!(!browser.jar.contains_key("countersign-elsewhere"));
    assert_eq!(browser.open("/inbox/given").heading(), "Inbox");
    let whose = format!("user_id = {} AND issuer = '{}' AND subject = 'ann'", ann.id, provider.url);
    assert_eq!((fixture.count("identities", &whose), fixture.count("sessions", "1 = 1")), (1, 1));
    assert_eq!(fixture.count("audit", &format!("event = 'identity.linked' AND actor_id = {} AND peer = '127.0.0.1'", ann.id)), 1);

    // From now on the account itself is known, regardless of its address and of the address's verification.
    provider.lie(&json!({ "me": { "email": "ann@elsewhere.example", "email_verified": false } }));
    let mut later = Browser::new(&fixture);
    later.open("/sign-in");
    let done = go_and_come_back(&mut later, &mut Visitor::default(), "ann");
    assert_eq!((done.status, done.header("location")), (303, "/inbox"), "{}", done.text());
    assert_eq!((fixture.count("identities", "1 = 1"), fixture.count("sessions", &format!("user_id = {}", ann.id))), (1, 2));
}

fn an_email_is_answered_after_a_provider_sign_in(fixture: &Fixture) {
    let (fixture, provider) = with_provider(fixture, "");
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (_, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let mut browser = Browser::new(&fixture);
    assert_eq!(browser.open(&format!("/redeem?token={token}")).heading(), "Confirm it’s you");
    assert!(browser.page.says("Or use another account"));

    // Somebody else's account: the email's link is kept, and the provider is asked for another account.
    let mut visitor = Visitor::default();
    let done = go_and_come_back(&mut browser, &mut visitor, "bob");
    assert_eq!((done.status, done.header("location")), (303, "/redeem"), "{}", done.text());
    assert_eq!(browser.open("/redeem").heading(), "This link is for someone else");
    assert_eq!(browser.press("Switch account", &[]).heading(), "Confirm it’s you");
    let there = browser.get(&link(&browser, "Sign in with Work"));
    assert!(there.header("location").contains("&prompt=login"), "{}", there.header("location"));
    let back = visitor.sign_in(there.header("location"), "ann");
    assert_eq!(browser.get(&back).header("location"), "/redeem");
    // A new provider account decides only once the mailbox has confirmed it.
    fixture.deliver();
    browser.open("/redeem");
    assert_eq!(browser.prove_mailbox(&fixture, "ann@example.org").heading(), BOB_ASKS);
    assert_eq!(browser.press("Approve", &[]).heading(), "Bob can now view and change “Sleep data”");

    let seen = provider.lie(&json!({}))["seen"].to_string();
    assert!(seen.contains("/auth?"), "{seen}");
    for secret in ["csr_", &token[8..], "redeem"] {
        assert!(!seen.contains(secret), "{secret} came to the provider: {seen}");
    }
    let referers: Vec<&str> = seen.split("\"referer\":").skip(1).collect();
    assert!(referers.iter().all(|rest| rest.starts_with("null")), "{seen}");
}

fn an_account_is_linked_once_and_can_be_unlinked(fixture: &Fixture) {
    let (fixture, _provider) = with_provider(fixture, "");
    fixture.user("ann@example.org");
    let bob = fixture.user("bob@example.org");
    let mut browser = Browser::new(&fixture);
    browser.open("/sign-in");
    assert_eq!(go_and_come_back(&mut browser, &mut Visitor::default(), "ann").status, 303);

    // If an address goes to somebody else there, the account here does not go with it.
    let mut other = Browser::new(&fixture);
    other.open("/sign-in");
    let refused = go_and_come_back(&mut other, &mut Visitor::default(), "ann-again");
    assert_eq!((refused.status, refused.heading().as_str()), (403, "Your email address is linked to another account"));
    assert_eq!((fixture.count("identities", "1 = 1"), fixture.count("sessions", "1 = 1")), (1, 1));

    browser.open("/account/sessions");
    assert!(browser.page.says("Linked accounts") && browser.page.says("Work"), "{}", browser.page.text());
    let mut bob = Browser::of(&fixture, &bob);
    bob.open("/account/sessions");
    assert!(!bob.page.says("Linked accounts"));
    let (mark, id) = (csrf_token_of(&bob), browser.form(": <bdi>Work</bdi></span>").1[1].1.clone());
    let foreign = bob.post("/account/identities/unlink", &[("form", &mark), ("id", &id)], &[]);
    assert_eq!((foreign.status, fixture.count("identities", "1 = 1")), (404, 1));
    assert!(browser.press(": <bdi>Work</bdi></span>", &[]).says("You unlinked the account."));
    assert_eq!(fixture.count("identities", "1 = 1"), 0);
    assert_eq!(fixture.events().last().map(String::as_str), Some("identity.unlinked"));
    other.open("/sign-in");
    assert_eq!(go_and_come_back(&mut other, &mut Visitor::default(), "ann-again").status, 303);
}

/// The CSRF token of the page's forms.
fn csrf_token_of(browser: &Browser) -> String {
    browser.form("Sign out").1[0].1.clone()
}

fn an_unknown_person_is_refused_or_added(fixture: &Fixture) {
    let (refusing, provider) = with_provider(fixture, "");
    let mut browser = Browser::new(&refusing);
    browser.open("/sign-in");
    let refused = go_and_come_back(&mut browser, &mut Visitor::default(), "nobody");
    assert_eq!((refused.status, refused.heading().as_str()), (403, "There is no account with your email address"));
    assert!(refused.says("Your address at Work is nobody@example.org"), "{}", refused.text());
    assert_eq!((refusing.count("users", "1 = 1"), refusing.count("identities", "1 = 1")), (0, 0));

    let port = Url::parse(&provider.url).unwrap().port().unwrap();
    let adding = fixture.with(&settings(port, "adds_people = true"));
    let mut browser = Browser::new(&adding);
    browser.open("/sign-in");
    let added = go_and_come_back(&mut browser, &mut Visitor::default(), "ann");
    assert_eq!((added.status, added.header("location")), (303, "/inbox"), "{}", added.text());
    let who = "email = 'ann@example.org' AND first_name = 'Ann' AND last_name = 'Lee' AND locale = 'de'";
    assert_eq!(adding.texts(&format!("SELECT CAST(is_external AS TEXT) AS value FROM users WHERE {who}")).len(), 1);
    assert_eq!(browser.open("/inbox").heading(), "Posteingang");
    let mut unverified = Browser::new(&adding);
    unverified.open("/sign-in");
    assert_eq!(go_and_come_back(&mut unverified, &mut Visitor::default(), "silent").status, 403);
    assert_eq!(adding.count("users", "1 = 1"), 1);
}

/// A refusal signs nobody in, links nothing, and leads back to every way of signing in.
fn refused(fixture: &Fixture, answer: &Answer, status: u16, heading: &str, why: &str) {
    assert_eq!((answer.status, answer.heading().as_str()), (status, heading), "{why}");
    assert_eq!((fixture.count("sessions", "1 = 1"), fixture.count("identities", "1 = 1")), (0, 0), "{why}");
    assert!(answer.says("Back to all sign-in options") && answer.says("Nothing was changed"), "{why}: {}", answer.text());
}

#[test]
fn a_response_is_accepted_only_from_its_own_browser_in_time_and_once() {
    let (fixture, _provider) = with_provider(&Fixture::new(Kind::Sqlite), "");
    fixture.user("ann@example.org");
    let fresh = || {
        let mut browser = Browser::new(&fixture);
        browser.open("/sign-in");
        browser
    };
    let stale = "Start again";
    let mut browser = fresh();
    let back = go(&mut browser, &mut Visitor::default(), "ann");
    refused(&fixture, &fresh().get(&back), 400, stale, "another browser");
    let cookie = browser.jar["countersign-elsewhere"].clone();
    for (from, to) in [("state=", "state=x"), ("state=", "x="), ("&state=", "&state=&state=")] {
        let mut other = fresh();
        other.jar.insert("countersign-elsewhere".into(), cookie.clone());
        refused(&fixture, &other.get(&back.replacen(from, to, 1)), 400, stale, "another state");
        assert!(!other.jar.contains_key("countersign-elsewhere"), "an attempt is used up by what comes back");
    }
    let mut other = fresh();
    other.jar.insert("countersign-elsewhere".into(), cookie.clone());
    refused(&fixture, &other.get(&back.replacen("code=", "code=x", 1)), 400, stale, "another code");
    // HEAD has no effect, and the login state stays valid.
    assert_eq!(browser.head(&back).status, 303);
    assert_eq!(fixture.count("sessions", "1 = 1"), 0);

    fixture.pass(TimeDelta::minutes(10));
    refused(&fixture, &browser.get(&back), 400, stale, "ten minutes later");
    fixture.pass(TimeDelta::minutes(-10));

    let mut browser = fresh();
    let back = go(&mut browser, &mut Visitor::default(), "ann");
    let cookie = browser.jar["countersign-elsewhere"].clone();
    assert_eq!(browser.get(&back).status, 303);
    let mut thief = fresh();
    assert_eq!(thief.get(&back).status, 400, "the address bar's content is worth nothing elsewhere");
    thief.jar.insert("countersign-elsewhere".into(), cookie);
    assert_eq!(thief.get(&back).heading(), stale, "a code is good once, at the provider");
    assert_eq!(fixture.count("sessions", "1 = 1"), 1);
}

#[test]
fn an_address_that_the_provider_has_not_verified_is_not_trusted() {
    let (fixture, provider) = with_provider(&Fixture::new(Kind::Sqlite), "");
    fixture.user("ann@example.org");
    let attempt = |login: &str, lie: &Value| {
        provider.lie(lie);
        let mut browser = Browser::new(&fixture);
        browser.open("/sign-in");
        go_and_come_back(&mut browser, &mut Visitor::default(), login)
    };
    let now = fixture.now().timestamp();
    for (why, lie) in [
        ("nonce", json!({ "claims": { "nonce": "another" } })),
        ("no nonce", json!({ "claims": { "nonce": null } })),
        ("audience", json!({ "claims": { "aud": "another-client" } })),
        ("two audiences", json!({ "claims": { "aud": ["countersign", "another-client"] } })),
        ("authorized party", json!({ "claims": { "aud": ["countersign", "another-client"], "azp": "another-client" } })),
        ("issuer", json!({ "claims": { "iss": "http://127.0.0.1:9" } })),
        ("over", json!({ "claims": { "exp": now - 61 } })),
        ("no end", json!({ "claims": { "exp": null } })),
        ("from the future", json!({ "claims": { "iat": now + 120 } })),
        ("nobody", json!({ "claims": { "sub": "" } })),
        ("another key", json!({ "key": "stranger" })),
        ("a key that is not published", json!({ "key": "second" })),
        ("no signature", json!({ "key": "none" })),
        ("somebody else's userinfo", json!({ "me": { "sub": "bob" } })),
        ("an issuer's answer in another's name", json!({ "claims": { "iss": null } })),
    ] {
        refused(&fixture, &attempt("ann", &lie), 400, "We could not sign you in", why);
    }
    let unverified = attempt("eve", &json!({}));
    assert_eq!((unverified.status, unverified.heading().as_str()), (403, "Work has not confirmed your email address"));
    assert_eq!(attempt("silent", &json!({})).heading(), "Work has not confirmed your email address");
    // A verification from one source does not apply to an address from another.
    let elsewhere = json!({ "claims": { "email_verified": true } });
    assert_eq!(attempt("eve", &elsewhere).heading(), "Work has not confirmed your email address");
    assert_eq!((fixture.count("sessions", "1 = 1"), fixture.count("identities", "1 = 1")), (0, 0));

    // A new key is fetched once it is published. Several audiences are fine if we are the authorized party.
    let second =
        json!({ "key": "second", "keys": ["first", "second"], "claims": { "aud": ["countersign", "b"], "azp": "countersign" } });
    assert_eq!(attempt("ann", &second).status, 303);
}

#[test]
fn a_response_of_another_issuer_or_for_another_provider_is_refused() {
    let port = free_port();
    let other = format!(
        "[[sign_in.oidc]]\nid = \"home\"\nname = \"Home\"\nissuer = \"http://127.0.0.1:{}\"\nclient_id = \"countersign\"",
        free_port()
    );
    let fixture = Fixture::new(Kind::Sqlite).with(&settings(port, &other));
    fixture.pass(Clock::System.now() - fixture.now());
    let _provider = Provider::start(port, INSTANCE, false);
    fixture.user("ann@example.org");
    for (why, from, to, status, heading) in [
        ("the other's address", "/with/work/", "/with/home/", 400, "Start again"),
        ("the other's word", "iss=http%3A%2F%2F127.0.0.1", "iss=http%3A%2F%2F127.0.0.2", 400, "We could not sign you in"),
        ("nobody's word", "iss=", "x=", 400, "We could not sign you in"),
        ("a no", "code=", "error=access_denied&x=", 403, "Work did not sign you in"),
    ] {
        let mut browser = Browser::new(&fixture);
        browser.open("/sign-in");
        let back = go(&mut browser, &mut Visitor::default(), "ann");
        assert!(back.contains(from), "{back}");
        refused(&fixture, &browser.get(&back.replacen(from, to, 1)), status, heading, why);
    }
    let mut browser = Browser::new(&fixture);
    assert_eq!(browser.get("/sign-in/with/nowhere").status, 404);
    assert_eq!(browser.get("/sign-in/with/nowhere/back?code=x&state=y").status, 404);
    browser.open("/sign-in?next=//evil.example");
    let back = go(&mut browser, &mut Visitor::default(), "ann");
    assert_eq!(browser.get(&back).header("location"), "/inbox");
}

#[test]
fn a_failing_provider_gives_a_clear_page_with_the_other_ways_to_sign_in() {
    let port = free_port();
    let fixture = Fixture::new(Kind::Sqlite).with(&settings(port, "timeout = \"1s\"").replacen("timeout = \"2s\"\n", "", 1));
    fixture.pass(Clock::System.now() - fixture.now());
    fixture.user("ann@example.org");
    let mut browser = Browser::new(&fixture);
    browser.open("/sign-in");
    let leave = link(&browser, "Sign in with Work");
    let down = browser.get(&leave);
    refused(&fixture, &down, 503, "Work is not responding", "down");
    assert_eq!(down.header("retry-after"), "10");
    assert!(browser.open("/sign-in").says("Email me a sign-in code"));

    // It is up: callers within ten seconds get an error at once, later ones reach it.
    let provider = Provider::start(port, INSTANCE, true);
    refused(&fixture, &browser.get(&leave), 503, "Work is not responding", "asked not again at once");
    for (why, status, lie) in [
        ("slow", 503, json!({ "hangs": "/.well-known/openid-configuration" })),
        ("another name", 502, json!({ "metadata": { "issuer": "http://127.0.0.1:9" } })),
        ("an address in clear", 502, json!({ "metadata": { "token_endpoint": "http://provider.example/token" } })),
        ("no document", 502, json!({ "answers": { "/.well-known/openid-configuration": "hello" } })),
    ] {
        provider.lie(&lie);
        fixture.pass(TimeDelta::seconds(10));
        let heading = if status == 503 { "Work is not responding" } else { "We could not sign you in" };
        refused(&fixture, &browser.get(&leave), status, heading, why);
    }
    for (why, status, lie) in [
        ("slow with the token", 503, json!({ "hangs": "/token" })),
        ("slow with its keys", 503, json!({ "hangs": "/jwks" })),
        ("no token", 502, json!({ "answers": { "/token": { "access_token": "x" } } })),
    ] {
        provider.lie(&json!({}));
        fixture.pass(TimeDelta::seconds(10));
        browser.open("/sign-in");
        let back = go(&mut browser, &mut Visitor::default(), "ann");
        provider.lie(&lie);
        let heading = if status == 503 { "Work is not responding" } else { "We could not sign you in" };
        refused(&fixture, &browser.get(&back), status, heading, why);
    }
    provider.lie(&json!({}));
    browser.open("/sign-in");
    assert_eq!(go_and_come_back(&mut browser, &mut Visitor::default(), "ann").status, 303);
    let seen = provider.lie(&json!({}))["seen"].to_string();
    assert!(!seen.contains("\"/me\""), "what the ID token says is not asked for again: {seen}");
}

#[test]
fn a_provider_needs_a_trusted_certificate() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("tls")).unwrap();
    certificates(folder.path()).unwrap();
    let tls = folder.path().join("tls");
    let port = free_port();
    let _provider = Provider::start_with(port, INSTANCE, true, Some(&tls));
    for (more, is_trusted) in [("ca.pem", true), ("other-ca.pem", false), ("", false)] {
        let ca_file = if more.is_empty() { String::new() } else { format!("ca_file = {:?}", tls.join(more)) };
        let settings = settings(port, &ca_file).replace("http://127.0.0.1", "https://localhost");
        let fixture = Fixture::new(Kind::Sqlite).with(&settings);
        let mut browser = Browser::new(&fixture);
        browser.open("/sign-in");
        let there = browser.get(&link(&browser, "Sign in with Work"));
        if is_trusted {
            assert!(there.header("location").starts_with(&format!("https://localhost:{port}/auth?")), "{}", there.text());
        } else {
            refused(&fixture, &there, 503, "Work is not responding", more);
        }
    }
}

/// Signs in with these settings at a provider with this plan. Returns the status of the result.
fn signed_in_at(settings_of: &dyn Fn(u16) -> String, plan: &Value) -> u16 {
    let port = free_port();
    let fixture = Fixture::new(Kind::Sqlite).with(&settings_of(port));
    fixture.pass(Clock::System.now() - fixture.now());
    let _provider = Provider::start_as(port, INSTANCE, plan);
    fixture.user("ann@example.org");
    let mut browser = Browser::new(&fixture);
    browser.open("/sign-in");
    go_and_come_back(&mut browser, &mut Visitor::default(), "ann").status
}

/// The real provider accepts a secret either way. Ours has characters that encoding changes.
#[test]
fn the_client_authenticates_as_the_provider_wants() {
    for (client_auth, plan, wanted) in [
        ("", json!({}), 303),
        ("auto", json!({ "insistsOn": "basic" }), 303),
        ("client_secret_basic", json!({ "insistsOn": "basic" }), 303),
        ("client_secret_post", json!({ "insistsOn": "post" }), 303),
        ("auto", json!({ "insistsOn": "post" }), 502),
        ("client_secret_post", json!({ "insistsOn": "basic" }), 502),
        ("client_secret_basic_raw", json!({ "isRaw": true }), 303),
        ("client_secret_basic", json!({ "isRaw": true }), 502),
        ("client_secret_basic_raw", json!({}), 502),
    ] {
        let settings = |port| {
            let line = format!("client_auth = \"{client_auth}\"");
            settings(port, if client_auth.is_empty() { "" } else { &line })
        };
        assert_eq!(signed_in_at(&settings, &plan), wanted, "{client_auth:?} {plan}");
    }
}

/// If it offers only the form, the form is the default.
#[test]
fn a_provider_that_supports_only_form_secrets_gets_them_there() {
    let port = free_port();
    let fixture = Fixture::new(Kind::Sqlite).with(&settings(port, ""));
    fixture.pass(Clock::System.now() - fixture.now());
    let provider = Provider::start_as(port, INSTANCE, &json!({ "insistsOn": "post" }));
    provider.lie(&json!({ "metadata": { "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_post"] } }));
    fixture.user("ann@example.org");
    let mut browser = Browser::new(&fixture);
    browser.open("/sign-in");
    assert_eq!(go_and_come_back(&mut browser, &mut Visitor::default(), "ann").status, 303);
}

#[test]
fn a_client_secret_is_the_first_line_of_its_file_in_every_text_format() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    for bytes in [&b"hush: hush+%"[..], b"hush: hush+%\r\n", b"\xef\xbb\xbfhush: hush+%\r\nmore\n"] {
        std::fs::write(&file, bytes).unwrap();
        let named = format!("client_secret_file = {file:?}");
        let settings = |port| settings(port, &named).replace("client_secret = \"hush: hush+%\"\n", "");
        assert_eq!(signed_in_at(&settings, &json!({})), 303, "{bytes:?}");
    }
}

/// The certificate that `openssl req -x509` makes by default: the log says how to make a valid one.
#[test]
fn a_certificate_that_no_provider_may_present_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"])
        .args([
            "-keyout",
            "server.key",
            "-out",
            "server.pem",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
        ])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(made.status.success());
    let port = free_port();
    let _provider = Provider::start_with(port, INSTANCE, true, Some(folder.path()));
    let ca_file = format!("ca_file = {:?}", folder.path().join("server.pem"));
    let settings = settings(port, &ca_file).replace("http://127.0.0.1", "https://localhost");
    let config = countersign::config::Config::build(Some(&settings), []).unwrap();
    let providers = countersign::auth::oidc::Providers::new(&config.sign_in.oidc).unwrap();
    let attempt =
        countersign::auth::oidc::Attempt::begin(&countersign::random::Rng::System, "work", "/inbox", Clock::System.now());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let attempt = attempt.unwrap();
    let there = providers.find("work").unwrap().way_there(&attempt, INSTANCE, false, Clock::System.now());
    let said = runtime.block_on(there).unwrap_err().to_string();
    assert!(said.contains("-addext basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:localhost"), "{said}");
}
