//! Every page in every state in Chromium: accessible by axe-core's rules (WCAG 2.2 AA) in both colour schemes, no wider than
//! 320 pixels, small, and without foreign resources.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use countersign::auth::{Authenticator, SessionOrigin, Source};
use countersign::domain::{ApprovalLimits, Bundle, Caller, Level, Scope, Until, User};
use countersign::secret::FreshSecret;
use countersign::store::{self, Tx};
use countersign::workflow::accounts;
use countersign::workflow::blocks::{self, Whom};
use countersign::workflow::requests::file::Filing;
use serde_json::{Value, json};

use super::run;
use crate::support::fixture::{Fixture, Kind, address, ask, confirmation_in, offer, person, runtime};
use crate::support::http::{NO_LIMITS, PASSWORD, Site};

/// The value of a session's cookie.
pub(crate) fn session(fixture: &Fixture, user: &User) -> String {
    let auth = Authenticator::new(fixture.store.clone(), fixture.rng.clone(), &fixture.config.limits).unwrap();
    runtime().block_on(auth.open_session(user.id, SessionOrigin::default())).unwrap().to_string()
}

/// A provider that does not answer: only the link to it is tested here.
const PROVIDER: &str = "[[sign_in.oidc]]\nid = \"work\"\nname = \"Example Health\"\nissuer = \"http://127.0.0.1:1\"\n\
                        client_id = \"countersign\"\ntimeout = \"1s\"\n";

/// One state: how to reach it, and the heading that it must have.
struct State {
    name: String,
    heading: String,
    plan: Value,
}

/// The states, and the fixture that they are of.
struct Stage<'a> {
    fixture: &'a Fixture,
    states: Vec<State>,
    bundles: usize,
}

impl Stage<'_> {
    /// A page for a signed-in person, or for nobody, with or without an email's link.
    fn at(&mut self, name: &str, heading: &str, path: &str, who: Option<&User>, token: Option<&str>) -> &mut Value {
        let mut cookies = serde_json::Map::new();
        if let Some(who) = who {
            cookies.insert("countersign".to_owned(), session(self.fixture, who).into());
        }
        if let Some(token) = token {
            cookies.insert("countersign-link".to_owned(), token.into());
        }
        let plan = json!({ "name": name, "path": path, "cookies": cookies });
        self.states.push(State { name: name.to_owned(), heading: heading.to_owned(), plan });
        &mut self.states.last_mut().unwrap().plan
    }

    /// The page of an email's link for its reader.
    fn link(&mut self, name: &str, heading: &str, who: &User, token: &str) -> &mut Value {
        self.at(name, heading, "/redeem", Some(who), Some(token))
    }

    fn bundle(&mut self, owner: &User) -> Bundle {
        self.bundles += 1;
        let name = ["Sleep data", "Food diary", "Training log", "Resting pulse"][self.bundles % 4];
        self.fixture.bundle(&format!("{name} {}", 2020 + self.bundles), owner)
    }

    /// A delivered request, with its token.
    fn asked(&mut self, target: &User, allowed: &User) -> (Bundle, countersign::domain::Request, String) {
        let bundle = self.bundle(target);
        let (request, token) = self.fixture.asked_by_mail(&bundle, target, allowed);
        (bundle, request, token)
    }

    fn filed(&mut self, by: &User, filing: &Filing, reader: &User) -> String {
        self.fixture.file(&person(by), filing).unwrap();
        self.fixture.deliver();
        self.fixture.token_for(reader.email.as_str())
    }
}

/// The heading of the decision page for Bob's request.
fn asks(bundle: &Bundle) -> String {
    format!("Bob Stone wants to view and change your “{}” until you stop sharing", bundle.name)
}

fn named(fixture: &Fixture, email: &str, first: &str, last: &str, locale: &str) -> User {
    let user = fixture.add_user(email, |new| {
        first.clone_into(&mut new.first_name);
        last.clone_into(&mut new.last_name);
        locale.clone_into(&mut new.locale);
        new.time_zone = "Europe/Zurich".into();
    });
    // Until a person chooses, pages are in the language of the browser.
    fixture.sql(&format!("UPDATE users SET is_language_chosen = TRUE WHERE id = {}", user.id)).unwrap();
    user
}

