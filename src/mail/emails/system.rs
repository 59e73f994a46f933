//! Emails about the instance itself: sign-in codes, warnings, and the summary for administrators.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use zeroize::Zeroizing;

use super::samples::{self, Sample, at, sample};
use super::view::EmailView;
use super::{Content, Link};
use crate::domain::{AccountChange, EmailKind};
use crate::store::remembered_browsers;

/// A six-digit sign-in code.
#[derive(Clone)]
pub(crate) struct SignInCode {
    pub(crate) code: Zeroizing<String>,
    /// The validity in minutes.
    pub(crate) minutes: u32,
}

impl fmt::Debug for SignInCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInCode").field("minutes", &self.minutes).finish_non_exhaustive()
    }
}

/// To a person whose password is being guessed.
#[derive(Clone, Debug)]
pub(crate) struct SignInWarning {
    pub(crate) at: DateTime<Utc>,
    /// The page of the reader's active sessions, without a token.
    pub(crate) link: Link,
}

/// To a person one of whose browsers is remembered now.
#[derive(Clone, Debug)]
pub(crate) struct BrowserRemembered {
    pub(crate) at: DateTime<Utc>,
    /// The browser, such as "Firefox, Linux"; none if it is unknown or forgotten since.
    pub(crate) browser: Option<String>,
    /// The page of the reader's remembered browsers, without a token.
    pub(crate) link: Link,
}

/// To a person whose account somebody else changed.
#[derive(Clone, Debug)]
pub(crate) struct AccountChanged {
    pub(crate) what: AccountChange,
    pub(crate) at: DateTime<Utc>,
    /// Time until which the account decides nothing.
    pub(crate) until: DateTime<Utc>,
    /// The page that confirms the change, with its secret: only in the email to the address before the change.
    pub(crate) link: Option<Link>,
}

/// To an administrator: the pending work.
#[derive(Clone, Debug)]
pub(crate) struct Summary {
    /// Time of counting.
    pub(crate) at: DateTime<Utc>,
    pub(crate) pending: i64,
    /// Pending requests with an undeliverable email.
    pub(crate) undeliverable: i64,
    /// Pending requests that expire within a day.
    pub(crate) stale: i64,
    /// Grants that end within a week.
    pub(crate) ending: i64,
    /// The limit of counting; a count beyond it is shown as "more than".
    pub(crate) most: i64,
    pub(crate) link: Link,
}

impl Content for SignInCode {
    fn fill<'a>(&'a self, view: &mut EmailView<'a>) -> askama::Result<()> {
        view.length("length", TimeDelta::minutes(i64::from(self.minutes)))?;
        view.code = Some(&self.code);
        view.note("sign-in-code-note")
    }
}

impl Content for SignInWarning {
    fn fill<'a>(&'a self, view: &mut EmailView<'a>) -> askama::Result<()> {
        view.fact_moment("fact-noticed", self.at)?;
        view.link(&self.link, "look-click");
        view.note("sign-in-warning-note")
    }
}

impl Content for BrowserRemembered {
    fn fill<'a>(&'a self, view: &mut EmailView<'a>) -> askama::Result<()> {
        view.length("length", remembered_browsers::LASTS)?;
        if let Some(browser) = &self.browser {
            view.fact("fact-browser", browser.clone())?;
        }
        view.fact_moment("fact-remembered", self.at)?;
        view.link(&self.link, "look-click");
        view.note("browser-remembered-note")
    }
}

impl Content for AccountChanged {
    fn fill<'a>(&'a self, view: &mut EmailView<'a>) -> askama::Result<()> {
        view.word("what", self.what.as_str());
        view.moment("until", self.until)?;
        view.fact_moment("fact-changed", self.at)?;
        if let Some(link) = &self.link {
            view.link(link, "look-click");
            return view.note("account-changed-note");
        }
        view.note("account-changed-note-elsewhere")
    }
}

impl Content for Summary {
    fn fill<'a>(&'a self, view: &mut EmailView<'a>) -> askama::Result<()> {
        view.day("day", self.at)?;
        for (label, count) in [
            ("fact-pending", self.pending),
            ("fact-undeliverable", self.undeliverable),
            ("fact-stale", self.stale),
            ("fact-ending", self.ending),
        ] {
            if count > 0 {
                let count = view.count(count, self.most)?;
                view.fact(label, count)?;
            }
        }
        view.link(&self.link, "look-click");
        Ok(())
    }
}

pub(super) fn samples() -> Vec<Sample> {
    let (pending, undeliverable, stale, ending, most) = (12, 2, 1, 10_001, 10_000);
    let summary =
        || Summary { at: at("2026-12-08T13:05:00Z"), pending, undeliverable, stale, ending, most, link: samples::page("/admin") };
    let one = Summary { pending: 1, undeliverable: 0, stale: 0, ending: 0, ..summary() };
    let warning = SignInWarning { at: at("2026-12-03T13:05:00Z"), link: samples::page("/account/sessions") };
    let browser = Some("Firefox, Linux".to_owned());
    let remembered = BrowserRemembered { at: at("2026-12-03T13:05:00Z"), browser, link: samples::page("/account/sessions") };
    let changed = |what, is_old: bool| AccountChanged {
        what,
        at: at("2026-12-03T13:05:00Z"),
        until: at("2026-12-10T13:05:00Z"),
        link: is_old.then(|| samples::page("/account/changed?token=csc_…")),
    };
    let code = SignInCode { code: samples::CODE.to_owned().into(), minutes: 10 };
    vec![
        sample("sign_in_code", EmailKind::SignInCode, code),
        sample("sign_in_warning", EmailKind::SignInWarning, warning),
        sample("browser_remembered", EmailKind::BrowserRemembered, remembered),
        sample("account_changed", EmailKind::AccountChanged, changed(AccountChange::Address, true)),
        sample("account_changed_new", EmailKind::AccountChanged, changed(AccountChange::Address, false)),
        sample("account_changed_username", EmailKind::AccountChanged, changed(AccountChange::Username, true)),
        sample("account_changed_password", EmailKind::AccountChanged, changed(AccountChange::Password, true)),
        sample("account_changed_provider", EmailKind::AccountChanged, changed(AccountChange::Provider, true)),
        sample("summary", EmailKind::Summary, summary()),
        sample("summary_one", EmailKind::Summary, one),
    ]
}
