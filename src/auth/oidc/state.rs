//! The state of a login, kept only in the browser's cookie: a random seed and the destination. The values for the provider
//! (state, nonce, the hash of the verifier) are derived one way from the seed and everything else in the cookie, each under a
//! name of its own. So a changed cookie does not match the state that returns.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::clock::from_micros;
use crate::random::{Rng, RngError};

/// How long a person may take at the provider.
pub const ATTEMPT_LASTS: TimeDelta = TimeDelta::minutes(10);
const SEED_BYTES: usize = 32;

/// The state of a login.
#[derive(Clone)]
pub struct Attempt {
    seed: Zeroizing<[u8; SEED_BYTES]>,
    provider: String,
    begun_at: DateTime<Utc>,
    next: String,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt").field("provider", &self.provider).finish_non_exhaustive()
    }
}

impl Attempt {
    /// Starts a login at a provider, which continues at `next`.
    pub fn begin(rng: &Rng, provider: &str, next: &str, now: DateTime<Utc>) -> Result<Self, RngError> {
        Ok(Self { seed: rng.secret()?, provider: provider.to_owned(), begun_at: now, next: next.to_owned() })
    }

    /// The cookie's value.
    pub fn to_cookie(&self) -> String {
        let next = URL_SAFE_NO_PAD.encode(&self.next);
        let begun = self.begun_at.timestamp_micros();
        format!("{}.{begun}.{}.{next}", URL_SAFE_NO_PAD.encode(self.seed.as_ref()), self.provider)
    }

    /// Parses a cookie's value; none if it is malformed.
    pub fn from_cookie(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (seed, begun, provider, next) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let seed = Zeroizing::new(URL_SAFE_NO_PAD.decode(seed).ok()?);
        let seed: &[u8; SEED_BYTES] = seed.as_slice().try_into().ok()?;
        let next = String::from_utf8(URL_SAFE_NO_PAD.decode(next).ok()?).ok()?;
        let begun_at = from_micros(begun.parse().ok()?);
        let attempt = Self { seed: Zeroizing::new(*seed), provider: provider.to_owned(), begun_at, next };
        parts.next().is_none().then_some(attempt)
    }

    /// The page after the login.
    pub fn next(&self) -> &str {
        &self.next
    }

    /// Whether it is for this provider, has not taken too long, and was sent with `state`.
    pub fn is_answered_by(&self, provider: &str, state: &str, now: DateTime<Utc>) -> bool {
        let is_live = self.begun_at <= now && now < self.begun_at + ATTEMPT_LASTS;
        let is_its = bool::from(self.state().as_bytes().ct_eq(state.as_bytes()));
        is_live && is_its && self.provider == provider
    }

    /// The `state` parameter, which the browser brings back.
    pub fn state(&self) -> String {
        self.made("state")
    }

    /// The nonce, which the ID token must contain.
    pub fn nonce(&self) -> String {
        self.made("nonce")
    }

    /// The PKCE verifier (RFC 7636), which proves that we requested the code: 43 characters.
    pub fn verifier(&self) -> Zeroizing<String> {
        Zeroizing::new(self.made("verifier"))
    }

    /// Its S256 hash, which is sent first.
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier().as_bytes()))
    }

    fn made(&self, name: &str) -> String {
        let mut key = [0; 64];
        let (head, _) = key.split_at_mut(SEED_BYTES);
        head.copy_from_slice(self.seed.as_ref());
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&key.into());
        let begun = self.begun_at.timestamp_micros().to_string();
        for part in ["countersign sign-in 1", name, &self.provider, &begun, &self.next] {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part.as_bytes());
        }
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn attempt() -> Attempt {
        Attempt::begin(&Rng::seeded(7), "work", "/redeem", at("2026-12-01T12:00:00Z")).unwrap()
    }

    #[test]
    fn state_nonce_and_challenge_differ_and_do_not_reveal_the_seed() {
        let attempt = attempt();
        let seen = [attempt.state(), attempt.nonce(), attempt.challenge(), attempt.verifier().to_string()];
        for (at, one) in seen.iter().enumerate() {
            assert_eq!(one.len(), 43);
            assert!(!attempt.to_cookie().contains(one.as_str()) && !seen[..at].contains(one));
        }
        let other = Attempt::begin(&Rng::seeded(8), "work", "/redeem", at("2026-12-01T12:00:00Z")).unwrap();
        assert_ne!(attempt.state(), other.state());
    }

    #[test]
    fn a_login_accepts_only_its_own_state_provider_and_time() {
        let (attempt, then) = (attempt(), at("2026-12-01T12:09:59Z"));
        let kept = Attempt::from_cookie(&attempt.to_cookie()).unwrap();
        assert_eq!(kept.next(), "/redeem");
        assert!(kept.is_answered_by("work", &attempt.state(), then));
        assert!(!kept.is_answered_by("home", &attempt.state(), then));
        assert!(!kept.is_answered_by("work", &attempt.nonce(), then));
        assert!(!kept.is_answered_by("work", "", then));
        assert!(!kept.is_answered_by("work", &attempt.state(), at("2026-12-01T12:10:00Z")));
        assert!(!kept.is_answered_by("work", &attempt.state(), at("2026-12-01T11:59:59Z")));
    }

    #[test]
    fn a_changed_cookie_does_not_match_its_state() {
        let (attempt, then) = (attempt(), at("2026-12-01T12:01:00Z"));
        let cookie = attempt.to_cookie();
        let [seed, begun, provider, _] = cookie.split('.').collect::<Vec<_>>()[..] else { panic!("{cookie}") };
        let elsewhere = URL_SAFE_NO_PAD.encode("/inbox/export/given.csv");
        for changed in [
            format!("{seed}.{begun}.{provider}.{elsewhere}"),
            format!("{seed}.{}.{provider}.{}", begun.parse::<i64>().unwrap() + 1, URL_SAFE_NO_PAD.encode("/redeem")),
        ] {
            assert!(!Attempt::from_cookie(&changed).unwrap().is_answered_by("work", &attempt.state(), then), "{changed}");
        }
        for odd in ["", "a", "a.b.c.d", &cookie[1..], &format!("{cookie}.x"), &format!("{seed}.x.{provider}.")] {
            assert!(Attempt::from_cookie(odd).is_none(), "{odd}");
        }
    }
}
