//! Notifies people of the end of their access: before it, at it, and after a revocation.
//!
//! Each kind of notice has a cursor through the ends of grants, stored in the database. So one daemon sees each end once, and
//! nothing is written while nothing ends. A queued email is checked again before it is sent.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::WorkflowError;
use crate::clock::ASTRAY;
use crate::config::Config;
use crate::domain::id::distinct;
use crate::domain::{Caller, EmailKind, Grant, GrantId, GranteeKind, GroupId, UserId};
use crate::store::due::{self, Cursor};
use crate::store::{self, Tx, grants, outbox};

/// The limit of group members who get an email.
const MEMBERS_MOST: i64 = 100;
/// The limit of grants of one action about which emails are sent.
const GRANTS_MOST: usize = 100;
/// Access that ended longer ago is not reported.
const NEWS_LASTS: TimeDelta = TimeDelta::days(3);

/// The people to notify about a grant: the person, or the members of the group. None for larger audiences.
pub(super) fn readers(tx: &mut Tx<'_>, grant: &Grant) -> Result<Vec<UserId>, WorkflowError> {
    let Some(grantee) = grant.grantee else { return Ok(Vec::new()) };
    Ok(match grant.grantee_kind {
        GranteeKind::Group => store::users::members_of(tx, GroupId(grantee.0), MEMBERS_MOST)?,
        _ => vec![UserId(grantee.0)],
    })
}

/// Queues an email to each person whose access was revoked, except to the person who did it, and to those never notified of the
/// access.
pub(super) fn taken_back(tx: &mut Tx<'_>, caller: &Caller, ended: &[GrantId]) -> Result<(), WorkflowError> {
    let now = tx.now();
    let ended = ended.get(..GRANTS_MOST).unwrap_or(ended);
    for grant in grants::find_all(tx, ended)? {
        let was_in_effect = grant.is_enabled && grant.starts_at <= now && grant.ends_at.is_none_or(|end| now < end);
        if !was_in_effect {
            continue;
        }
        let unsent = outbox::cancel_of_grant(tx, grant.id, &[EmailKind::Shared, EmailKind::EndsSoon])?;
        if let Some(request) = grant.request {
            outbox::cancel_for(tx, request, &[EmailKind::Approved, EmailKind::ApprovedLess])?;
        }
        for reader in readers(tx, &grant)? {
            if Some(reader) != caller.user && reader != grant.grantor && !unsent.contains(&reader) {
                outbox::add_news(tx, EmailKind::Revoked, reader, grant.id, 1)?;
            }
        }
    }
    Ok(())
}

/// A kind of notice about the end of access.
#[derive(Clone, Copy, Debug)]
struct Kind {
    /// The time before the end; zero for a notice at the end.
    lead: TimeDelta,
    /// The next shorter one, which is sent instead if both are due.
    shorter: Option<TimeDelta>,
    /// The number among the kinds.
    number: i32,
}

impl Kind {
    fn all(config: &Config) -> Vec<Self> {
        let leads = config.letters.ends_soon.iter().map(|span| span.duration()).filter(|lead| !lead.is_zero());
        let leads: Vec<Duration> = distinct(leads);
        let delta = |lead: &Duration| TimeDelta::from_std(*lead).unwrap_or(TimeDelta::MAX);
        let shorter = std::iter::once(None).chain(leads.iter().map(|lead| Some(delta(lead))));
        let mut all: Vec<Self> = (1..)
            .zip(leads.iter().zip(shorter))
            .map(|(number, (lead, shorter))| Self { lead: delta(lead), shorter, number })
            .collect();
        if config.letters.ended {
            all.push(Self { lead: TimeDelta::zero(), shorter: None, number: 0 });
        }
        all
    }

    fn cursor(self) -> String {
        format!("notice {}", self.lead.num_seconds())
    }

    /// Whether the cursor is too far ahead, because the clock was. Ends before it would never be reported.
    fn is_ahead_of_clock(self, cursor: Cursor, now: DateTime<Utc>) -> bool {
        now + self.lead + ASTRAY < cursor.ends_at
    }

