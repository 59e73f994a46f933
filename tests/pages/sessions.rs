//! `/account/sessions`: the active sessions, and ending them.

use chrono::TimeDelta;
use countersign::auth::SessionOrigin;
use countersign::domain::User;

use super::browser::{Browser, set_password};
use crate::support::fixture::{Fixture, Kind, on_both, runtime};

on_both![
    each_browser_is_listed_and_ended_by_its_owner,
    all_others_are_ended_at_once,
    nobody_ends_anothers_session,
    ended_sessions_are_not_listed,
    with_one_session_more_than_fifty_the_oldest_ends,
];

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// Another browser in which a person is signed in.
fn signed_in(browser: &Browser, fixture: &Fixture, user: &User, agent: &str, peer: &str) -> Browser {
    let mut other = browser.beside();
    let auth = super::browser::app(fixture).auth;
    let origin = SessionOrigin { agent: agent.to_owned(), peer: peer.parse().ok(), ..SessionOrigin::default() };
    let session = runtime().block_on(auth.open_session(user.id, origin)).unwrap();
    other.jar.insert("countersign".to_owned(), session.to_string());
    other
}

/// The id and the CSRF token of the form that ends a session.
fn ending(browser: &Browser, name: &str) -> (String, String) {
    let (action, fields) = browser.form(&format!(": <bdi>{name}</bdi></span>"));
    assert_eq!((action.as_str(), fields[0].0.as_str(), fields[1].0.as_str()), ("/account/sessions/end", "form", "id"));
    (fields[1].1.clone(), fields[0].1.clone())
}

fn each_browser_is_listed_and_ended_by_its_owner(fixture: &Fixture) {
    let ann = fixture.user("ann@example.org");
    set_password(fixture, &ann, "correct horse");
    let mut browser = Browser::new(fixture);
    FIREFOX.clone_into(&mut browser.agent);
    browser.open("/sign-in?next=/account/sessions");
    browser.press("Sign in", &[("name", "ann@example.org"), ("password", "correct horse")]);
    let mut phone = signed_in(&browser, fixture, &ann, "Safari, iPhone", "192.0.2.7");
    let mut unknown = signed_in(&browser, fixture, &ann, "", "");
    fixture.pass(TimeDelta::minutes(5));
    assert_eq!(phone.open("/inbox").heading(), "Inbox");
    browser.open("/inbox");
    assert!(browser.page.body.contains("href=\"/account/sessions\""));

    let page = browser.open("/account/sessions").text();
    let list = page.split_once("you do not recognise. ").unwrap().1;
    let list = list.split_once(" Signed in as").unwrap().0.replace("Sign out this browser : ", "Sign out this browser: ");
    assert_eq!(
        list.split(" Sign out all other browsers").next().unwrap(),
        "Firefox, Linux Current browser Signed in: Tuesday 1 December, 12:00 Last used: Tuesday 1 December, 12:05 \
         IP address: 127.0.0.1 \
         Safari, iPhone Signed in: Tuesday 1 December, 12:00 Last used: Tuesday 1 December, 12:05 IP address: 192.0.2.7 \
         Sign out this browser: Safari, iPhone Unknown browser Signed in: Tuesday 1 December, 12:00 \
         Last used: Tuesday 1 December, 12:00 Sign out this browser: Unknown browser"
    );
    assert!(browser.press(": <bdi>Safari, iPhone</bdi></span>", &[]).says("You signed out that browser."));
    assert_eq!(phone.open("/inbox").heading(), "Sign in", "it is signed out at once");
    assert_eq!(unknown.open("/inbox").heading(), "Inbox");
    let event = format!("event = 'session.ended' AND actor_id = {} AND subject_id IS NOT NULL", ann.id);
    assert_eq!((fixture.count("audit", &event), fixture.count("sessions", "1 = 1")), (1, 2));
}

fn all_others_are_ended_at_once(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let mut browser = Browser::of(fixture, &ann);
    let mut others = ["Chrome, Android", "Edge, Windows"].map(|agent| signed_in(&browser, fixture, &ann, agent, "192.0.2.7"));
    let mut bobs = Browser::of(fixture, &bob);
    browser.open("/account/sessions");
    let page = browser.press("Sign out all other browsers", &[]);
    assert!(page.says("You signed out all other browsers.") && !page.says("Sign out all other browsers"), "{}", page.text());
    for other in &mut others {
        assert_eq!(other.open("/inbox").heading(), "Sign in");
    }
    assert_eq!((browser.open("/inbox").heading(), bobs.open("/inbox").heading()), ("Inbox".into(), "Inbox".into()));
    assert_eq!(fixture.count("audit", &format!("event = 'sessions.ended' AND subject_id = {} AND detail = '2'", ann.id)), 1);
}

