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
        let name = name.to_owned();
        let code: String = code.chars().filter(char::is_ascii_digit).collect();
        let found = self
            .store
            .write(move |tx| {
                let Some(user) = find_by_name(tx, &name)? else { return Ok(None) };
                let Some(live) = credentials::live_code(tx, user.id)? else { return Ok(None) };
                let hash: [u8; 32] = Sha256::new().chain_update(&live.salt).chain_update(code.as_bytes()).finalize().into();
                let is_right = live.code_hash.as_deref().is_some_and(|stored| bool::from(stored.ct_eq(&hash)));
                if is_right && credentials::use_code(tx, live.id)? {
                    return Ok(Some(user));
                }
                // Kept although the sign-in fails: the count is what stops the guessing.
                if !is_right && credentials::count_try(tx, live.id)? >= TRIES {
                    credentials::use_code(tx, live.id)?;
                }
                Ok::<_, AuthError>(None)
            })
            .await?;
        found.map(|user| person(&user, Credential::Session)).ok_or(AuthError::Wrong)
    }
}
