//! Sign-in with a six-digit code that is emailed to the person's address. The job that sends the email generates the code
//! (`mail::delivery`); here codes are requested and spent.
//!
//! A code works only in the browser that requested it, so that nobody elsewhere can use up its tries or replace it. Wrong codes
//! count as failed passwords do.

use chrono::TimeDelta;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::attempt::{Attempt, Way};
use super::sign_in_limits::{Source, Target};
use super::{AuthError, Authenticator, person};
use crate::domain::SignInName;
use crate::domain::{Caller, Credential, User};
use crate::secret::digest;
use crate::store::rate_limits::{self, RateLimit};
use crate::store::{Tx, credentials, outbox, sign_ins};

const TRIES: i32 = 5;

/// The result of a code.
#[derive(Debug)]
pub enum Tried {
    /// It is correct.
    Right(Caller),
    /// It is wrong, and this many tries are left.
    Wrong(u32),
    /// There is no valid code: none was requested in this browser, or it was used, is too old, or was tried too often.
    NoCode,
}

/// The hash that binds a code to a browser, from which its name cannot be recovered.
fn bound_to(browser: &str) -> [u8; 32] {
    digest(&[b"sign-in code", browser.as_bytes()])
}

impl Authenticator {
    /// Has a code emailed to the person with this address or username, valid in the browser with this random name. The answer
    /// and its time are the same if nobody has the name, and if no email is sent.
    pub async fn request_code(&self, name: &str, browser: &str, source: &Source) -> Result<(), AuthError> {
        let (called, browser, source, limits) = (SignInName::read(name), bound_to(browser), source.clone(), self.limits.clone());
        self.store
            .write(move |tx| {
                let target = Target::find(tx, called.as_ref())?;
                let is_known_network = target.has_signed_in_from(tx, &source)?;
                if let Some((_, retry_at)) = rate_limits::take_all(tx, &target.code_budgets(&limits, &source, is_known_network))?
                {
                    return Err(AuthError::TooMany(retry_at));
                }
                let Some(user) = &target.user else { return Ok(()) };
                let is_stranger = target.is_stranger(&source) && !is_known_network;
                let domain = RateLimit {
                    kind: "domain_hour",
                    subject: 0,
                    burst: limits.domain_hourly,
                    every: TimeDelta::hours(1)
                        .checked_div(i32::try_from(limits.domain_hourly).unwrap_or(i32::MAX))
                        .unwrap_or_default(),
                };
                let of_domain = rate_limits::of_mail_domain(&user.email, &limits.own_domains);
                let mut emails: Vec<RateLimit> = of_domain.map(|subject| RateLimit { subject, ..domain }).into_iter().collect();
                emails.retain(|budget| budget.burst > 0);
                if is_stranger && is_new_here(tx, user)? {
                    emails.push(RateLimit { kind: "first_codes", subject: target.subject, burst: 1, every: TimeDelta::hours(1) });
                }
                // An error for this budget would reveal that the name exists.
                if rate_limits::take_all(tx, &emails)?.is_some() && is_stranger {
                    return Ok(());
                }
                let email = outbox::add_code_email(tx, user.id)?;
                Ok(credentials::expect_code(tx, user.id, email, &browser)?)
            })
            .await
    }

    /// The person with this name, if the code is the one emailed to them. Five wrong tries invalidate the code.
    pub async fn by_code(&self, name: &str, code: &str, browser: &str, source: &Source) -> Result<Caller, AuthError> {
        match self.try_code(name, code, browser, source).await? {
            Tried::Right(caller) => Ok(caller),
            Tried::Wrong(_) | Tried::NoCode => Err(AuthError::Wrong),
        }
    }

    /// The same, with the number of tries left: only for somebody who is known to have been emailed a code.
    pub async fn try_code(&self, name: &str, code: &str, browser: &str, source: &Source) -> Result<Tried, AuthError> {
        let (called, browser) = (SignInName::read(name), bound_to(browser));
        let (limits, from) = (self.limits.clone(), source.clone());
        let attempt = self.store.read(move |tx| Attempt::look(tx, called.as_ref(), &limits, &from, Way::Code)).await?;
        self.passwords.slow_down(&attempt, source, &self.store).await?;
        let code: String = code.chars().filter(char::is_ascii_digit).collect();
        self.store
            .write(move |tx| {
                // A try costs the same whether the person or the code exists or not.
                attempt.reserve(tx)?;
                let Some(user) = &attempt.target.user else { return Ok(Tried::NoCode) };
                let Some(live) = credentials::live_code(tx, user.id, &browser)? else { return Ok(Tried::NoCode) };
                let hash: [u8; 32] = Sha256::new().chain_update(&live.salt).chain_update(code.as_bytes()).finalize().into();
                if live.code_hash.as_deref().is_some_and(|stored| bool::from(stored.ct_eq(&hash))) {
                    if !credentials::use_code(tx, live.id)? {
                        return Ok(Tried::NoCode);
                    }
                    attempt.give_back(tx)?;
                    return Ok(Tried::Right(person(user, Credential::Session)));
                }
                // Committed although the sign-in fails, since the count limits guessing.
                let left = TRIES - credentials::count_try(tx, live.id)?;
                if left <= 0 {
                    credentials::use_code(tx, live.id)?;
                }
                Ok(u32::try_from(left).ok().filter(|left| *left > 0).map_or(Tried::NoCode, Tried::Wrong))
            })
            .await
    }
}

/// Whether the person has never signed in and has nothing here, so that only somebody else has entered the address.
fn is_new_here(tx: &mut Tx<'_>, user: &User) -> Result<bool, AuthError> {
    Ok(sign_ins::last_sign_in(tx, user.id)?.is_none() && !sign_ins::has_something_live(tx, user.id)?)
}