fn nobody_ends_anothers_session(fixture: &Fixture) {
    let (ann, eve) = (fixture.user("ann@example.org"), fixture.user("eve@example.org"));
    let mut browser = Browser::of(fixture, &ann);
    let mut phone = signed_in(&browser, fixture, &ann, "Safari, iPhone", "192.0.2.7");
    browser.open("/account/sessions");
    let (id, mark) = ending(&browser, "Safari, iPhone");
    let mut eves = Browser::of(fixture, &eve);
    assert!(!eves.open("/account/sessions").says("iPhone"));
    let eves_token = eves.form("Sign out").1[0].1.clone();
    let path = "/account/sessions/end";
    assert_eq!(eves.post(path, &[("form", &eves_token), ("id", &id)], &[]).status, 404);
    assert_eq!(eves.post(path, &[("form", &eves_token), ("id", "x")], &[]).status, 400);
    // Not without this browser's form, nor from another site, nor without a session.
    for (fields, headers) in [
        (&[("id", id.as_str())][..], &[][..]),
        (&[("form", eves_token.as_str()), ("id", id.as_str())], &[]),
        (&[("form", mark.as_str()), ("id", id.as_str())], &[("sec-fetch-site", "cross-site")]),
        (&[("form", mark.as_str()), ("id", id.as_str())], &[("origin", "https://evil.example")]),
    ] {
        for path in [path, "/account/sessions/end-others", "/account/identities/unlink"] {
            assert_eq!(browser.post(path, fields, headers).status, 403, "{path} {fields:?} {headers:?}");
        }
    }
    assert_eq!(browser.beside().post(path, &[("form", &mark), ("id", &id)], &[]).status, 403);
    assert_eq!(phone.open("/inbox").heading(), "Inbox");
    assert_eq!(fixture.count("audit", "event LIKE 'session%'"), 0);
    assert_eq!(browser.post(path, &[("form", &mark), ("id", &id)], &[]).status, 303);
    assert_eq!(browser.post(path, &[("form", &mark), ("id", &id)], &[]).status, 404, "once");
}

fn ended_sessions_are_not_listed(fixture: &Fixture) {
    let ann = fixture.user("ann@example.org");
    let old = signed_in(&Browser::new(fixture), fixture, &ann, "Opera, Windows", "");
    fixture.pass(TimeDelta::minutes(30));
    let mut browser = Browser::of(fixture, &ann);
    assert!(!browser.open("/account/sessions").says("Opera"));
    drop(old);
    assert_eq!(browser.beside().open("/account/sessions").heading(), "Sign in");
}

fn with_one_session_more_than_fifty_the_oldest_ends(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let first = Browser::new(fixture);
    let mut bobs = signed_in(&first, fixture, &bob, "", "");
    let mut open: Vec<Browser> = (0..50)
        .map(|_| {
            fixture.pass(TimeDelta::seconds(1));
            signed_in(&first, fixture, &ann, "", "")
        })
        .collect();
    assert_eq!(open[0].open("/inbox").heading(), "Inbox", "fifty are good");
    // The first was opened first, the second was used least recently.
    fixture.pass(TimeDelta::minutes(2));
    assert_eq!(open[0].open("/inbox").heading(), "Inbox");
    open.push(signed_in(&first, fixture, &ann, "", ""));
    assert_eq!(fixture.count("sessions", &format!("user_id = {}", ann.id)), 50);
    let is_in = |browser: &mut Browser| browser.open("/inbox").heading() == "Inbox";
    let good: Vec<usize> = (0..51).filter(|number| is_in(&mut open[*number])).collect();
    assert_eq!(good, [vec![0], (2..51).collect()].concat());
    assert!(is_in(&mut bobs), "somebody else's are theirs");
}

/// What began elsewhere since the person's last sign-in with this browser is marked; the sign-in itself records that time.
#[test]
fn sessions_that_are_new_since_the_last_visit_are_marked() {
    let fixture = Fixture::new(Kind::Sqlite);
    let ann = fixture.user("ann@example.org");
    set_password(&fixture, &ann, "correct horse");
    let mut browser = Browser::new(&fixture);
    FIREFOX.clone_into(&mut browser.agent);
    let sign_in = |browser: &mut Browser| {
        browser.jar.remove("countersign");
        browser.open("/sign-in?next=/account/sessions");
        browser.press("Sign in", &[("name", "ann@example.org"), ("password", "correct horse")]);
        browser.page.text()
    };
    let mut old = signed_in(&browser, &fixture, &ann, "Chrome, Windows", "192.0.2.1");
    fixture.pass(TimeDelta::minutes(1));
    assert!(!sign_in(&mut browser).contains("New since"), "the first visit of this browser has nothing to compare with");
    fixture.pass(TimeDelta::minutes(10));
    signed_in(&browser, &fixture, &ann, "Safari, iPhone", "192.0.2.7");
    old.open("/inbox");
    fixture.pass(TimeDelta::minutes(10));
    let page = sign_in(&mut browser);
    assert!(page.contains("Safari, iPhone New since your last visit"), "{page}");
    assert_eq!(page.matches("New since your last visit").count(), 1, "{page}");
    fixture.pass(TimeDelta::minutes(10));
    assert!(!sign_in(&mut browser).contains("New since"));
}
