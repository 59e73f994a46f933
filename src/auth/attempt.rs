//! Limits of failed sign-ins, by password and by code. Each try is taken from the budgets before it is verified, and a correct
//! one is given back.

use std::net::IpAddr;

use super::AuthError;
use super::sign_in_limits::{Source, Target, subject_of};
use super::waiters::SLOW_FROM;
use crate::config::Limits;
use crate::domain::SignInName;
use crate::domain::{EmailKind, Network, UserId};
use crate::store::rate_limits::{self, RateLimit};
use crate::store::{StoreError, Tx, outbox, sign_ins};

/// The kind of sign-in.
#[derive(Clone, Copy)]
pub(super) enum Way {
    Password,
    Code,
}

impl Way {
    /// The budget of a known browser or a link's holder. Passwords and codes have one each, so that a forgotten password leaves
    /// tries for codes.
    const fn own_kind(self) -> &'static str {
        match self {
            Self::Password => "sign_in_own",
            Self::Code => "code_tries_own",
        }
    }
}

/// A sign-in that no limit has refused so far.
pub(super) struct Attempt {
    pub(super) target: Target,
    budgets: Vec<RateLimit>,
    /// The person's failures in a row, by which this try is delayed; 0 if it is not a stranger's.
    pub(super) failures: u32,
    is_limited: bool,
}

impl Attempt {
    /// Finds the person. Refuses if a budget is used up, before any waiting or verification.
    pub(super) fn look(
        tx: &mut Tx<'_>,
        called: Option<&SignInName>,
        limits: &Limits,
        source: &Source,
        way: Way,
    ) -> Result<Self, AuthError> {
        let target = Target::find(tx, called)?;
        let budgets = target.budgets(limits, source, way.own_kind());
        if let Some((_, retry_at)) = rate_limits::spent(tx, &budgets)? {
            return Err(AuthError::TooMany(retry_at));
        }
        let is_limited = limits.sign_ins > 0;
        let mut failures = if is_limited && target.is_stranger(source) { sign_ins::failures(tx, target.subject)? } else { 0 };
        if failures >= SLOW_FROM && target.has_signed_in_from(tx, source)? {
            failures = 0;
        }
        Ok(Self { target, budgets, failures, is_limited })
    }

    /// Takes one from each budget and counts a failure, until the try is verified. After many failures the person gets one
    /// email.
    pub(super) fn reserve(&self, tx: &mut Tx<'_>) -> Result<(), AuthError> {
        if !self.is_limited {
            return Ok(());
        }
        if let Some((_, retry_at)) = rate_limits::take_all(tx, &self.budgets)? {
            return Err(AuthError::TooMany(retry_at));
        }
        let so_far = sign_ins::failures(tx, self.target.subject)?;
        sign_ins::note_failure(tx, self.target.subject)?;
        if so_far >= SLOW_FROM
            && sign_ins::note_warning(tx, self.target.subject)?
            && let Some(user) = &self.target.user
        {
            outbox::add(tx, EmailKind::SignInWarning, user.id, None, 1)?;
        }
        Ok(())
    }

    /// Gives the reservation back, since the try was correct.
    pub(super) fn give_back(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        if self.is_limited { rate_limits::give_back(tx, &self.budgets) } else { Ok(()) }
    }
}

/// Records a sign-in and its network. Every sign-in takes its locks in this order, so that two cannot deadlock.
pub(super) fn note_sign_in(tx: &mut Tx<'_>, user: UserId, peer: Option<IpAddr>) -> Result<(), StoreError> {
    sign_ins::forgive(tx, subject_of(user))?;
    if let Some(peer) = peer {
        sign_ins::note_network(tx, user, Network::of(peer))?;
    }
    sign_ins::note_sign_in(tx, user)
}
