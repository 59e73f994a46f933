//! People, things, levels and dates as the pages say them.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::domain::{Address, Bundle, Level, Until, User};
use crate::mail::language::Language;
use crate::mail::text;

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

impl Reader {
    /// Somebody of whom nothing is known.
    pub(super) fn anybody() -> Self {
        Self { language: Language::new("en", "UTC"), zone: Tz::UTC }
    }

    /// "3 Dec 2026, 14:05 (Europe/Zurich)".
    pub(super) fn moment(&self, at: DateTime<Utc>) -> String {
        self.language.moment(at).unwrap_or_else(|_| at.format("%Y-%m-%d %H:%M UTC").to_string())
    }

    /// "3 Dec 2026".
    pub(super) fn day(&self, at: DateTime<Utc>) -> String {
        self.language.day(at).unwrap_or_else(|_| at.format("%Y-%m-%d").to_string())
    }

    /// "until 3 Dec 2026, 14:05 (UTC)", "for 90 days, counted from the yes", "no end date".
    pub(super) fn how_long(&self, until: Option<Until>) -> String {
        match until {
            None => "no end date".to_owned(),
            Some(Until::At(at)) => format!("until {}", self.moment(at)),
            Some(Until::For(length)) => {
                let said = self.language.length(length).unwrap_or_else(|_| format!("{} seconds", length.num_seconds()));
                format!("for {said}, counted from your yes")
            }
        }
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
        let address = user.email.to_string();
        let name = text::shorten(&text::one_line(&format!("{} {}", user.first_name, user.last_name)), text::NAME_CHARS);
        if name.is_empty() { Self { name: address, address: None } } else { Self { name, address: Some(address) } }
    }
}

impl Person {
    /// "Bob Lee (bob@example.org)".
    pub(super) fn in_full(&self) -> String {
        self.address.as_ref().map_or_else(|| self.name.clone(), |address| format!("{} ({address})", self.name))
    }
}

/// An address as its owner knows it and nobody else can write to it.
pub(super) fn masked(address: &Address) -> String {
    address.masked()
}

/// A bundle's or an app's name.
pub(super) fn name(text: &str) -> String {
    let name = text::shorten(&text::one_line(text), text::NAME_CHARS);
    if name.is_empty() { "(without a name)".to_owned() } else { name }
}

/// What access is to: "Sleep data", or, of a relationship, "your data, as coach".
pub(super) fn thing(bundle: &Bundle, whose: &str) -> String {
    if bundle.owner.is_some() { name(&bundle.name) } else { format!("{whose} data, as {}", name(&bundle.name)) }
}

/// "You gave Bob … access".
pub(super) const fn level(level: Level) -> &'static str {
    match level {
        Level::View => "view",
        Level::Edit => "view and edit",
        Level::Contribute => "view, edit and add",
    }
}

/// "Bob would like to … Sleep data".
pub(super) const fn verb(level: Level) -> &'static str {
    match level {
        Level::View => "view",
        Level::Edit => "view and edit",
        Level::Contribute => "view, edit and add to",
    }
}

/// What a level means.
pub(super) const fn explained(level: Level) -> &'static str {
    match level {
        Level::View => "look at it, not change it",
        Level::Edit => "look at it and change it",
        Level::Contribute => "look at it, change it, add to it and remove from it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
