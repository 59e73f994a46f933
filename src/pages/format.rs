//! People, things, levels and dates as the pages say them.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::message::Sentence;
use crate::domain::{Address, Bundle, Level, Until, User};
use crate::i18n::Language;
use crate::mail::sanitize;

/// Whose language and calendar a page speaks.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    language: Language,
    zone: Tz,
}

impl From<&User> for Reader {
    fn from(user: &User) -> Self {
        Self { language: Language::new(&user.locale, &user.time_zone), zone: user.time_zone.parse().unwrap_or(Tz::UTC) }
    }
}

/// Whose something is, seen from who reads about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    Yours,
    Theirs,
}

impl Reader {
    /// Somebody of whom nothing is known but what their browser asks for.
    pub(super) fn accepting(languages: &str) -> Self {
        Self { language: Language::accepted(languages, "UTC"), zone: Tz::UTC }
    }

    /// A sentence in their language.
    pub(super) fn say(&self, key: &'static str) -> Sentence<'_> {
        Sentence::new(&self.language, key)
    }

    /// For HTML's `lang`.
    pub(super) fn lang(&self) -> String {
        self.language.code()
    }

    /// The zone of their clock: "Europe/Zurich".
    pub(super) const fn zone(&self) -> Tz {
        self.zone
    }

    /// "3 Dec 2026, 14:05 (Europe/Zurich)".
    pub(super) fn moment(&self, at: DateTime<Utc>) -> String {
        self.language.moment(at).unwrap_or_else(|_| at.format("%Y-%m-%d %H:%M UTC").to_string())
    }

    /// The same for a moment that must be over before something goes: the next whole minute.
    pub(super) fn moment_after(&self, at: DateTime<Utc>) -> String {
        self.moment(at.checked_add_signed(TimeDelta::milliseconds(59_999)).unwrap_or(at))
    }

    /// "3 Dec 2026".
    pub(super) fn day(&self, at: DateTime<Utc>) -> String {
        self.language.day(at).unwrap_or_else(|_| at.format("%Y-%m-%d").to_string())
    }

    /// "until 3 Dec 2026, 14:05 (UTC)", "for 90 days, counted from your yes", "no end date".
    pub(super) fn how_long(&self, until: Option<Until>) -> String {
        match until {
            None => self.say("how-long-open").to_string(),
            Some(Until::At(at)) => self.say("how-long-moment").with("moment", self.moment(at)).to_string(),
            Some(Until::For(length)) => {
                let length = self.language.length(length).unwrap_or_else(|_| format!("{} s", length.num_seconds()));
                self.say("how-long-from-yes").with("length", length).to_string()
            }
        }
    }

    /// What a bundle, a resource or an app is called.
    pub(super) fn name(&self, text: &str) -> String {
        let name = sanitize::for_page(text);
        if name.is_empty() { self.say("pages-nameless").to_string() } else { name }
    }

    /// What access is to: "Sleep data", or, of a relationship, "your data, as coach".
    pub(super) fn thing(&self, bundle: &Bundle, whose: Whose) -> String {
        let name = self.name(&bundle.name);
        match (bundle.owner, whose) {
            (Some(_), _) => name,
            (None, Whose::Yours) => self.say("pages-thing-yours").with("name", name).to_string(),
            (None, Whose::Theirs) => self.say("pages-thing-theirs").with("name", name).to_string(),
        }
    }

    /// "view and change".
    pub(super) fn level(&self, level: Level) -> String {
        self.say("pages-level").with("level", level).to_string()
    }

    /// What a level means: "look at it and change it".
    pub(super) fn explained(&self, level: Level) -> String {
        self.say("pages-explained").with("level", level).to_string()
    }

    /// The day of a moment on the reader's calendar, as a date field has it.
    pub(super) fn date(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format("%Y-%m-%d").to_string()
    }

    /// The last minute of a day on the reader's calendar.
    pub(super) fn end_of(&self, date: &str) -> Option<DateTime<Utc>> {
        let date = NaiveDate::parse_from_str(date, "%Y-%m-%d")
            .ok()
            .filter(|date| (1970..=9_998).contains(&chrono::Datelike::year(date)))?;
        let late = date.and_time(NaiveTime::from_hms_opt(23, 59, 0)?);
        // Where a clock is set at midnight that minute may not be there, or twice: then the next day's beginning.
        let local = self.zone.from_local_datetime(&late).latest();
        local.or_else(|| self.zone.from_local_datetime(&late.checked_add_days(Days::new(1))?).latest()).map(|at| at.to_utc())
    }
}

/// Somebody on a page: the name they gave, if any, and the address, which is what can be trusted.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// The name, or the address where there is none.
    pub(super) name: String,
    /// The address, where the name is not that already.
    pub(super) address: Option<String>,
}

impl From<&User> for Person {
    fn from(user: &User) -> Self {
        if user.is_hidden() {
            return Self { name: user.called(), address: None };
        }
        let address = user.email.to_string();
        let name = sanitize::for_page(&format!("{} {}", user.first_name, user.last_name));
        if name.is_empty() { Self { name: address, address: None } } else { Self { name, address: Some(address) } }
    }
}

impl Person {
    /// "Bob Lee (bob@example.org)".
    pub(super) fn in_full(&self) -> String {
        self.address.as_ref().map_or_else(|| self.name.clone(), |address| format!("{} ({address})", self.name))
    }
}

impl Person {
    /// Of somebody whose address is not the reader's to learn: the name, or the masked address.
    pub(super) fn named_or_masked(user: &User) -> String {
        let person = Self::from(user);
        // Of somebody hidden there is nothing that the reader did not say themselves.
        if person.address.is_some() || user.is_hidden() { person.name } else { masked(&user.email) }
    }
}

/// An address as its owner knows it and nobody else can write to it.
pub(super) fn masked(address: &Address) -> String {
    address.masked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_to_wait_for_is_never_told_too_early() {
        let reader = Reader::accepting("en");
        let after = |text: &str| reader.moment_after(text.parse().unwrap());
        assert_eq!(after("2026-12-03T12:00:00Z"), "3 Dec 2026, 12:00 (UTC)");
        assert_eq!(after("2026-12-03T12:00:00.001Z"), "3 Dec 2026, 12:01 (UTC)");
        assert_eq!(after("2026-12-03T12:00:59.9Z"), "3 Dec 2026, 12:01 (UTC)");
    }

    #[test]
    fn a_day_ends_by_the_readers_clock() {
        let reader = |zone: &str| Reader { language: Language::new("en", zone), zone: zone.parse().unwrap() };
        let end = |zone, date| reader(zone).end_of(date).map(|at| at.to_rfc3339());
        assert_eq!(end("Europe/Zurich", "2026-12-03").as_deref(), Some("2026-12-03T22:59:00+00:00"));
        assert_eq!(end("UTC", "2026-12-03").as_deref(), Some("2026-12-03T23:59:00+00:00"));
        for odd in ["", "3 Dec", "2026-02-30", "99999-01-01", "-5-01-01"] {
            assert_eq!(end("UTC", odd), None, "{odd}");
        }
    }
}
