//! Operations told together: what several callers' operations look at is read for all of them at once, and what they do is written
//! for all of them at once, in one transaction (`engine/together.rs`). The operations are the same as ever: the functions of this
//! room answer from what was read ahead where that is known, and set down what is to be written behind.
//!
//! A operation that looks at anything else, or does anything else, *strays*: it reaches for the connection, and is told again
//! alone. So what is known here is only ever a short cut. Whatever an operation sets down takes from the known what it may have
//! changed, so that the next operation in the batch strays instead of reading what is no longer so.

mod deeds;
mod facts;
mod parts;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::PgConnection;

pub(super) use self::deeds::{Approval, Deeds, Email, Mark};
pub(super) use self::facts::{Facts, Hold, hold_budgets};
use super::access::Asked;
use super::{StoreError, postgres, rate_limits};
use crate::clock::Clock;
use crate::domain::{BundleId, KeyId, TokenId, User, UserId, UserRef};
use crate::secret::Secret;

/// What an operation will look at, as far as its caller can tell. Naming too little costs time, and nothing else.
#[derive(Clone, Debug)]
pub enum Wants {
    /// Who calls, by their key or as somebody whose password was right before, and what they look at. For looks.
    Caller {
        /// The key that they show.
        key: Option<Arc<Secret>>,
        /// The person.
        user: Option<UserId>,
        /// What they look at beside that.
        at: LooksAt,
    },
    /// To file a request.
    Filing {
        /// Who decides.
        target: UserRef,
        /// Who would gain.
        allowed: UserRef,
        /// What.
        bundle: BundleId,
        /// Who calls.
        user: Option<UserId>,
        /// With which key.
        key: Option<KeyId>,
        /// Of what one is taken.
        budgets: Vec<(&'static str, Subject)>,
    },
    /// To say yes by a token.
    Token(TokenId),
}

/// What a look looks at.
#[derive(Clone, Debug)]
pub enum LooksAt {
    /// Nothing but who calls.
    Nothing,
    /// The request of a token.
    Token(TokenId),
    /// What people hold on things.
    Held(Vec<Asked>),
}

/// Whose budget.
#[derive(Clone, Debug)]
pub enum Subject {
    /// This one's.
    Id(i64),
    /// Theirs who is sent the email, and may be named by address.
    Target,
    /// Theirs, as far as this person or app causes their emails.
    TargetFrom(&'static str, i64),
    /// All of theirs whose addresses are in the same mail domain.
    Domain {
        /// Domains that have none.
        but: Arc<[String]>,
    },
}

impl Subject {
    /// Whose that is where the email is sent to this one; nobody's where there is none.
    pub fn of(&self, target: &User) -> Option<i64> {
        match self {
            Self::Id(id) => Some(*id),
            Self::Target => Some(target.id.0),
            Self::TargetFrom(kind, id) => {
                Some(rate_limits::subject("target from", &[&target.id.0.to_be_bytes(), kind.as_bytes(), &id.to_be_bytes()]))
            }
            Self::Domain { but } => {
                let domain = target.email.domain();
                (!but.iter().any(|other| other == domain)).then(|| rate_limits::of_domain(domain))
            }
        }
    }
}

/// Operations of one kind are told together: their actions touch the same tables in the same order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Look,
    File,
    Approve,
}

impl Wants {
    pub(super) const fn kind(&self) -> Kind {
        match self {
            Self::Caller { .. } => Kind::Look,
            Self::Filing { .. } => Kind::File,
            Self::Token(_) => Kind::Approve,
        }
    }
}

/// What one thing, at most one request for which is pending, is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Matter {
    pub(super) target: UserId,
    pub(super) allowed: UserId,
    pub(super) items_key: String,
}

/// What is known to the operations of a batch, and what they set down.
pub(super) struct Ahead {
    pub(super) facts: Facts,
    /// None where the operations only look.
    pub(super) deeds: Option<Deeds>,
    is_strayed: bool,
}

impl Ahead {
    /// Reads what these want, and what time it is. What the operations will rest on stays as it is until the transaction ends.
    pub(super) fn read(
        conn: &mut PgConnection,
        clock: &Clock,
        kind: Kind,
        wants: &[&Wants],
    ) -> Result<(Self, DateTime<Utc>), StoreError> {
        let (deeds, theirs) = match kind {
            Kind::Look => (None, postgres::now(conn)?),
            Kind::File => Deeds::begin(conn, "requests", wants.len()).map(|(deeds, now)| (Some(deeds), now))?,
            Kind::Approve => Deeds::begin(conn, "grants", wants.len()).map(|(deeds, now)| (Some(deeds), now))?,
        };
        let now = if clock.is_manual() { clock.now() } else { theirs };
        let facts = match kind {
            Kind::Look => facts::of_looks(conn, now, wants)?,
            Kind::File => facts::of_filings(conn, now, wants)?,
            Kind::Approve => facts::of_tokens(conn, now, wants)?,
        };
        Ok((Self { facts, deeds, is_strayed: false }, now))
    }

    /// Whether everybody is there whom an operation names by address.
    pub(super) fn knows_all_of(&self, wants: &Wants) -> bool {
        let Wants::Filing { target, allowed, .. } = wants else { return true };
        [target, allowed].into_iter().all(|person| self.facts.named(person).is_some())
    }

    /// Writes what was set down. Whatever is not as it was read asks for another try.
    pub(super) fn write(&self, conn: &mut PgConnection, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.deeds.as_ref().map_or(Ok(()), |deeds| deeds.write(conn, now.timestamp_micros()))
    }

    /// How far the actions have come.
    pub(super) fn mark(&self) -> Option<Mark> {
        self.deeds.as_ref().map(Deeds::mark)
    }

    /// Undoes what was set down since.
    pub(super) fn back_to(&mut self, mark: Option<Mark>) {
        if let (Some(deeds), Some(mark)) = (&mut self.deeds, mark) {
            deeds.back_to(mark);
        }
    }

    pub(super) fn stray(&mut self) {
        self.is_strayed = true;
    }

    /// Whether the operation that was just told strayed.
    pub(super) fn has_strayed(&mut self) -> bool {
        std::mem::take(&mut self.is_strayed)
    }
}