#[test]
fn every_state_is_accessible_at_every_width() {
    let site = Site::with(&Fixture::new(Kind::Sqlite), &format!("{NO_LIMITS}{PROVIDER}"));
    let fixture = &site.fixture;
    let mut stage = Stage { fixture, states: Vec::new(), bundles: 0 };
    let ann = named(fixture, "ann@example.org", "Ann", "Lee", "en");
    let bob = named(fixture, "bob@example.org", "Bob", "Stone", "en");
    over(&mut stage, &ann, &bob);
    strangers(&mut stage, &ann, &bob);
    deciding(&mut stage, &ann, &bob);
    decided(&mut stage, &ann, &bob);
    troubles(&mut stage, &ann, &bob);
    inboxes(&mut stage, &ann, &bob);
    accounts_of(&mut stage);
    proofs(&mut stage);
    previews(&mut stage);
    for (locale, first, headings) in [
        (
            "de",
            "Anna",
            [
                "Bob Stone möchte Ihre Daten „{}“ ansehen und ändern – bis Sie die Freigabe beenden",
                "Sie haben abgelehnt",
                "Posteingang",
                "Bestätigen Sie, dass Sie es sind",
                "Dieser Link ist für eine andere Person",
            ],
        ),
        (
            "fr",
            "Anne",
            [
                "Bob Stone souhaite consulter et modifier vos données «\u{202f}{}\u{202f}» jusqu’à ce que vous arrêtiez le partage",
                "Vous avez refusé",
                "Boîte de réception",
                "Confirmez que c’est bien vous",
                "Ce lien est pour une autre personne",
            ],
        ),
    ] {
        translated(&mut stage, locale, first, &bob, headings);
    }
    let out = concat!(env!("CARGO_MANIFEST_DIR"), "/target/screenshots");
    let url = format!("http://{}", site.address);
    let states: Vec<&Value> = stage.states.iter().map(|state| &state.plan).collect();
    let saw = run("look.js", &json!({ "url": url, "out": out, "states": states }));
    let states = stage.states.iter().map(|state| (state.name.as_str(), state.heading.as_str()));
    judge(&saw, states);
    for state in stage.states.iter().filter(|state| state.name.contains("review")) {
        let seen = &saw["seen"][&state.name];
        // A dozen parts, each of them also a choice, and a long message come on top.
        let most = if state.name == "review-risky" { 30 * 1024 } else { 25 * 1024 };
        assert!(seen["weight"].as_u64() < Some(most), "{}: {} bytes", state.name, seen["weight"]);
        // The page of a limited approval begins at the limits.
        let is_at_start = !["review-problem", "review-limit"].contains(&state.name.as_str());
        assert!(!is_at_start || seen["answers"].as_f64() <= Some(844.0), "{}: {}", state.name, seen["answers"]);
    }
    assert!(stage.states.len() > 55, "{}", stage.states.len());
}

#[test]
fn the_pages_of_an_instance_with_a_logo_and_links_are_accessible() {
    const LOGO: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 240 40\"><rect width=\"40\" height=\"40\" fill=\"#1d4ed8\"/>\
                        <path d=\"M20 8v24M8 20h24\" stroke=\"#fff\" stroke-width=\"6\"/>\
                        <text x=\"50\" y=\"28\" font-size=\"22\">Example Hospital</text></svg>";
    let folder = tempfile::tempdir().unwrap();
    let logo = folder.path().join("logo.svg");
    std::fs::write(&logo, LOGO).unwrap();
    let instance = format!(
        "[instance]\nname = \"Example Hospital\"\nlogo = {:?}\naccent = \"#1d4ed8\"\nsupport_address = \"help@example.org\"\n\
         privacy_url = \"https://example.org/privacy\"\nimprint_url = \"https://example.org/legal\"\n",
        logo.display().to_string()
    );
    let site = Site::with(&Fixture::new(Kind::Sqlite), &format!("{NO_LIMITS}{instance}"));
    let fixture = &site.fixture;
    let mut stage = Stage { fixture, states: Vec::new(), bundles: 0 };
    let ann = named(fixture, "ann@example.org", "Ann", "Lee", "en");
    let bob = named(fixture, "bob@example.org", "Bob", "Stone", "en");
    let (bundle, _, token) = stage.asked(&ann, &bob);
    stage.at("front", "Share your data on your terms", "/", None, None);
    stage.at("sign-in", "Sign in", "/sign-in", None, None);
    stage.link("review", &asks(&bundle), &ann, &token);
    stage.at("inbox", "Inbox", "/inbox", Some(&ann), None);
    let out = concat!(env!("CARGO_MANIFEST_DIR"), "/target/screenshots-instance");
    let states: Vec<&Value> = stage.states.iter().map(|state| &state.plan).collect();
    let saw = run("look.js", &json!({ "url": format!("http://{}", site.address), "out": out, "states": states }));
    judge(&saw, stage.states.iter().map(|state| (state.name.as_str(), state.heading.as_str())));
}

