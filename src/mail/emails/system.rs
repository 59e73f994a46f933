//! Emails about the instance itself: the code to sign in with, and what an administrator should know of.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use zeroize::Zeroizing;

use super::Link;
use super::view::EmailView;

/// A six-digit code to sign in with.
#[derive(Clone)]
pub struct SignInCode {
    /// The code.
    pub code: Zeroizing<String>,
    /// How many minutes it is good for.
    pub minutes: u32,
}

impl fmt::Debug for SignInCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInCode").field("minutes", &self.minutes).finish_non_exhaustive()
    }
}

/// To somebody whose password others guess at.
#[derive(Clone, Debug)]
pub struct SignInWarning {
    /// When it was noticed.
    pub at: DateTime<Utc>,
    /// Where the reader sees where they are signed in: a page of ours, without a token.
    pub link: Link,
}

/// To an administrator: what waits for somebody.
#[derive(Clone, Debug)]
pub struct Summary {
    /// When it was counted.
    pub at: DateTime<Utc>,
    /// Requests that wait for a decision.
    pub pending: i64,
    /// Of those, the ones whose email did not arrive.
    pub undeliverable: i64,
    /// Of those, the ones that end unanswered within a day.
    pub stale: i64,
    /// Grants that end within a week.
    pub ending: i64,
    /// Where counting stopped: what is above is told as "more than".
    pub most: i64,
    /// Where the reader sees it: a page of ours, without a token.
    pub link: Link,
}

impl SignInCode {
    pub(super) fn write<'a>(&'a self, sheet: &mut EmailView<'a>) -> askama::Result<()> {
        sheet.length("length", TimeDelta::minutes(i64::from(self.minutes)))?;
        sheet.code = Some(&self.code);
        sheet.note("sign-in-code-note")
    }
}

impl SignInWarning {
    pub(super) fn write<'a>(&'a self, sheet: &mut EmailView<'a>) -> askama::Result<()> {
        sheet.fact_moment("fact-noticed", self.at)?;
        sheet.link = Some(&self.link);
        sheet.note("sign-in-warning-note")
    }
}

impl Summary {
    pub(super) fn write<'a>(&'a self, sheet: &mut EmailView<'a>) -> askama::Result<()> {
        sheet.day("day", self.at)?;
        for (label, count) in [
            ("fact-pending", self.pending),
            ("fact-undeliverable", self.undeliverable),
            ("fact-stale", self.stale),
            ("fact-ending", self.ending),
        ] {
            if count > 0 {
                let count = sheet.count(count, self.most)?;
                sheet.fact(label, count)?;
            }
        }
        sheet.link = Some(&self.link);
        Ok(())
    }
}
