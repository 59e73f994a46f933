//! Access to the pages, and what everybody else learns.

use super::Town;
use crate::pages::browser::Browser;
use crate::support::fixture::{Fixture, Kind, on_both};

on_both![an_administrator_sees_every_page_and_reading_changes_nothing, the_daily_summary_links_to_the_pages];

/// All rows, except the time of a session's last use.
fn kept(fixture: &Fixture) -> Vec<usize> {
    ["requests", "grants", "audit", "outbox", "tokens", "sessions", "users", "api_keys", "bundles", "meta"]
        .into_iter()
        .map(|table| fixture.count(table, "1 = 1"))
        .chain([fixture.count("requests", "state = 'pending'"), fixture.count("outbox", "state = 'queued'")])
        .collect()
}

fn the_daily_summary_links_to_the_pages(fixture: &Fixture) {
    let town = Town::new(fixture);
    town.fixture.pass(chrono::TimeDelta::minutes(23 * 60 + 45));
    town.fixture.queue_notices();
    town.fixture.deliver();
    let email = town.fixture.emails_to("root@example.org").remove(0).text;
    let link = email.lines().find(|line| line.starts_with("http://")).unwrap();
    let page = town.browser().open(link.strip_prefix("http://127.0.0.1:8080").unwrap()).heading();
    assert_eq!(page, "Overview", "{email}");
}

fn an_administrator_sees_every_page_and_reading_changes_nothing(fixture: &Fixture) {
    let town = Town::new(fixture);
    let mut browser = town.browser();
    let before = kept(&town.fixture);
    for (name, path, heading) in town.pages() {
        let page = browser.open(&path);
        let heading_there = page.heading();
        assert_eq!(page.status, 200, "{name}: {}", page.text());
        assert!(heading_there.starts_with(&heading), "{name}: {heading_there}");
        assert!(page.body.contains("<nav class=\"rooms\""), "{name}");
        for bad in ["<script", " style=", "http-equiv", " onclick", "=\"http"] {
            assert!(!page.body.contains(bad), "{bad} in {name}");
        }
        assert_eq!(browser.head(&path).status, 200, "{name}");
    }
    for part in ["waiting", "stale", "undeliverable", "approved", "declined", "withdrawn", "expired", "cancelled", "failed"] {
        assert_eq!(browser.get(&format!("/admin/requests?state={part}")).status, 200, "{part}");
    }
    // Ignoring an unknown filter would show more than intended.
    assert_eq!(browser.get("/admin/requests?state=odd").status, 400);
    for path in ["/admin/grants?state=live", "/admin/grants?state=ending", "/admin/grants?state=over"] {
        assert_eq!(browser.get(path).status, 200, "{path}");
    }
    for part in ["admins", "external", "gone"] {
        assert_eq!(browser.get(&format!("/admin/users?state={part}")).status, 200, "{part}");
    }
    for part in ["queued", "dead", "sent", "cancelled"] {
        assert_eq!(browser.get(&format!("/admin/emails/queue?state={part}")).status, 200, "{part}");
    }
    // The addresses of earlier versions.
    for (old, new) in [
        ("/admin/letters", "/admin/emails"),
        ("/admin/letters/queue?state=dead", "/admin/emails/queue?state=dead"),
        ("/admin/letters/preview/decide?lang=de", "/admin/emails/preview/decide?lang=de"),
    ] {
        let moved = browser.get(old);
        assert_eq!((moved.status, moved.header("location")), (303, new), "{old}");
    }
    assert_eq!(kept(&town.fixture), before);
    assert_eq!(town.fixture.deliver(), 0);
}

#[test]
fn for_everybody_else_the_pages_do_not_exist() {
    let town = Town::new(&Fixture::new(Kind::Sqlite));
    let mut stranger = town.browser().beside();
    let mut bob = Browser::of(&town.fixture, &town.bob);
    let inbox = bob.open("/inbox");
    assert!(!inbox.body.contains("/admin"), "no link leads there");
    let mark = bob.form("Sign out").1[0].1.clone();
    let before = town.fixture.events();
    for (name, path, _) in town.pages() {
        let page = bob.get(&path);
        assert_eq!((page.status, page.heading().as_str()), (404, "Page not found"), "{name}");
        assert!(!page.body.contains("rooms") && !page.body.contains("/admin"), "{name}: {}", page.body);
        let sent = stranger.get(&path);
        let next: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
        assert_eq!((sent.status, sent.header("location")), (303, format!("/sign-in?next={next}").as_str()), "{name}");
    }
    for path in town.form_targets() {
        let page = bob.post(&path, &[("form", &mark)], &[("sec-fetch-site", "same-origin")]);
        assert_eq!((page.status, page.heading().as_str()), (404, "Page not found"), "{path}");
        assert!(!page.body.contains("/admin"), "{path}");
        assert_eq!(stranger.post(&path, &[], &[]).status, 403, "{path}");
    }
    assert_eq!(town.fixture.events(), before);
}

