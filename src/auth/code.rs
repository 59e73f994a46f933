//! Signing in with a six-digit code, mailed to the address that is to sign in. The job that sends the letter makes the
//! code (`mail::outbox`); here it is asked for and spent.

use chrono::TimeDelta;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::password::{find_by_name, subject_of};
use super::{AuthError, Authenticator, person};
use crate::domain::{Caller, Credential, LetterKind};
use crate::store::limits::{self, Budget};
use crate::store::{credentials, outbox};

const TRIES: i32 = 5;
/// Codes asked for one name: so many at once, then one in ten minutes.
const CODES: u32 = 3;

/// What came of a code.
#[derive(Debug)]
pub enum Tried {
    /// It is the right one.
    Right(Caller),
    /// It is not, and so many tries are left.
    Wrong(u32),
    /// There is no code that could be right: none was asked for, or it is used, too old, or was tried too often.
    NoCode,
}

impl Authenticator {
    /// Has a code mailed to whoever has this address or username. The answer and its time are the same if nobody has.
    pub async fn request_code(&self, name: &str) -> Result<(), AuthError> {
        let name = name.to_owned();
        self.store
            .write(move |tx| {
                let subject = subject_of(&name);
                let budget = Budget { kind: "sign_in_code", subject, burst: CODES, every: TimeDelta::minutes(10) };
                if let Some(retry_at) = limits::take(tx, budget)? {
                    return Err(AuthError::TooMany(retry_at));
                }
                if let Some(user) = find_by_name(tx, &name)? {
                    outbox::add(tx, LetterKind::SignInCode, user.id, None, 1)?;
                }
                Ok(())
            })
            .await
    }

    /// The person who has this name and the code that was mailed to them. Five wrong tries kill the code.
    pub async fn by_code(&self, name: &str, code: &str) -> Result<Caller, AuthError> {
        match self.try_code(name, code).await? {
            Tried::Right(caller) => Ok(caller),
            Tried::Wrong(_) | Tried::NoCode => Err(AuthError::Wrong),
        }
    }

    /// The same, telling how it stands with the code: only for who is known to have been mailed one.
    pub async fn try_code(&self, name: &str, code: &str) -> Result<Tried, AuthError> {
        let name = name.to_owned();
        let code: String = code.chars().filter(char::is_ascii_digit).collect();
        self.store
            .write(move |tx| {
                let Some(user) = find_by_name(tx, &name)? else { return Ok(Tried::NoCode) };
                let Some(live) = credentials::live_code(tx, user.id)? else { return Ok(Tried::NoCode) };
                let hash: [u8; 32] = Sha256::new().chain_update(&live.salt).chain_update(code.as_bytes()).finalize().into();
                if live.code_hash.as_deref().is_some_and(|stored| bool::from(stored.ct_eq(&hash))) {
                    let is_first = credentials::use_code(tx, live.id)?;
                    return Ok(if is_first { Tried::Right(person(&user, Credential::Session)) } else { Tried::NoCode });
                }
                // Kept although the sign-in fails: the count is what stops the guessing.
                let left = TRIES - credentials::count_try(tx, live.id)?;
                if left <= 0 {
                    credentials::use_code(tx, live.id)?;
                }
                Ok(u32::try_from(left).ok().filter(|left| *left > 0).map_or(Tried::NoCode, Tried::Wrong))
            })
            .await
    }
}
