//! Actions on many rows, purging, and verifying the audit: counted before, run in steps, with their progress.

use actix_web::http::StatusCode;
use chrono::TimeDelta;
use countersign::domain::Level;

use super::{ROOMY, Town};
use crate::pages::browser::Browser;
use crate::support::fixture::{Fixture, Kind, ask, on_both};
use crate::support::http::Site;
use crate::support::{over, wait_until};

on_both![
    an_apps_requests_are_cancelled_as_counted,
    given_access_is_revoked_as_counted,
    held_access_is_revoked_as_counted,
    every_failed_email_is_retried,
    a_purge_deletes_as_many_rows_as_it_counted,
    a_purge_runs_in_batches_that_delay_nobody,
    the_audit_is_verified_to_its_end,
    a_changed_audit_is_found,
    an_interrupted_job_continues_where_it_stopped,
];

/// The number beside a label on the page.
fn number(browser: &Browser, label: &str) -> usize {
    let text = browser.page.text();
    let rest = text.split(&format!("{label} ")).nth(1).unwrap_or_else(|| panic!("no {label:?} in {text}"));
    rest.split(' ').next().unwrap().parse().unwrap_or_else(|_| panic!("no number behind {label:?} in {text}"))
}

fn events(fixture: &Fixture, event: &str) -> usize {
    fixture.count("audit", &format!("event = '{event}'"))
}

fn an_apps_requests_are_cancelled_as_counted(fixture: &Fixture) {
    let town = Town::new(fixture);
    let fixture = &town.fixture;
    for n in 0..60 {
        fixture.file(&town.app, &ask(&fixture.bundle(&format!("B{n}"), &town.ann), &town.ann, &town.bob)).unwrap();
    }
    let mut browser = town.browser();
    browser.open(&format!("/admin/keys/{}/cancel", town.key()));
    assert_eq!(number(&browser, "Requests to close"), 60);
    let page = browser.press("Close requests (60)", &[]);
    assert_eq!(page.heading(), "Close all requests from this app");
    assert!(page.says("Done.") && page.says("Requests closed 60 of 60"), "{}", page.text());
    assert_eq!(events(fixture, "request.cancelled"), 60);
    let by = format!("event = 'request.cancelled' AND actor_id = {}", town.root.id);
    assert_eq!(fixture.count("audit", &by), 60);
    assert_eq!(fixture.state(town.waiting.id), "pending", "what others asked waits on");
    // Nothing is left, so there is no button.
    let page = browser.open(&format!("/admin/keys/{}/cancel", town.key()));
    assert!(page.says("Requests to close 0") && !page.body.contains("Close requests ("), "{}", page.text());
}

fn given_access_is_revoked_as_counted(fixture: &Fixture) {
    let town = Town::new(fixture);
    let fixture = &town.fixture;
    let mut browser = town.browser();
    // Bob's and Carl's are given by Ann; Dora's is a reshare of Carl's.
    browser.open(&format!("/admin/users/{}/revoke/gave", town.ann.id));
    assert_eq!(number(&browser, "Access to revoke"), 3);
    let page = browser.press("Revoke access (3)", &[]);
    assert!(page.says("Access revoked 3 of 3"), "{}", page.text());
    assert_eq!((events(fixture, "grant.revoked"), fixture.count("grants", "revoked_at IS NULL")), (3, 0));
}

fn held_access_is_revoked_as_counted(fixture: &Fixture) {
    let town = Town::new(fixture);
    let fixture = &town.fixture;
    let mut browser = town.browser();
    for n in 0..14 {
        fixture.entitle(&fixture.bundle(&format!("B{n}"), &town.ann), &town.bob, Level::View);
    }
    // An ended one is neither counted nor revoked.
    let ended = Some(fixture.now() - TimeDelta::hours(1));
    fixture.entitle_with(&fixture.bundle("Old", &town.ann), town.bob.id.into(), Level::View, 0, ended, &[]);
    browser.open(&format!("/admin/users/{}/revoke/holds", town.bob.id));
    assert_eq!(number(&browser, "Access to revoke"), 15);
    let page = browser.press("Revoke access (15)", &[]);
    assert!(page.says("Access revoked 15 of 15"), "{}", page.text());
    assert_eq!(events(fixture, "grant.revoked"), 15);
    assert!(fixture.is_live(town.held.id) && fixture.is_live(town.shared_on.id), "others keep what they hold");
    assert_eq!(fixture.count("grants", &format!("grantee_id = {} AND revoked_at IS NULL", town.bob.id)), 1);
}