#[test]
fn signing_in_returns_to_the_requested_page() {
    let town = Town::new(&Fixture::new(Kind::Sqlite));
    super::super::browser::set_password(&town.fixture, &town.root, "correct horse");
    let mut browser = town.browser().beside();
    browser.open(&format!("/admin/grants?bundle={}", town.sleep.id));
    assert_eq!(browser.page.heading(), "Sign in");
    let page = browser.press("Sign in", &[("name", "root@example.org"), ("password", "correct horse")]);
    assert_eq!(page.heading(), "Access");
    assert!(page.says("Only rows about Sleep data."), "{}", page.text());
}

#[test]
fn no_form_is_accepted_without_its_csrf_token() {
    let town = Town::new(&Fixture::new(Kind::Sqlite));
    let mut browser = town.browser();
    let (events, emails) = (town.fixture.events(), town.fixture.emails());
    for path in town.form_targets() {
        let page = browser.post(&path, &[("days", "0")], &[]);
        assert_eq!((page.status, page.heading().as_str()), (403, "This form has expired"), "{path}");
    }
    browser.open("/admin");
    let mark = browser.form("Sign out").1[0].1.clone();
    for path in town.form_targets() {
        let page = browser.post(&path, &[("form", &mark), ("days", "0")], &[("origin", "https://evil.example")]);
        assert_eq!(page.status, 403, "{path}");
        // An action never runs by GET, except where the page asks first.
        assert!(matches!(browser.get(&path).status, 405 | 200 | 404), "{path}");
    }
    assert_eq!((town.fixture.events(), town.fixture.emails()), (events, emails));
    assert_eq!(town.fixture.count("meta", "name LIKE 'errand.%'"), 0);
}

#[test]
fn a_former_administrators_session_has_no_access() {
    let town = Town::new(&Fixture::new(Kind::Sqlite));
    let mut browser = town.browser();
    assert_eq!(browser.get("/admin").status, 200);
    town.fixture.sql(&format!("UPDATE users SET is_admin = FALSE WHERE id = {}", town.root.id)).unwrap();
    assert_eq!(browser.get("/admin").status, 404);
}

#[test]
fn an_unknown_admin_page_links_back() {
    let town = Town::new(&Fixture::new(Kind::Sqlite));
    let mut browser = town.browser();
    for path in [
        "/admin/requests/999",
        "/admin/requests/x",
        "/admin/requests/-1",
        "/admin/grants/999",
        "/admin/users/999",
        "/admin/users/1/revoke/other",
        "/admin/bundles/999",
        "/admin/keys/999",
        "/admin/keys/999/revoke",
        "/admin/emails/queue/999",
        "/admin/work/other",
        "/admin/work/purge",
    ] {
        let page = browser.get(path);
        assert_eq!((page.status, page.heading().as_str()), (404, "Page not found"), "{path}");
        assert!(page.says("Go to the overview"), "{path}: {}", page.text());
    }
}

#[test]
fn the_pages_are_in_the_readers_language() {
    let fixture = Fixture::new(Kind::Sqlite);
    let town = Town::new(&fixture);
    for (locale, heading) in [("de", "Übersicht"), ("fr", "Vue d’ensemble")] {
        town.fixture.sql(&format!("UPDATE users SET locale = '{locale}' WHERE id = {}", town.root.id)).unwrap();
        let mut browser = town.browser();
        assert_eq!(browser.open("/admin").heading(), heading);
        // Keys without a sentence are found as each page is read.
        for (name, path, _) in town.pages() {
            assert_eq!(browser.get(&path).status, 200, "{locale}: {name}");
        }
    }
}
