//! A length of time in the settings.

use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Deserializer};
use toml::Value;

/// Longer ones would overflow when added to a moment.
const MOST: Duration = Duration::from_hours(36_500 * 24);

/// A length of time, written as a number and a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub(super) Duration);

impl Span {
    /// For timers.
    pub const fn duration(self) -> Duration {
        self.0
    }

    /// For arithmetic with moments.
    pub fn delta(self) -> TimeDelta {
        TimeDelta::from_std(self.0).unwrap_or(TimeDelta::MAX)
    }

    /// Reads `90s`, `15m`, `12h`, `7d`; 100 years at most.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (number, seconds) = match text.char_indices().next_back()? {
            (at, 's') => (text.get(..at)?, 1),
            (at, 'm') => (text.get(..at)?, 60),
            (at, 'h') => (text.get(..at)?, 3_600),
            (at, 'd') => (text.get(..at)?, 86_400),
            _ => return None,
        };
        let number: u64 = number.parse().ok()?;
        let span = Duration::from_secs(number.checked_mul(seconds)?);
        (span <= MOST).then_some(Self(span))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const HOW: &str =
            "write a number and a unit in quotes, like \"90s\", \"15m\", \"12h\" or \"7d\", of 100 years (\"36500d\") at most";
        let value = Value::deserialize(deserializer)?;
        value.as_str().and_then(Self::parse).ok_or_else(|| serde::de::Error::custom(HOW))
    }
}
