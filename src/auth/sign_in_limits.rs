//! The origin of a sign-in, and the budgets of failed tries that apply to it.
//!
//! A stranger is in the budgets of this name from this network, and of the network. A browser in which this person signed in
//! before, and the holder of a valid emailed link, are in neither: they have a budget of their own, so that strangers cannot
//! use it up. It gives them nothing else, since neither is a proof of identity.

use std::net::{IpAddr, Ipv4Addr};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use subtle::ConstantTimeEq;

use super::Links;
use crate::config::Limits;
use crate::domain::SignInName;
use crate::domain::{Network, User, UserId};
use crate::random::{Rng, RngError};
use crate::store::rate_limits::{self, RateLimit};
use crate::store::{self, StoreError, Tx};

/// The most people that one browser remembers: those who signed in there last.
const BROWSER_PEOPLE: usize = 5;
const NONCE_BYTES: usize = 16;
const SEAL_BYTES: usize = 24;
const ENTRY_BYTES: usize = 8 + 8 + NONCE_BYTES + SEAL_BYTES;

/// The origin of a sign-in.
#[derive(Clone, Default)]
pub struct Source {
    /// The client's address; none if it is unknown.
    pub peer: Option<IpAddr>,
    /// The people who signed in with this browser before.
    pub browser: Option<KnownBrowser>,
    /// The recipient of the valid link that the client has, and the link's id.
    pub link: Option<(UserId, i64)>,
}

impl Source {
    /// A client of which only the address is known.
    pub fn of_peer(peer: Option<IpAddr>) -> Self {
        Self { peer, ..Self::default() }
    }

    pub(super) fn network(&self) -> Network {
        Network::of(self.peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
    }

    /// The subject of its own budget; none for a stranger to this person.
    pub(super) fn own(&self, user: &User) -> Option<i64> {
        if let Some(nonce) = self.browser.as_ref().and_then(|browser| browser.nonce_of(user)) {
            return Some(rate_limits::subject("known browser", &[&user.id.0.to_be_bytes(), &nonce]));
        }
        let (_, link) = self.link.filter(|(recipient, _)| *recipient == user.id)?;
        let parts = [&user.id.0.to_be_bytes()[..], &link.to_be_bytes(), &self.network().octets()];
        Some(rate_limits::subject("link", &parts))
    }
}

/// Whose failed tries are counted together: a person under all their names, or an unknown name.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) user: Option<User>,
    pub(super) subject: i64,
}

impl Target {
    /// The person whom a sign-in names; `called` is none if nobody can have the name.
    pub(super) fn find(tx: &mut Tx<'_>, called: Option<&SignInName>) -> Result<Self, StoreError> {
        let user = match called {
            Some(SignInName::Address(address)) => store::users::find_by_email(tx, address)?,
            Some(SignInName::Username(username)) => store::users::find_by_username(tx, username)?,
            None => None,
        };
        // All spellings of an unknown name are one name.
        let name = match called {
            Some(SignInName::Address(address)) => address.as_str(),
            Some(SignInName::Username(username)) => username.key(),
            None => "",
        };
        let subject = user.as_ref().map_or_else(|| rate_limits::subject("name", &[name.as_bytes()]), |user| subject_of(user.id));
        Ok(Self { user, subject })
    }

    fn own(&self, source: &Source) -> Option<i64> {
        self.user.as_ref().and_then(|user| source.own(user))
    }

    /// Whether this person signed in from this network recently.
    pub(super) fn has_signed_in_from(&self, tx: &mut Tx<'_>, source: &Source) -> Result<bool, StoreError> {
        let (Some(user), Some(peer)) = (&self.user, source.peer) else { return Ok(false) };
        store::sign_ins::is_known_network(tx, user.id, Network::of(peer))
    }

    /// Whether neither the browser nor a link is known to this person.
    pub(super) fn is_stranger(&self, source: &Source) -> bool {
        self.own(source).is_none()
    }

    /// The budgets of a sign-in.
    pub(super) fn budgets(&self, limits: &Limits, source: &Source, own_kind: &'static str) -> Vec<RateLimit> {
        let minute = TimeDelta::minutes(1);
        let budget = |kind, subject, burst, every| RateLimit { kind, subject, burst, every };
        if limits.sign_ins == 0 {
            return Vec::new();
        }
        let mut budgets = match self.own(source) {
            Some(own) => vec![budget(own_kind, own, limits.sign_ins, minute)],
            None => vec![
                budget("sign_in", self.from(source), limits.sign_ins, minute),
                budget("sign_in_peer", of_network(source), limits.sign_ins_per_peer, share(minute, limits.sign_ins_per_peer)),
            ],
        };
        budgets.retain(|budget| budget.burst > 0);
        budgets
    }

    /// The subject of this person or name together with this network.
    fn from(&self, source: &Source) -> i64 {
        rate_limits::subject("from network", &[&self.subject.to_be_bytes(), &source.network().octets()])
    }