/// Fails if a page has another heading, violates a rule of axe-core, is too wide, or loads foreign resources.
pub(super) fn judge<'a>(saw: &Value, states: impl Iterator<Item = (&'a str, &'a str)>) {
    let spoiled = saw["spoiled"].to_string();
    assert!(spoiled.contains("color-contrast") && spoiled.contains("label"), "axe-core does not judge: {spoiled}");
    let mut wrong: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, heading) in states {
        let seen = &saw["seen"][name];
        let mut blame = |what: String| wrong.entry(name).or_default().push(what);
        if seen["heading"] != *heading {
            blame(format!("the heading is {}, not {}", seen["heading"], heading));
        }
        for kind in ["axe", "wide", "foreign"] {
            let found = seen[kind].as_array().unwrap();
            for one in found {
                blame(format!("{kind}: {one}"));
            }
        }
        // A browser's own remarks on a refused page are no errors of the page, and the email's page must not reveal the
        // username beside the password.
        let is_remark = |one: &&Value| {
            let text = one.as_str().unwrap();
            text.contains("the server responded with a status") || text.starts_with("[DOM] Password forms should have")
        };
        let said = seen["said"].as_array().unwrap().iter().filter(|one| !is_remark(one));
        for one in said {
            blame(format!("console: {one}"));
        }
        if seen["sheets"].as_u64() > Some(1) || seen["weight"].as_u64() > Some(50 * 1024) {
            blame(format!("{} stylesheets, {} bytes", seen["sheets"], seen["weight"]));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// States that need time: filed first, so that the others need not wait.
fn over(stage: &mut Stage<'_>, ann: &User, bob: &User) {
    let fixture = stage.fixture;
    let (_, _, expired) = stage.asked(ann, bob);
    let (again, _, expired_again) = stage.asked(ann, bob);
    let (_, _, declined) = stage.asked(ann, bob);
    fixture.decline(ann, &declined, None).unwrap();
    let (_, failed_request, failed) = stage.asked(ann, bob);
    fixture.sql(&format!("UPDATE requests SET mail_state = 'bounced' WHERE id = {}", failed_request.id)).unwrap();
    let (_, _, ended) = stage.asked(ann, bob);
    let narrowing = ApprovalLimits { until: Some(Until::For(TimeDelta::days(1))), ..ApprovalLimits::default() };
    fixture.redeem_as(&person(ann), &ended, &narrowing).unwrap();
    fixture.pass(TimeDelta::days(8));
    fixture.sweep();
    fixture.asked(&again, ann, bob);
    fixture.deliver();
    stage.link("expired", "This request has expired", ann, &expired);
    stage.link("expired-asked-again", "This request has expired", ann, &expired_again);
    stage.link("declined-too-late", "You declined", ann, &declined);
    stage.link("failed", "We could not deliver our email", ann, &failed);
    stage.link("ended", "Bob Stone no longer has access", ann, &ended);
}

/// For people who are not signed in, or signed in as somebody else.
fn strangers(stage: &mut Stage<'_>, ann: &User, bob: &User) {
    let fixture = stage.fixture;
    let (_, _, token) = stage.asked(ann, bob);
    stage.at("front", "Share your data on your terms", "/", None, None);
    stage.at("sign-in", "Sign in", "/sign-in", None, None);
    let steps = json!([{ "fill": ["Email address or username", "nobody"], "nth": 1 }, { "fill": ["Password", "x"] }, { "press": "Sign in" }]);
    stage.at("sign-in-wrong", "Sign in", "/sign-in", None, None)["steps"] = steps;
    let steps =
        json!([{ "fill": ["Email address or username", "somebody@example.org"] }, { "press": "Email me a sign-in code" }]);
    stage.at("sign-in-code", "Enter your sign-in code", "/sign-in", None, None)["steps"] = steps;
    stage.at("gate", "Confirm it’s you", "/redeem", None, Some(&token));

    let dora = fixture.add_user("dora@example.org", |new| {
        new.password_hash = Some(countersign::auth::Passwords::hash(&fixture.rng, PASSWORD).unwrap());
    });
    let (_, _, token) = stage.asked(&dora, bob);
    stage.at("gate-password", "Confirm it’s you", "/redeem", None, Some(&token));
    let steps = json!([{ "fill": ["Password", "wrong"] }, { "press": "Sign in" }]);
    stage.at("gate-password-wrong", "Confirm it’s you", "/redeem", None, Some(&token))["steps"] = steps;
    stage.at("code", "Enter your sign-in code", "/redeem/code", None, Some(&token));
    let wrong = json!([{ "fill": ["6-digit code", "00000"] }, { "press": "Sign in" }]);
    let asked_and_wrong = json!([
        { "press": "Email me a sign-in code" }, { "fill": ["6-digit code", "00000"] }, { "press": "Sign in" }
    ]);
    stage.at("code-wrong", "Enter your sign-in code", "/redeem", None, Some(&token))["steps"] = asked_and_wrong;

    let carl = fixture.user("carl@example.net");
    let (_, _, token) = stage.asked(ann, bob);
    stage.link("wrong-account", "This link is for someone else", &carl, &token);
    let emil = fixture.user("emil@example.org");
    let (_, _, token) = stage.asked(&fixture.user("finn@example.org"), bob);
    stage.at("code-dead", "Enter your sign-in code", "/redeem/code", None, Some(&token))["steps"] = wrong;
    let moved = emil.clone();
    let (_, _, old) = stage.asked(&emil, bob);
    fixture.write(move |tx| store::users::set_email(tx, &moved, &crate::support::fixture::address("emil@new.example"))).unwrap();
    stage.at("gate-dead", "This link no longer works", "/redeem", None, Some(&old));
    stage.link("earlier-address", "We sent this link to your old email address", &emil, &old);
    stage.at("no-link", "Open the link in our email", "/redeem", None, None);
    stage.at("not-a-link", "This link does not work", "/redeem?token=x", None, None);
    stage.at("fresh", "Check your email", "/redeem/fresh", Some(ann), None);
}

/// Sessions, and sign-in at providers.
fn accounts_of(stage: &mut Stage<'_>) {
    let fixture = stage.fixture;
    stage.at("elsewhere-down", "Example Health is not responding", "/sign-in/with/work?next=/inbox", None, None);
    stage.at("elsewhere-stale", "Your browser did not keep our cookie", "/sign-in/with/work/back?code=x&state=y", None, None);
    for (locale, heading) in [("en", "Active sessions"), ("de", "Aktive Anmeldungen"), ("fr", "Connexions actives")] {
        let user = named(fixture, &format!("gina.{locale}@example.org"), "Gina", "Rossi", locale);
        let auth = Authenticator::new(fixture.store.clone(), fixture.rng.clone(), &fixture.config.limits).unwrap();
        for (agent, peer) in [("Safari, iPhone", "2001:db8:85a3:8d3:1319:8a2e:370:7348"), ("", "192.0.2.7")] {
            let origin = SessionOrigin { agent: agent.to_owned(), peer: peer.parse().ok(), ..SessionOrigin::default() };
            runtime().block_on(auth.open_session(user.id, origin)).unwrap();
        }
        let id = user.id;
        fixture.write(move |tx| store::identities::add(tx, id, "http://127.0.0.1:1", &format!("gina-{id}"))).unwrap();
        let hash = FreshSecret::draw(&fixture.rng).unwrap().hash();
        let remember = move |tx: &mut Tx<'_>| store::remembered_browsers::add(tx, id, (hash, hash), ("Firefox, Linux", None));
        fixture.write(remember).unwrap();
        stage.at(&format!("sessions-{locale}"), heading, "/account/sessions", Some(&user), None);
    }
}

/// The proof of the mailbox in a session, and a change of an account by somebody else.
fn proofs(stage: &mut Stage<'_>) {
    let fixture = stage.fixture;
    for (locale, confirm, code, changed, choose) in [
        ("en", "Confirm it’s you", "Enter your sign-in code", "Did you expect this change?", "Language and time zone"),
        (
            "de",
            "Bestätigen Sie, dass Sie es sind",
            "Anmeldecode eingeben",
            "Haben Sie diese Änderung erwartet?",
            "Sprache und Zeitzone",
        ),
        (
            "fr",
            "Confirmez que c’est bien vous",
            "Saisissez votre code de connexion",
            "Attendiez-vous ce changement ?",
            "Langue et fuseau horaire",
        ),
    ] {
        let user = named(fixture, &format!("hugo.{locale}@example.org"), "Hugo", "Meier", locale);
        stage.at(&format!("confirm-{locale}"), confirm, "/account/confirm?next=/inbox", Some(&user), None);
        stage.at(&format!("confirm-code-{locale}"), code, "/account/confirm/code?next=/inbox", Some(&user), None);
        let path = "/language?next=/inbox";
        stage.at(&format!("language-{locale}"), choose, path, Some(&user), None);
        let moved = named(fixture, &format!("ida.{locale}@example.org"), "Ida", "Meier", locale);
        let (id, to) = (moved.id, address(&format!("ida.new.{locale}@example.org")));
        fixture.write(move |tx| accounts::change_address(tx, &Caller::operator(), id, &to)).unwrap();
        fixture.deliver();
        let secret = confirmation_in(&fixture.emails_to(moved.email.as_str())[0].text).unwrap();
        let path = format!("/account/changed?token={secret}");
        stage.at(&format!("changed-{locale}"), changed, &path, Some(&user), None);
    }
}

/// Every email in the administrators' previews.
fn previews(stage: &mut Stage<'_>) {
    let root = stage.fixture.admin("root@example.org");
    stage.at("letters", "Email previews", "/admin/emails", Some(&root), None);
    let subject = "Ann Lee wants to view \"Sleep data\" (reply by 3 December)";
    stage.at("letter-600", subject, "/admin/emails/preview/decide", Some(&root), None);
    stage.at("letter-320", subject, "/admin/emails/preview/decide?width=320", Some(&root), None);
}

/// The pages for the decision.
fn deciding(stage: &mut Stage<'_>, ann: &User, bob: &User) {
    let fixture = stage.fixture;
    let (bundle, _, token) = stage.asked(ann, bob);
    stage.link("review", &asks(&bundle), ann, &token);
    stage.link("review-limit", &asks(&bundle), ann, &token)["steps"] = json!([{ "open": "Limit access" }]);

    let uris = ["https://watch.example/nights/2026-11", "https://watch.example/nights/2026-12", "https://watch.example/naps"];
    let nights = fixture.bundle_of("Nights", ann, &uris);
    let app = fixture.app("Restful", None, &[Scope::Requests, Scope::ActAs]);
    let full = Filing {
        message: Some("Hi Ann,\nI would like to see how you slept before our talk on Friday.\nThanks, Bob".into()),
        until: Some(Until::For(TimeDelta::days(60))),
        resources: None,
        ..ask(&nights, ann, bob)
    };
    fixture.file(&app, &full).unwrap();
    fixture.deliver();
    let token = fixture.token_for("ann@example.org");
    let heading = "Bob Stone wants to view and change your “Nights” for 60 days from when you approve";
    stage.link("review-full", heading, ann, &token);
    let steps = json!([{ "open": "Limit access" }, { "choose": "Until a date" }, { "press": "Approve with these limits" }]);
    stage.link("review-problem", heading, ann, &token)["steps"] = steps;

    let coach = fixture.relationship("Coach of all that I do and measure in the week");
    let token = stage.filed(bob, &ask(&coach, ann, bob), ann);
    let heading = format!("Bob Stone wants to view your data as {}, until you stop sharing", coach.name);
    stage.link("review-relationship", &heading, ann, &token);
    let offered = stage.bundle(bob);
    let token = stage.filed(bob, &offer(&offered, ann), ann);
    let heading = format!("Bob Stone invites you to view and change “{}” until Bob Stone stops sharing", offered.name);
    stage.link("review-offer", &heading, ann, &token);
    let shared = fixture.bundle("Shared on", bob);
    let carol = named(fixture, "carol@example.org", "Carol", "", "en");
    let until = Some(fixture.now() + TimeDelta::days(9));
    fixture.entitle_with(&shared, carol.id.into(), Level::Edit, 1, until, &[]);
    let token = stage.filed(&carol, &offer(&shared, ann), ann);
    stage.link("review-shared-on", "Carol invites you to view and change “Shared on” until Carol stops sharing", ann, &token);
    let unnamed =
        fixture.add_user("a.person.with.a.very.long.address.indeed@some-department.example.org", |new| new.first_name.clear());
    let token = stage.filed(&unnamed, &ask(&nights, ann, &unnamed), ann);
    let heading = format!("{} wants to view and change your “Nights” until you stop sharing", unnamed.email);
    stage.link("review-long-address", &heading, ann, &token);

    // Everything at once: the strongest right without an end to many parts, a long message, and a long history.
    let uris: Vec<String> = (1..=12).map(|n| format!("https://watch.example/everything/part-{n}")).collect();
    let uris: Vec<&str> = uris.iter().map(String::as_str).collect();
    let all = fixture.bundle_of("Everything", ann, &uris);
    let eva = named(fixture, "eva@example.org", "Eva", "Maria Long", "en");
    let message = Some("I would like to see how you slept, and to correct what the watch got wrong. ".repeat(8));
    let most = Filing { level: Some(Level::Contribute), message, ..ask(&all, ann, &eva) };
    let token = stage.filed(&eva, &most, ann);
    let heading = "Eva Maria Long wants to change, add to and delete your “Everything” until you stop sharing";
    stage.link("review-risky", heading, ann, &token);
    let old = named(fixture, "olaf@example.org", "Olaf", "Friend", "en");
    for n in 0..10 {
        fixture.given(&fixture.bundle(&format!("Trip {n}"), ann), ann, &old);
    }
    let (_, _, declined) = stage.asked(ann, &old);
    fixture.decline(ann, &declined, None).unwrap();
    let (bundle, _, token) = stage.asked(ann, &old);
    stage.link("review-known", &asks(&bundle).replace("Bob Stone", "Olaf Friend"), ann, &token);
}

/// The pages after the decision.
fn decided(stage: &mut Stage<'_>, ann: &User, bob: &User) {
    let fixture = stage.fixture;
    let (bundle, _, token) = stage.asked(ann, bob);
    fixture.redeem(ann, &token).unwrap();
    let heading = format!("Bob Stone can now view and change “{}”", bundle.name);
    stage.at("approved", &heading, "/redeem/done", Some(ann), Some(&token));
    let uris = ["https://watch.example/runs", "https://watch.example/rides"];
    let sport = fixture.bundle_of("Sport", ann, &uris);
    let token = stage.filed(bob, &ask(&sport, ann, bob), ann);
    let narrowing = ApprovalLimits {
        level: Some(Level::View),
        until: Some(Until::For(TimeDelta::days(7))),
        resources: Some(vec![uris[0].to_owned()]),
    };
    fixture.redeem_as(&person(ann), &token, &narrowing).unwrap();
    let heading = "Bob Stone can now view “Sport” until 16 December";
    stage.at("approved-for-less", heading, "/redeem/done", Some(ann), Some(&token));
    let offered = stage.bundle(bob);
    let token = stage.filed(bob, &offer(&offered, ann), ann);
    fixture.redeem(ann, &token).unwrap();
    let heading = format!("You can now view and change “{}”", offered.name);
    stage.at("accepted", &heading, "/redeem/done", Some(ann), Some(&token));
    let (_, _, token) = stage.asked(ann, bob);
    let grant = fixture.redeem(ann, &token).unwrap().1.grant.id;
    fixture.revoke(&person(ann), grant).unwrap();
    stage.link("taken-back", "Bob Stone no longer has access", ann, &token);

    let (_, _, token) = stage.asked(ann, bob);
    fixture.decline(ann, &token, Some("Not before Friday.\nAsk me then.")).unwrap();
    stage.link("declined", "You declined", ann, &token);
    let (_, request, token) = stage.asked(ann, bob);
    fixture.delete(&person(bob), request.id).unwrap();
    stage.link("withdrawn", "No reply needed", ann, &token);
    let (bundle, _, token) = stage.asked(ann, bob);
    fixture
        .write(move |tx| countersign::workflow::accounts::remove_bundle(tx, &countersign::domain::Caller::operator(), bundle.id))
        .unwrap();
    stage.link("cancelled", "This request was cancelled", ann, &token);
    let eve = fixture.user("eve@example.org");
    let (bundle, _, token) = stage.asked(ann, bob);
    fixture.hand_over(bundle.id, &eve).unwrap();
    stage.link("other-decides", "Someone else now decides", ann, &token);
    let (bundle, request, token) = stage.asked(ann, bob);
    fixture.hand_over(bundle.id, &eve).unwrap();
    fixture.approve(&eve, request.id).unwrap();
    stage.link("other-decided", "Someone else has decided", ann, &token);
    let max = named(fixture, "max@example.org", "Max", "Long", "en");
    let (_, request, token) = stage.asked(ann, &max);
    let (config, caller) = (fixture.config.clone(), person(ann));
    fixture.write(move |tx| blocks::block(tx, &config, &caller, &request, Whom::Person)).unwrap();
    stage.link("blocked", "You declined and blocked Max Long", ann, &token);
    fixture.deliver();
}

/// Error pages.
fn troubles(stage: &mut Stage<'_>, ann: &User, bob: &User) {
    let fixture = stage.fixture;
    let (_, _, token) = stage.asked(ann, bob);
    let spoiled = json!([{ "spoil": true }, { "press": "Approve" }]);
    stage.link("form-forged", "This form has expired", ann, &token)["steps"] = spoiled;
    let (bundle, _, token) = stage.asked(ann, bob);
    let full = format!(
        "CREATE TRIGGER full BEFORE INSERT ON grants WHEN NEW.bundle_id = {} BEGIN SELECT RAISE(ABORT, 'x'); END",
        bundle.id
    );
    fixture.sql(&full).unwrap();
    stage.link("not-saved", "We could not save this", ann, &token)["steps"] = json!([{ "press": "Approve" }]);
    // Somebody else in the same network has requested all codes for this name.
    let auth = Authenticator::new(fixture.store.clone(), fixture.rng.clone(), &fixture.config.limits).unwrap();
    let source = Source::of_peer(Some([127, 0, 0, 1].into()));
    for _ in 0..3 {
        runtime().block_on(auth.request_code("often@example.org", "another browser", &source)).unwrap();
    }
    let steps = json!([{ "fill": ["Email address or username", "often@example.org"] }, { "press": "Email me a sign-in code" }]);
    stage.at("too-many", "Try again later", "/sign-in", None, None)["steps"] = steps;
    let finn = fixture.user("finn.often@example.org");
    let (_, _, token) = stage.asked(&finn, bob);
    let again = json!({ "press": "Send a new code" });
    let steps = json!([{ "press": "Email me a sign-in code" }, again, again, again]);
    stage.at("gate-too-many", "Try again later", "/redeem", None, Some(&token))["steps"] = steps;
    stage.at("nothing-here", "Page not found", "/mailbox/99999", None, None);
    stage.at("mailbox", "Mailbox", "/mailbox", None, None)["brief"] = true.into();
    let subject = fixture.mailbox.list().into_iter().find(|email| email.id == 1).unwrap().subject;
    stage.at("mailbox-letter", &subject, "/mailbox/1", None, None);
}

fn inboxes(stage: &mut Stage<'_>, ann: &User, bob: &User) {
    let fixture = stage.fixture;
    let new = fixture.user("new@example.org");
    stage.at("inbox-empty", "Inbox", "/inbox", Some(&new), None);
    stage.at("inbox-held-empty", "Inbox", "/inbox/held", Some(&new), None);
    stage.at("blocked-nobody", "Blocked people and apps", "/inbox/blocked", Some(&new), None);
    let said = format!("/inbox?said=blocked&whom=person&id={}", bob.id);
    stage.at("inbox", "Inbox", &said, Some(ann), None)["brief"] = true.into();
    stage.at("inbox-answered", "Inbox", "/inbox?state=ended", Some(ann), None)["brief"] = true.into();
    stage.at("blocked-list", "Blocked people and apps", "/inbox/blocked?said=lifted", Some(ann), None);
    let dan = named(fixture, "dan@example.org", "Dan", "Fox", "en");
    let (first, second) = (named(fixture, "ina@example.org", "Ina", "Berg", "en"), fixture.user("jon@example.org"));
    fixture.given(&fixture.bundle("Walks", &dan), &dan, &first);
    let walks = fixture.bundle_of("Swims", &dan, &["https://watch.example/pool", "https://watch.example/lake"]);
    let token = stage.filed(&second, &ask(&walks, &dan, &second), &dan);
    let narrowing = ApprovalLimits {
        resources: Some(vec!["https://watch.example/lake".into()]),
        until: Some(Until::For(TimeDelta::days(30))),
        ..ApprovalLimits::default()
    };
    fixture.redeem_as(&person(&dan), &token, &narrowing).unwrap();
    fixture.given(&fixture.bundle("Ina's nights", &first), &first, &dan);
    let (_, pending, _) = stage.asked(&first, &dan);
    fixture
        .sql(&format!("UPDATE requests SET letters = 2, last_letter_at = last_letter_at - 700000000 WHERE id = {}", pending.id))
        .unwrap();
    let (_, _, token) = stage.asked(&second, &dan);
    fixture.decline(&second, &token, Some("Sorry, no.")).unwrap();
    let (_, withdrawn, _) = stage.asked(&first, &dan);
    fixture.delete(&person(&dan), withdrawn.id).unwrap();
    stage.asked(&dan, &first);
    fixture.deliver();
    stage.at("inbox-some", "Inbox", "/inbox", Some(&dan), None);
    stage.at("inbox-asked", "Inbox", &format!("/inbox/asked?said=withdrawn&id={}", withdrawn.id), Some(&dan), None);
    stage.at("inbox-given", "Inbox", "/inbox/given", Some(&dan), None);
    stage.at("inbox-held", "Inbox", "/inbox/held", Some(&dan), None);
}

/// The most important pages in another language, whose words are longer.
fn translated(stage: &mut Stage<'_>, locale: &str, first: &str, bob: &User, headings: [&str; 5]) {
    let fixture = stage.fixture;
    let [review, declined, inbox, gate, wrong] = headings;
    let reader = named(fixture, &format!("{}@example.org", first.to_lowercase()), first, "Muster", locale);
    let (bundle, _, token) = stage.asked(&reader, bob);
    stage.link(&format!("{locale}-review"), &review.replace("{}", &bundle.name), &reader, &token);
    let name = format!("{locale}-gate");
    stage.at(&name, gate, "/redeem", None, Some(&token))["languages"] = locale.into();
    let other = named(fixture, &format!("other.{locale}@example.org"), "X", "Y", locale);
    stage.link(&format!("{locale}-wrong-account"), wrong, &other, &token);
    let (_, _, token) = stage.asked(&reader, bob);
    fixture.decline(&reader, &token, Some("…")).unwrap();
    stage.link(&format!("{locale}-declined"), declined, &reader, &token);
    fixture.given(&fixture.bundle(&format!("{first} 1"), &reader), &reader, bob);
    stage.at(&format!("{locale}-inbox"), inbox, "/inbox", Some(&reader), None);
    stage.at(&format!("{locale}-inbox-given"), inbox, "/inbox/given", Some(&reader), None);
    fixture.deliver();
}
