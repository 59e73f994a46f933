//! Who changed something last when: they are told of nothing older.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::domain::Caller;

/// As many are remembered at most.
const MOST: usize = 65_536;

/// Somebody who changes things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::store) enum Who {
    User(i64),
    Key(i64),
}

impl Who {
    /// Whose deeds a caller's are: the person's, however they came, and the key's.
    pub(in crate::store) fn of(caller: &Caller) -> impl Iterator<Item = Self> {
        let user = caller.user.map(|id| Self::User(id.0));
        user.into_iter().chain(caller.key.map(|id| Self::Key(id.0)))
    }
}

#[derive(Default)]
pub(super) struct Wrote {
    last: HashMap<Who, Instant>,
    /// Anybody may have until then.
    all: Option<Instant>,
}

impl Wrote {
    /// Notes that they did at this moment. What is longer ago than lists are behind tells nothing.
    pub(super) fn note(&mut self, by: &[Who], now: Instant, lag: Duration) {
        if self.last.len() >= MOST {
            self.last.retain(|_, at| now.saturating_duration_since(*at) <= lag);
            if self.last.len() > MOST / 2 {
                self.last.clear();
                self.all = Some(now);
            }
        }
        self.last.extend(by.iter().map(|who| (*who, now)));
    }

    /// When one of them did last, as far as that matters.
    pub(super) fn last(&self, who: impl Iterator<Item = Who>) -> Option<Instant> {
        who.filter_map(|who| self.last.get(&who).copied()).chain(self.all).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Credential, KeyId, UserId};

    const LAG: Duration = Duration::from_secs(2);

    fn of(wrote: &Wrote, who: Who) -> Option<Instant> {
        wrote.last(std::iter::once(who))
    }

    #[test]
    fn what_somebody_did_by_a_key_they_did_and_the_key_did() {
        let (mut wrote, now) = (Wrote::default(), Instant::now());
        let caller = Caller { key: Some(KeyId(7)), ..Caller::person(UserId(3), false, Credential::Key) };
        wrote.note(&Who::of(&caller).collect::<Vec<_>>(), now, LAG);
        assert_eq!((of(&wrote, Who::User(3)), of(&wrote, Who::Key(7))), (Some(now), Some(now)));
        assert_eq!((of(&wrote, Who::User(7)), of(&wrote, Who::Key(3))), (None, None));
        let later = now + Duration::from_secs(1);
        wrote.note(&[Who::User(3)], later, LAG);
        assert_eq!(wrote.last(Who::of(&caller)), Some(later), "the last deed of either counts");
        assert_eq!(wrote.last(Who::of(&Caller::operator())), None);
    }

    #[test]
    fn of_more_than_can_be_remembered_everybody_may_have_done_something() {
        let (mut wrote, start) = (Wrote::default(), Instant::now());
        for number in 0..i64::try_from(MOST).unwrap() {
            wrote.note(&[Who::User(number)], start, LAG);
        }
        assert_eq!(of(&wrote, Who::User(-1)), None);
        let soon = start + LAG;
        wrote.note(&[Who::User(-2)], soon, LAG);
        assert_eq!((of(&wrote, Who::User(-1)), of(&wrote, Who::User(0))), (Some(soon), Some(soon)));
        assert_eq!(wrote.last.len(), 1);
    }

    #[test]
    fn what_is_longer_ago_than_lists_are_behind_is_forgotten_first() {
        let (mut wrote, start) = (Wrote::default(), Instant::now());
        for number in 0..i64::try_from(MOST).unwrap() {
            wrote.note(&[Who::User(number)], start, LAG);
        }
        let later = start + LAG + Duration::from_millis(1);
        wrote.note(&[Who::User(-2)], later, LAG);
        assert_eq!((of(&wrote, Who::User(0)), of(&wrote, Who::User(-2)), wrote.all), (None, Some(later), None));
    }
}
