//! Telling those who have access what becomes of it: that it ends soon, that it has ended, that it was taken back.
//!
//! The ends are looked through in their order, up to a mark for each kind of notice that is kept in the database: each end is
//! seen once, by one daemon, and while nothing ends nothing is written. What is queued is judged again as it goes.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::WorkflowError;
use crate::clock::ASTRAY;
use crate::config::Config;
use crate::domain::{Caller, EmailKind, Grant, GrantId, GranteeKind, GroupId, UserId};
use crate::store::due::{self, Mark};
use crate::store::{self, Tx, grants, outbox};

/// Members of a group at most who are told by mail.
const MEMBERS_MOST: i64 = 100;
/// Grants at most that one act tells of by mail.
const GRANTS_MOST: usize = 100;
/// That access ended longer ago is no news.
const NEWS_LASTS: TimeDelta = TimeDelta::days(3);

/// To whom a grant gives, by name: a person, or the members of a group. Nobody where it gives to more than can be named.
pub(super) fn readers(tx: &mut Tx<'_>, grant: &Grant) -> Result<Vec<UserId>, WorkflowError> {
    let Some(grantee) = grant.grantee else { return Ok(Vec::new()) };
    Ok(match grant.grantee_kind {
        GranteeKind::Group => store::users::members_of(tx, GroupId(grantee.0), MEMBERS_MOST)?,
        _ => vec![UserId(grantee.0)],
    })
}

/// Queues an email to each who had access that was just taken back, but to who did it, and to who never heard that they had it.
pub(super) fn taken_back(tx: &mut Tx<'_>, caller: &Caller, ended: &[GrantId]) -> Result<(), WorkflowError> {
    let now = tx.now();
    let ended = ended.get(..GRANTS_MOST).unwrap_or(ended);
    for grant in grants::find_all(tx, ended)? {
        let was_in_effect = grant.is_enabled && grant.starts_at <= now && grant.ends_at.is_none_or(|end| now < end);
        if !was_in_effect {
            continue;
        }
        let untold = outbox::cancel_of_grant(tx, grant.id, &[EmailKind::Shared, EmailKind::EndsSoon])?;
        if let Some(request) = grant.request {
            outbox::cancel_for(tx, request, &[EmailKind::Approved, EmailKind::ApprovedLess])?;
        }
        for reader in readers(tx, &grant)? {
            if Some(reader) != caller.user && reader != grant.grantor && !untold.contains(&reader) {
                outbox::add_news(tx, EmailKind::Revoked, reader, grant.id, 1)?;
            }
        }
    }
    Ok(())
}

/// One kind of notice about the ends of access.
#[derive(Clone, Copy, Debug)]
struct Kind {
    /// So long before the end; nothing: when it has come.
    lead: TimeDelta,
    /// The next shorter one, which is told in its stead where its time has come too.
    shorter: Option<TimeDelta>,
    /// Its place among the others.
    number: i32,
}

impl Kind {
    fn all(config: &Config) -> Vec<Self> {
        let mut leads: Vec<Duration> = config.letters.ends_soon.iter().map(|span| span.duration()).collect();
        leads.retain(|lead| !lead.is_zero());
        leads.sort_unstable();
        leads.dedup();
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

    fn mark(self) -> String {
        format!("notice {}", self.lead.num_seconds())
    }

    /// Whether the mark is where only a clock that ran ahead can have moved it: what ends before it would never be told of.
    fn is_astray(self, mark: Mark, now: DateTime<Utc>) -> bool {
        now + self.lead + ASTRAY < mark.ends_at
    }

    /// Whether who has, or had, this access is told so now.
    fn is_for(self, grant: &Grant, ends: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let was_given = grant.is_enabled && grant.starts_at < ends && grant.deleted_at.is_none();
        if self.lead.is_zero() {
            return was_given && ends <= now && now < ends + NEWS_LASTS;
        }
        let is_soon_enough = self.shorter.is_none_or(|shorter| now + shorter < ends);
        // Who was given two days need not hear one day before the end, on the day after the email about its beginning.
        let is_long = grant.term().is_some_and(|term| self.lead * 2 <= term);
        was_given && now < ends && grant.starts_at <= now && is_soon_enough && is_long
    }

    /// The notice about this end: a grant that is prolonged ends again, and is told of again.
    fn generation(self, ends: DateTime<Utc>) -> i32 {
        i32::try_from(ends.timestamp() / 3_600).unwrap_or(i32::MAX / 8).saturating_mul(8).saturating_add(self.number)
    }
}

/// Whether an end of access is to be told of, or looked at for the first time.
pub fn is_due(tx: &mut Tx<'_>, config: &Config) -> Result<bool, WorkflowError> {
    let now = tx.now();
    for kind in Kind::all(config) {
        let Some(mark) = due::mark(tx, &kind.mark())? else { return Ok(true) };
        if kind.is_astray(mark, now) || !due::ending(tx, mark, now + kind.lead, 1)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Queues the emails about the ends of access that are due, looking at up to `limit` of each kind; answers with how many it
/// looked at.
pub fn send_due(tx: &mut Tx<'_>, config: &Config, limit: i64) -> Result<usize, WorkflowError> {
    let mut seen = 0;
    for kind in Kind::all(config) {
        seen += send_of(tx, kind, limit)?;
    }
    Ok(seen)
}

fn send_of(tx: &mut Tx<'_>, kind: Kind, limit: i64) -> Result<usize, WorkflowError> {
    let now = tx.now();
    let name = kind.mark();
    // None: another daemon is at it.
    let Some(mut mark) = due::take_mark(tx, &name, Mark::at(now))? else { return Ok(0) };
    if kind.is_astray(mark, now) {
        // What was told of while the clock ran ahead is not told again: each email about an end is queued once.
        mark = Mark::at(now);
        due::set_mark(tx, &name, mark)?;
    }
    let ending = due::ending(tx, mark, now + kind.lead, limit)?;
    for grant in &ending {
        if let Some(ends) = grant.ends_at.filter(|ends| kind.is_for(grant, *ends, now)) {
            tell(tx, kind, grant, ends)?;
        }
    }
    if let Some((last, ends_at)) = ending.last().and_then(|last| Some((last.id, last.ends_at?))) {
        due::set_mark(tx, &name, Mark { ends_at, grant: last })?;
    }
    Ok(ending.len())
}

/// Only to who has it by name: what a group has is for who shared it to look after.
fn tell(tx: &mut Tx<'_>, kind: Kind, grant: &Grant, ends: DateTime<Utc>) -> Result<(), WorkflowError> {
    let Some(reader) = grant.grantee.map(|id| UserId(id.0)).filter(|id| grant.is_of_one(*id)) else { return Ok(()) };
    if reader == grant.grantor {
        return Ok(());
    }
    // Who has the same from the same hands by another grant goes on having it.
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