fn every_failed_email_is_retried(fixture: &Fixture) {
    let town = Town::new(fixture);
    let fixture = &town.fixture;
    fixture.sql(&format!("UPDATE outbox SET state = 'dead' WHERE request_id = {}", town.waiting.id)).unwrap();
    let dead = fixture.count("outbox", "state = 'dead'");
    assert_eq!(dead, 2);
    let mut browser = town.browser();
    browser.open("/admin/emails/queue/retry");
    assert_eq!(number(&browser, "Failed emails"), dead);
    assert!(browser.press("Retry emails (2)", &[]).says("Emails queued again 2 of 2"));
    assert_eq!((events(fixture, "letter.retried"), fixture.count("outbox", "state = 'queued'")), (2, 2));
    assert_eq!(fixture.deliver(), 2);
}

fn a_purge_deletes_as_many_rows_as_it_counted(fixture: &Fixture) {
    let town = Town::new(fixture);
    let fixture = &town.fixture;
    fixture.pass(TimeDelta::days(1));
    let mut browser = town.browser();
    let (before, live) = (fixture.count("audit", "1 = 1"), fixture.count("grants", "revoked_at IS NULL"));
    assert_eq!(browser.open("/admin/purge?days=-1").status, StatusCode::UNPROCESSABLE_ENTITY.as_u16());
    assert!(browser.open("/admin/purge?days=7").says("There is nothing this old to delete."));
    assert!(!browser.page.body.contains("Delete these records"));
    browser.open("/admin/purge?days=0");
    let kinds = ["Requests", "Links", "Emails", "Sessions and access tokens", "Sign-in codes", "Stored responses"];
    // The names of the kinds are also names of sections; the counts are behind the heading.
    let counted = |browser: &Browser| {
        let text = browser.page.text();
        let from = text.find("Records to delete").or_else(|| text.find("Records deleted")).unwrap();
        kinds.map(|kind| text[from..].split(&format!("{kind} ")).nth(1).unwrap().split(' ').next().unwrap().to_owned())
    };
    let would = counted(&browser);
    assert_eq!(would[0], "3", "two that were approved and one that was declined");
    let rows = fixture.count("requests", "1 = 1");
    let page = browser.press("Delete these records", &[]);
    assert!(page.says("Done."), "{}", page.text());
    assert_eq!(counted(&browser), would);
    assert_eq!(fixture.count("requests", "1 = 1"), rows - 3);
    assert_eq!(fixture.state(town.waiting.id), "pending");
    assert_eq!((fixture.count("audit", "1 = 1"), fixture.count("grants", "revoked_at IS NULL")), (before + 1, live));
    assert_eq!(events(fixture, "purged"), 1);
}

fn a_purge_runs_in_batches_that_delay_nobody(fixture: &Fixture) {
    let town = Town::new(fixture);
    let fixture = &town.fixture;
    fixture.sql(&over::sql(60)).unwrap();
    let mut browser = town.browser();
    browser.open("/admin/purge?days=7");
    browser.press("Delete these records", &[]);
    // On SQLite more rows than one step deletes on a slow machine.
    for _ in 0..60 {
        if browser.page.says("Done.") {
            break;
        }
        fixture.pass(TimeDelta::minutes(2));
        browser.open("/admin/work/purge");
        browser.press("Continue", &[]);
    }
    assert!(browser.page.says("Done."), "{}", browser.page.text());
    over::goes_in_small_batches(fixture, 60);
}

