//! Programs that follow every link in an email change nothing, and cause no email.

use actix_web::http::Method;
use actix_web::test::TestRequest;

use super::browser::Browser;
use crate::support::fixture::{Fixture, on_both};

on_both![following_a_link_without_pressing_a_button_changes_nothing];

/// All rows, except the time of a session's last use.
fn kept(fixture: &Fixture) -> Vec<usize> {
    [
        "requests",
        "grants",
        "audit",
        "outbox",
        "tokens",
        "sessions",
        "remembered_browsers",
        "account_changes",
        "sign_in_codes",
        "identities",
        "cooldowns",
        "budgets",
        "blocks",
    ]
    .into_iter()
    .map(|table| fixture.count(table, "1 = 1"))
    .chain([fixture.count("requests", "state = 'pending'")])
    .collect()
}

fn following_a_link_without_pressing_a_button_changes_nothing(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (_, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let link = format!("/redeem?token={token}");
    let mut owner = Browser::new(fixture);
    owner.follow(fixture, "ann@example.org");
    let before = kept(fixture);

    let mut stranger = owner.beside();
    for browser in [&mut stranger, &mut owner] {
        browser.head(&link);
        browser.get(&link);
        browser.open(&link);
        for path in [
            "/redeem",
            "/redeem/done",
            "/redeem?request=1",
            "/redeem/done?request=1",
            "/account/changed?token=csc_x",
            "/account/changed/done",
            "/language",
            "/account/confirm",
            "/account/confirm/code",
            "/redeem/code",
            "/redeem/fresh",
            "/inbox",
            "/inbox/asked",
            "/inbox/given",
            "/inbox/held",
            "/inbox/blocked",
            "/inbox/export/given.csv",
            "/inbox?said=blocked&whom=person&id=1",
            "/sign-in",
            "/sign-in/code",
            "/sign-in/with/work",
            "/sign-in/with/work/back?code=x&state=y",
            "/account/sessions",
            "/",
        ] {
            assert!(browser.head(path).status < 500, "{path}");
            assert!(browser.get(path).status < 500, "{path}");
        }
        for path in [
            "/redeem/approve",
            "/redeem/decline",
            "/redeem/undo",
            "/redeem/block",
            "/redeem/unblock",
            "/redeem/switch",
            "/redeem/sign-in",
            "/sign-out",
            "/inbox/decline",
            "/inbox/again",
            "/inbox/block",
            "/inbox/unblock",
            "/inbox/resend",
            "/account/browsers/forget",
            "/account/sessions/end",
            "/account/sessions/end-others",
            "/account/identities/unlink",
        ] {
            assert_eq!(browser.get(path).status, 405, "{path}");
            assert_eq!(browser.head(path).status, 405, "{path}");
        }
        browser.send(TestRequest::default().method(Method::OPTIONS).uri(&link));
        // A scanner that submits forms, without a browser's cookies or CSRF tokens.
        for path in ["/redeem/approve", "/redeem/decline", "/redeem/code", "/redeem/fresh", "/inbox/revoke"] {
            assert_eq!(browser.post(path, &[("token", &token)], &[]).status, 403, "{path}");
        }
    }
    assert_eq!(kept(fixture), before);
    assert_eq!(fixture.deliver(), 0);
}
