//! The supply of a measurement: pairs of people without a request, and unspent tokens.

use std::ops::Range;
use std::rc::Rc;

use anyhow::Result;

use crate::http::{self, Requests};
use crate::people::{self, Mailed, PEOPLE, People};

/// The requests in a database before a measurement.
const HISTORY: u64 = 10_000;

/// Pairs and tokens that are not used up yet.
pub(crate) struct Stock {
    next: u64,
    for_redeem: Vec<Mailed>,
    for_decline: Vec<Mailed>,
    for_check: Vec<Mailed>,
    redeemed: usize,
    declined: usize,
    signed_in: usize,
}

/// The path of requests.
pub(crate) const PATH: &str = "/api/bundle_permission_request/";

impl Stock {
    /// Files a history, and requests for the redemptions and declines.
    pub(crate) fn lay_in(people: &People, redeems: usize, declines: usize) -> Result<Self> {
        let first_no = HISTORY + u64::try_from(redeems)?;
        let first_check = first_no + u64::try_from(declines)?;
        let next = first_check + PEOPLE * 4;
        people.mail(0, HISTORY)?;
        let (for_redeem, for_decline) = (people.mail(HISTORY, first_no)?, people.mail(first_no, first_check)?);
        let for_check = people.mail(first_check, next)?;
        Ok(Self { next, for_redeem, for_decline, for_check, redeemed: 0, declined: 0, signed_in: 0 })
    }

    /// The tokens from `start` on.
    pub(crate) fn tokens(&self, start: usize, count: usize) -> &[Mailed] {
        self.for_redeem.get(start..start + count).unwrap_or_default()
    }

    /// Tokens that nothing else spends.
    pub(crate) fn take_tokens(&mut self, count: usize) -> Vec<Mailed> {
        let taken = self.tokens(self.redeemed, count).to_vec();
        self.redeemed += taken.len();
        taken
    }

    /// Pairs without a request.
    pub(crate) fn take(&mut self, count: usize) -> Result<Range<u64>> {
        let start = self.next;
        self.next += u64::try_from(count)?;
        Ok(start..self.next)
    }

    /// Filing calls, each for a pair without a request.
    pub(crate) fn filings(&mut self, people: &People, count: usize) -> Result<Requests> {
        let authorization = format!("Bearer {}", people.key);
        let filing = |n| {
            let pair = people.pair(n)?;
            let body = people::filing_body(pair.target.0, pair.allowed.0, pair.bundle.0);
            Ok(http::request("POST", PATH, &authorization, &body))
        };
        self.take(count)?.map(filing).collect::<Result<_>>().map(Rc::new)
    }

    /// Calls that each spend a token.
    pub(crate) fn redeems(&mut self, count: usize) -> Requests {
        let requests = self.tokens(self.redeemed, count).iter().map(|mailed| self.token_request("PUT", mailed)).collect();
        self.redeemed += count;
        Rc::new(requests)
    }

    /// Calls that each decline a request by its id, as its approver.
    pub(crate) fn declines(&mut self, count: usize) -> Requests {
        let open = self.for_decline.get(self.declined..self.declined + count).unwrap_or_default();
        let requests = open.iter().map(|mailed| self.person_request("DELETE", &mailed.request.0.to_string(), mailed.person));
        let requests = Rc::new(requests.collect());
        self.declined += count;
        requests
    }

    /// Calls that each check a token.
    pub(crate) fn checks(&self) -> Requests {
        Rc::new(self.for_check.iter().map(|mailed| self.token_request("GET", mailed)).collect())
    }

    /// Makes everybody sign in again (see [`people::basic`]).
    pub(crate) fn sign_in_anew(&mut self) {
        self.signed_in = (self.signed_in + 1) % 100;
    }

    fn token_request(&self, method: &str, mailed: &Mailed) -> Vec<u8> {
        self.person_request(method, &mailed.token, mailed.person)
    }

    fn person_request(&self, method: &str, key: &str, person: u64) -> Vec<u8> {
        let authorization = people::basic(&people::address_of(person), self.signed_in);
        http::request(method, &format!("{PATH}{key}/"), &authorization, "")
    }
}