fn the_audit_is_verified_to_its_end(fixture: &Fixture) {
    let town = Town::new(fixture);
    let rows = town.fixture.count("audit", "1 = 1");
    let mut browser = town.browser();
    browser.open("/admin/audit");
    browser.press("Verify audit log", &[]);
    // Each chain is a step of its own; PostgreSQL has more chains than one request verifies.
    for _ in 0..20 {
        if browser.page.says("The audit log is intact") {
            break;
        }
        town.fixture.pass(TimeDelta::minutes(2));
        browser.open("/admin/work/verify");
        browser.press("Continue", &[]);
    }
    let page = &browser.page;
    assert!(page.says("The audit log is intact. No entry was changed and none is missing."), "{}", page.text());
    assert!(page.says(&format!("Entries checked {rows} of {rows}")), "{}", page.text());
}

fn a_changed_audit_is_found(fixture: &Fixture) {
    let town = Town::new(fixture);
    let fixture = &town.fixture;
    let off = match fixture.kind() {
        Kind::Sqlite => "DROP TRIGGER audit_no_update;",
        Kind::Postgres => "ALTER TABLE audit DISABLE TRIGGER ALL;",
    };
    fixture.sql(&format!("{off} UPDATE audit SET actor_id = 1 WHERE chain = 0 AND seq = 3")).unwrap();
    let mut browser = town.browser();
    browser.open("/admin/audit");
    let page = browser.press("Verify audit log", &[]);
    assert!(page.says("The audit log was changed from outside: chain 0, entry 3."), "{}", page.text());
}

fn an_interrupted_job_continues_where_it_stopped(fixture: &Fixture) {
    let town = Town::new(fixture);
    // A daemon with one row a batch, whose job ends after each batch.
    let slow = town.fixture.with(&format!("{ROOMY}\n[retention]\nbatch = 1"));
    for n in 0..6 {
        slow.asked(&slow.bundle(&format!("B{n}"), &town.ann), &town.ann, &town.bob);
    }
    slow.pass(TimeDelta::days(8));
    slow.sweep();
    slow.pass(TimeDelta::days(1));
    let rows = slow.count("requests", "1 = 1");
    let mut browser = Browser::of(&slow, &town.root);
    browser.open("/admin/purge?days=0");
    let page = browser.press("Delete these records", &[]);
    assert!(page.says("This is still running. You can leave this page."), "{}", page.text());
    assert!(page.body.contains("<progress") && !page.body.contains("Continue</button>"));
    let left = slow.count("requests", "1 = 1");
    assert!((1..rows).contains(&left), "{left} of {rows}");
    // A second start meanwhile has no effect.
    browser.open("/admin/purge?days=0");
    browser.press("Delete these records", &[]);
    slow.pass(TimeDelta::minutes(2));
    for _ in 0..30 {
        let page = browser.open("/admin/work/purge");
        if page.says("Done.") {
            break;
        }
        assert!(page.says("This stopped before the end."), "{}", page.text());
        browser.press("Continue", &[]);
        slow.pass(TimeDelta::minutes(2));
    }
    assert!(browser.page.says("Done."), "{}", browser.page.text());
    assert_eq!(slow.count("requests", "1 = 1"), 0);
}

/// On a running daemon the rest runs beside requests, and the page shows its progress.
#[test]
fn a_long_job_runs_beside_requests() {
    let town = Town::new(&Fixture::new(Kind::Sqlite));
    let site = Site::with(&town.fixture, "[retention]\nbatch = 1\n[limits]\nredeem_per_minute = 0");
    site.fixture.pass(TimeDelta::days(8));
    site.fixture.sweep();
    site.fixture.pass(TimeDelta::days(1));
    let cookie = format!("countersign={}", crate::browser::session(&site.fixture, &town.root));
    let get = |path: &str| site.send_with("", "GET", path, &[("Cookie", &cookie)], "");
    let page = get("/admin/purge?days=0").body;
    let mark = page.split("name=\"form\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let headers = [("Cookie", cookie.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
    let began = site.send_with("", "POST", "/admin/purge", &headers, &format!("form={mark}&days=0"));
    assert_eq!((began.status, began.header("location")), (303, Some("/admin/work/purge")), "{began}");
    wait_until("the purge", || get("/admin/work/purge").body.contains("Done.").then_some(()));
    assert_eq!(site.fixture.count("requests", "1 = 1"), 0);
}
