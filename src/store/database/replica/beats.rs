//! Which beats were given when, and which of them the replica has shown.

use std::collections::VecDeque;
use std::time::Instant;

/// An hour's and more.
const KEPT: usize = 4_096;

#[derive(Default)]
pub(super) struct Beats {
    last: i64,
    first: Option<Instant>,
    /// By number, the oldest first. All that was answered before the moment is in the beat.
    given: VecDeque<(i64, Instant)>,
    /// The newest that was shown.
    seen: Option<Instant>,
}

impl Beats {
    /// The next one's number. It counts from now on, whether or not it arrives.
    pub(super) fn give(&mut self, now: Instant) -> i64 {
        self.last += 1;
        self.first.get_or_insert(now);
        if self.given.len() >= KEPT {
            self.given.pop_front();
        }
        self.given.push_back((self.last, now));
        self.last
    }

    /// When this one was given that was shown; none where that is too long ago, or no beat of ours.
    pub(super) fn see(&mut self, beat: i64) -> Option<Instant> {
        let at = self.given.binary_search_by_key(&beat, |(number, _)| *number).ok()?;
        let (_, given) = *self.given.get(at)?;
        self.seen = self.seen.max(Some(given));
        Some(given)
    }

    /// When the newest was given that was ever shown.
    pub(super) const fn seen(&self) -> Option<Instant> {
        self.seen
    }

    /// When the first was given.
    pub(super) const fn first(&self) -> Option<Instant> {
        self.first
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_beat_is_as_old_as_when_it_was_given_and_others_are_unknown() {
        let (mut beats, start) = (Beats::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!((beats.see(0), beats.see(1), beats.seen(), beats.first()), (None, None, None, None));
        let given: Vec<_> = (0..5).map(|second| beats.give(at(second))).collect();
        assert_eq!((beats.see(given[3]), beats.see(given[1])), (Some(at(3)), Some(at(1))));
        assert_eq!(beats.seen(), Some(at(3)), "an older look takes nothing back");
        assert_eq!((beats.see(given[4] + 1), beats.see(-1)), (None, None));
        assert_eq!(beats.first(), Some(at(0)));
    }

    #[test]
    fn the_oldest_are_forgotten_and_the_first_moment_is_not() {
        let (mut beats, start) = (Beats::default(), Instant::now());
        let first = beats.give(start);
        for _ in 1..KEPT {
            beats.give(start);
        }
        assert_eq!(beats.see(first), Some(start));
        let last = beats.give(start + Duration::from_secs(1));
        assert_eq!((beats.see(first), beats.see(last)), (None, Some(start + Duration::from_secs(1))));
        assert_eq!((beats.first(), beats.given.len()), (Some(start), KEPT));
    }
}
