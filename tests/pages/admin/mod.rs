//! The administrators' pages in a browser without scripts.

mod access;
mod actions;
mod history;
mod jobs;
mod lists;

use chrono::TimeDelta;
use countersign::domain::{ApprovalLimits, Bundle, Caller, Grant, KeyId, Level, Request, Scope, Until, User};
use countersign::workflow::requests::file::Filing;

use super::browser::Browser;
use crate::support::fixture::{Fixture, ask, offer, person};

/// No limits, for tests of other things.
pub(crate) const ROOMY: &str =
    "[limits]\ntarget_letters = 0\ninitiator_hourly = 0\ninitiator_daily = 0\napp_daily = 0\ndomain_hourly = 0";

/// People who requested, gave, shared on and revoked, and an administrator.
pub(crate) struct Town {
    pub(crate) fixture: Fixture,
    pub(crate) root: User,
    pub(crate) ann: User,
    pub(crate) bob: User,
    pub(crate) app: Caller,
    pub(crate) sleep: Bundle,
    /// Bob's, through the app, with limits.
    pub(crate) given: Grant,
    pub(crate) answered: Request,
    /// Bob's, pending.
    pub(crate) waiting: Request,
    /// Pending, and its email was not delivered.
    pub(crate) lost: Request,
    pub(crate) declined: Request,
    /// Carl's, with the right to share on; and Dora's, which she has from Carl.
    pub(crate) held: Grant,
    pub(crate) shared_on: Grant,
}

impl Town {
    pub(crate) fn new(fixture: &Fixture) -> Self {
        let fixture = fixture.with(ROOMY);
        let root = fixture.admin("root@example.org");
        let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
        let (carl, dora) = (fixture.user("carl@example.org"), fixture.user("dora@example.org"));
        let sleep = fixture.bundle("Sleep data", &ann);
        let app = fixture.app("Sleep Diary", None, &[Scope::Requests, Scope::ActAs]);

        let filing = Filing { message: Some("For the study".to_owned()), ..ask(&sleep, &ann, &bob) };
        let answered = fixture.file(&app, &filing).unwrap().0.request;
        fixture.deliver();
        fixture.pass(TimeDelta::minutes(30));
        let less =
            ApprovalLimits { level: Some(Level::View), until: Some(Until::For(TimeDelta::days(3))), ..ApprovalLimits::default() };
        let given = fixture.redeem_as(&person(&ann), &fixture.token_for("ann@example.org"), &less).unwrap().1.grant;

        let held = fixture.entitle(&sleep, &carl, Level::Edit);
        fixture.file(&person(&carl), &offer(&sleep, &dora)).unwrap();
        fixture.deliver();
        let shared_on = fixture.redeem(&dora, &fixture.token_for("dora@example.org")).unwrap().1.grant;

        let (declined, token) = fixture.asked_by_mail(&fixture.bundle("Food diary", &ann), &ann, &bob);
        fixture.decline(&ann, &token, Some("Not now, please")).unwrap();
        let lost = fixture.asked(&fixture.bundle("Steps", &ann), &ann, &bob);
        fixture.deliver();
        fixture.sql(&format!("UPDATE requests SET mail_state = 'bounced' WHERE id = {}", lost.id)).unwrap();
        let error = "550 5.1.1 no such mailbox here";
        fixture.sql(&format!("UPDATE outbox SET state = 'dead', last_error = '{error}' WHERE request_id = {}", lost.id)).unwrap();
        let waiting = fixture.asked(&fixture.bundle("Training log", &ann), &ann, &bob);
        fixture.deliver();
        Self { fixture, root, ann, bob, app, sleep, given, answered, waiting, lost, declined, held, shared_on }
    }

    pub(crate) fn key(&self) -> KeyId {
        self.app.key.unwrap()
    }

    /// The email that failed.
    pub(crate) fn dead(&self) -> String {
        self.fixture.texts("SELECT CAST(id AS TEXT) AS value FROM outbox WHERE state = 'dead'")[0].clone()
    }

    /// The administrator's browser.
    pub(crate) fn browser(&self) -> Browser {
        Browser::of(&self.fixture, &self.root)
    }