    /// The budgets of a code. All codes that strangers request for one person are limited too, so that nobody fills a mailbox
    /// from many networks. That limit does not apply to the holder of a link, a known browser or a network from which the
    /// person signed in recently, since strangers could otherwise keep the person out.
    pub(super) fn code_budgets(&self, limits: &Limits, source: &Source, is_known_network: bool) -> Vec<RateLimit> {
        let budget = |kind, subject, burst, every| RateLimit { kind, subject, burst, every };
        let (each, per_peer) = (TimeDelta::minutes(10), limits.codes_per_peer);
        let mut budgets = match self.own(source) {
            Some(own) => vec![budget("sign_in_code_own", own, CODES, each)],
            None => vec![
                budget("sign_in_code", self.from(source), CODES, each),
                budget("codes_of_peer", of_network(source), per_peer, share(TimeDelta::hours(1), per_peer)),
                budget("codes_for", self.subject, CODES_OF_STRANGERS, TimeDelta::minutes(2)),
            ],
        };
        budgets.retain(|budget| budget.burst > 0 && !(is_known_network && budget.kind == "codes_for"));
        budgets
    }
}

/// Codes for one person from one network, or with one browser or link: this many at once, then one in ten minutes.
const CODES: u32 = 3;
/// Codes for one person that strangers request, from all networks.
const CODES_OF_STRANGERS: u32 = 30;

/// The subject by which a person's failures are counted.
pub(super) fn subject_of(user: UserId) -> i64 {
    rate_limits::subject("person", &[&user.0.to_be_bytes()])
}

fn of_network(source: &Source) -> i64 {
    rate_limits::subject("network", &[&source.network().octets()])
}

pub(super) fn share(whole: TimeDelta, count: u32) -> TimeDelta {
    whole.checked_div(i32::try_from(count).unwrap_or(i32::MAX)).unwrap_or(whole)
}

/// A browser's cookie about the people who signed in with it: for each the time of the last sign-in and a random number, sealed
/// with the instance's key, the person's address and their password's hash, so that changing either invalidates it. It gives a
/// limit of its own and no right; a [remembered browser](super::remembered_browser) is another thing.
#[derive(Clone)]
pub struct KnownBrowser {
    keys: Links,
    entries: Vec<Entry>,
}

#[derive(Clone)]
struct Entry {
    user: i64,
    /// The time of the last sign-in, in microseconds.
    at: i64,
    nonce: [u8; NONCE_BYTES],
    seal: [u8; SEAL_BYTES],
}

impl Entry {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (user, rest) = bytes.split_first_chunk::<8>()?;
        let (at, rest) = rest.split_first_chunk::<8>()?;
        let (nonce, seal) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let (user, at) = (i64::from_be_bytes(*user), i64::from_be_bytes(*at));
        Some(Self { user, at, nonce: *nonce, seal: seal.try_into().ok()? })
    }
}

impl KnownBrowser {
    /// Parses a cookie without verifying it.
    pub fn read(keys: Links, cookie: &str) -> Self {
        let bytes = if cookie.len() <= 1_024 { URL_SAFE_NO_PAD.decode(cookie).unwrap_or_default() } else { Vec::new() };
        let entries = bytes.chunks(ENTRY_BYTES).map_while(Entry::read).take(BROWSER_PEOPLE).collect();
        Self { keys, entries }
    }

    /// The cookie's value after this person has signed in.
    pub fn with(&self, rng: &Rng, user: &User, now: DateTime<Utc>) -> Result<String, RngError> {
        let fresh = rng.bytes()?;
        let nonce = self.nonce_of(user).unwrap_or(fresh);
        let at = now.timestamp_micros();
        let own = Entry { user: user.id.0, at, nonce, seal: self.seal(user, at, &nonce) };
        let others = self.entries.iter().filter(|entry| entry.user != user.id.0).take(BROWSER_PEOPLE - 1);
        let bytes: Vec<u8> = std::iter::once(&own)
            .chain(others)
            .flat_map(|entry| [&entry.user.to_be_bytes()[..], &entry.at.to_be_bytes(), &entry.nonce, &entry.seal].concat())
            .collect();
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The number of this browser for a person who signed in with it.
    fn nonce_of(&self, user: &User) -> Option<[u8; NONCE_BYTES]> {
        self.entry_of(user).map(|entry| entry.nonce)
    }

    /// The time of the last sign-in of a person with this browser.
    pub fn last_visit(&self, user: &User) -> Option<DateTime<Utc>> {
        self.entry_of(user).and_then(|entry| DateTime::from_timestamp_micros(entry.at))
    }

    fn entry_of(&self, user: &User) -> Option<&Entry> {
        let entry = self.entries.iter().find(|entry| entry.user == user.id.0)?;
        bool::from(self.seal(user, entry.at, &entry.nonce).ct_eq(&entry.seal)).then_some(entry)
    }

    fn seal(&self, user: &User, at: i64, nonce: &[u8; NONCE_BYTES]) -> [u8; SEAL_BYTES] {
        let password = user.password_hash.as_deref().unwrap_or_default();
        let parts = [&user.id.0.to_be_bytes()[..], &at.to_be_bytes(), nonce, user.email.as_str().as_bytes(), password.as_bytes()];
        let whole = self.keys.seal_for("known browser", &parts);
        let mut seal = [0; SEAL_BYTES];
        seal.iter_mut().zip(whole).for_each(|(place, byte)| *place = byte);
        seal
    }
}