    /// Whether a notice about this grant is due now.
    fn is_for(self, grant: &Grant, ends: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let was_given = grant.is_enabled && grant.starts_at < ends && grant.deleted_at.is_none();
        if self.lead.is_zero() {
            return was_given && ends <= now && now < ends + NEWS_LASTS;
        }
        let is_soon_enough = self.shorter.is_none_or(|shorter| now + shorter < ends);
        // Skips short grants: within two days, a notice one day before the end would closely follow the first email.
        let is_long = grant.term().is_some_and(|term| self.lead * 2 <= term);
        was_given && now < ends && grant.starts_at <= now && is_soon_enough && is_long
    }

    /// The generation of the notice about this end. A prolonged grant has a new end and gets a new notice.
    fn generation(self, ends: DateTime<Utc>) -> i32 {
        i32::try_from(ends.timestamp() / 3_600).unwrap_or(i32::MAX / 8).saturating_mul(8).saturating_add(self.number)
    }
}

/// Whether there are ends of access to report or check.
pub fn is_due(tx: &mut Tx<'_>, config: &Config) -> Result<bool, WorkflowError> {
    let now = tx.now();
    for kind in Kind::all(config) {
        let Some(cursor) = due::cursor(tx, &kind.cursor())? else { return Ok(true) };
        if kind.is_ahead_of_clock(cursor, now) || !due::ending(tx, cursor, now + kind.lead, 1)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Queues the due emails about the end of access, and checks up to `limit` grants of each kind; returns the number of checked
/// grants.
pub fn send_due(tx: &mut Tx<'_>, config: &Config, limit: i64) -> Result<usize, WorkflowError> {
    let mut seen = 0;
    for kind in Kind::all(config) {
        seen += send_of(tx, kind, limit)?;
    }
    Ok(seen)
}

fn send_of(tx: &mut Tx<'_>, kind: Kind, limit: i64) -> Result<usize, WorkflowError> {
    let now = tx.now();
    let name = kind.cursor();
    // None: another daemon has the lock.
    let Some(mut cursor) = due::lock_cursor(tx, &name, Cursor::at(now))? else { return Ok(0) };
    if kind.is_ahead_of_clock(cursor, now) {
        // Notices sent while the clock was ahead are not repeated: each email about an end is queued once.
        cursor = Cursor::at(now);
        due::set_cursor(tx, &name, cursor)?;
    }
    let ending = due::ending(tx, cursor, now + kind.lead, limit)?;
    for grant in &ending {
        if let Some(ends) = grant.ends_at.filter(|ends| kind.is_for(grant, *ends, now)) {
            notify(tx, kind, grant, ends)?;
        }
    }
    if let Some((last, ends_at)) = ending.last().and_then(|last| Some((last.id, last.ends_at?))) {
        due::set_cursor(tx, &name, Cursor { ends_at, grant: last })?;
    }
    Ok(ending.len())
}

/// Notifies only people named in grants. For a group, the sharer is responsible.
fn notify(tx: &mut Tx<'_>, kind: Kind, grant: &Grant, ends: DateTime<Utc>) -> Result<(), WorkflowError> {
    let Some(reader) = grant.grantee.map(|id| UserId(id.0)).filter(|id| grant.is_of_one(*id)) else { return Ok(()) };
    if reader == grant.grantor {
        return Ok(());
    }
    // Skips people who keep the same access by another grant of the same grantor.
    if let Some(bundle) = grant.bundle
        && let Some(other) = grants::find_live_beside(tx, bundle, grant.grantor, reader, grant.id)?
        && other.level >= grant.level
        && other.ends_at.is_none_or(|end| ends < end)
    {
        return Ok(());
    }
    let email = if kind.lead.is_zero() { EmailKind::Ended } else { EmailKind::EndsSoon };
    outbox::add_news(tx, email, reader, grant.id, kind.generation(ends))?;
    Ok(())
}