    /// Every page without an effect: its name, its path, and its heading in English.
    pub(crate) fn pages(&self) -> Vec<(&'static str, String, String)> {
        let pages = [
            ("overview", "/admin".to_owned(), "Overview".to_owned()),
            ("overview-month", "/admin?days=30".to_owned(), "Overview".to_owned()),
            ("requests", "/admin/requests".to_owned(), "Requests".to_owned()),
            ("requests-of-somebody", format!("/admin/requests?person={}", self.bob.id), "Requests".to_owned()),
            ("requests-of-app", format!("/admin/requests?key={}", self.key()), "Requests".to_owned()),
            ("requests-for-bundle", format!("/admin/requests?bundle={}", self.sleep.id), "Requests".to_owned()),
            ("request", format!("/admin/requests/{}", self.answered.id), format!("Request #{}", self.answered.id)),
            ("request-waiting", format!("/admin/requests/{}", self.waiting.id), format!("Request #{}", self.waiting.id)),
            ("grants", "/admin/grants".to_owned(), "Access".to_owned()),
            ("grants-given", format!("/admin/grants?gave={}", self.ann.id), "Access".to_owned()),
            ("grants-held", format!("/admin/grants?holds={}", self.bob.id), "Access".to_owned()),
            ("grants-owned", format!("/admin/grants?owns={}", self.ann.id), "Access".to_owned()),
            ("grants-of-bundle", format!("/admin/grants?bundle={}", self.sleep.id), "Access".to_owned()),
            ("grant", format!("/admin/grants/{}", self.given.id), format!("Access #{}", self.given.id)),
            ("grant-shared-on", format!("/admin/grants/{}", self.shared_on.id), format!("Access #{}", self.shared_on.id)),
            ("users", "/admin/users".to_owned(), "People".to_owned()),
            ("user", format!("/admin/users/{}", self.bob.id), "Bob (bob@example.org)".to_owned()),
            ("user-revoke-gave", format!("/admin/users/{}/revoke/gave", self.ann.id), "Revoke all access they gave".to_owned()),
            ("user-revoke-holds", format!("/admin/users/{}/revoke/holds", self.bob.id), "Revoke all their access".to_owned()),
            ("bundles", "/admin/bundles".to_owned(), "Bundles".to_owned()),
            ("bundles-gone", "/admin/bundles?state=gone".to_owned(), "Bundles".to_owned()),
            ("bundle", format!("/admin/bundles/{}", self.sleep.id), "Sleep data".to_owned()),
            ("queue", "/admin/emails/queue".to_owned(), "Outbox".to_owned()),
            ("queue-letter", format!("/admin/emails/queue/{}", self.dead()), format!("Request #{}", self.dead())),
            ("queue-retry", "/admin/emails/queue/retry".to_owned(), "Retry all failed emails".to_owned()),
            ("keys", "/admin/keys".to_owned(), "Keys".to_owned()),
            ("key", format!("/admin/keys/{}", self.key()), "Sleep Diary".to_owned()),
            ("key-cancel", format!("/admin/keys/{}/cancel", self.key()), "Close all requests from this app".to_owned()),
            ("key-revoke", format!("/admin/keys/{}/revoke", self.key()), "Revoke key".to_owned()),
            ("audit", "/admin/audit".to_owned(), "Audit".to_owned()),
            ("purge", "/admin/purge".to_owned(), "Purge".to_owned()),
            ("purge-counted", "/admin/purge?days=0".to_owned(), "Purge".to_owned()),
            ("search", "/admin/search".to_owned(), "Search".to_owned()),
            ("search-found", "/admin/search?q=bob%40".to_owned(), "Search".to_owned()),
            ("search-number", format!("/admin/search?q={}", self.given.id), "Search".to_owned()),
        ];
        pages.into()
    }

    /// The target of every form.
    pub(crate) fn form_targets(&self) -> Vec<String> {
        vec![
            format!("/admin/requests/{}/cancel", self.waiting.id),
            format!("/admin/requests/{}/resend", self.waiting.id),
            format!("/admin/grants/{}/revoke", self.given.id),
            format!("/admin/users/{}/revoke/gave", self.ann.id),
            format!("/admin/users/{}/revoke/holds", self.bob.id),
            format!("/admin/emails/queue/{}/retry", self.dead()),
            "/admin/emails/queue/retry".to_owned(),
            format!("/admin/keys/{}/cancel", self.key()),
            format!("/admin/keys/{}/revoke", self.key()),
            "/admin/audit/verify".to_owned(),
            "/admin/purge".to_owned(),
            "/admin/work/verify".to_owned(),
        ]
    }
}
