//! People, resources, levels and dates on pages.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::message::Sentence;
use crate::config::Instance;
use crate::domain::{Address, Bundle, Level, RequestState, Until, User, WhyCancelled};
use crate::i18n::Language;
use crate::mail::emails::{self, Giver};
use crate::mail::sanitize;
use crate::workflow::requests::view::RequestView;

/// The language and time zone of a page's reader.
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

/// A language and a time zone that somebody chose.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    pub(super) locale: String,
    pub(super) zone: Tz,
}

impl Chosen {
    /// Of languages that we have and time zones that there are.
    pub(super) fn read(locale: &str, zone: &str) -> Option<Self> {
        let locale = Language::all().into_iter().find(|have| have == locale)?;
        Some(Self { locale, zone: zone.parse().ok()? })
    }
}

impl From<&Chosen> for Reader {
    fn from(chosen: &Chosen) -> Self {
        Self { language: Language::new(&chosen.locale, chosen.zone.name()), zone: chosen.zone }
    }
}

/// Waits that are shorter than this are shown as a length of time, others as a moment.
const SHORT_WAIT: TimeDelta = TimeDelta::days(1);

/// Whose data it is, from the reader's point of view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    Yours,
    Theirs,
}

impl Reader {
    /// Somebody who is signed in: in the language and time zone that they chose, or in those of the browser until they choose.
    pub(super) fn signed_in(user: &User, chosen: Option<&Chosen>, languages: &str) -> Self {
        match chosen {
            _ if user.is_language_chosen => Self::from(user),
            Some(chosen) => chosen.into(),
            None => {
                let zone = user.time_zone.parse().unwrap_or(Tz::UTC);
                Self { language: Language::accepted(languages, &user.locale, zone.name()), zone }
            }
        }
    }

    /// The name of their time zone.
    pub(super) fn zone(&self) -> &'static str {
        self.zone.name()
    }

    /// A reader of whom only the browser's languages are known; everything else is the instance's.
    pub(super) fn accepting(languages: &str, instance: &Instance) -> Self {
        let zone = instance.time_zone;
        Self { language: Language::accepted(languages, &instance.language, zone.name()), zone }
    }

    /// For a page that is read at `now`.
    pub(super) fn at(self, now: DateTime<Utc>) -> Self {
        Self { language: self.language.at(now), ..self }
    }

    /// A sentence in their language.
    pub(super) fn say(&self, key: &'static str) -> Sentence<'_> {
        Sentence::new(&self.language, key)
    }

    /// For HTML's `lang`.
    pub(super) fn lang(&self) -> String {
        self.language.code()
    }

    /// The sentence that names their time zone.
    pub(super) fn zone_note(&self) -> String {
        self.language.zone_note().unwrap_or_else(|_| self.zone.to_string())
    }

    /// "Thursday 3 December, 14:05".
    pub(super) fn moment(&self, at: DateTime<Utc>) -> String {
        self.language.moment(at).unwrap_or_else(|_| at.format("%Y-%m-%d %H:%M UTC").to_string())
    }

    /// The same, rounded up to the next whole minute, for a moment that must have passed.
    pub(super) fn moment_after(&self, at: DateTime<Utc>) -> String {
        self.moment(at.checked_add_signed(TimeDelta::milliseconds(59_999)).unwrap_or(at))
    }

    /// When to try again: "Try again in 10 minutes."
    pub(super) fn try_again(&self, now: DateTime<Utc>, from: DateTime<Utc>) -> String {
        let minutes = TimeDelta::minutes(((from - now).num_milliseconds() + 59_999) / 60_000).max(TimeDelta::minutes(1));
        match self.language.length(minutes) {
            Ok(length) if minutes < SHORT_WAIT => self.say("trouble-again-in").with("length", length).to_string(),
            _ => self.say("trouble-again").with("moment", self.moment_after(from)).to_string(),
        }
    }

    /// "a, b and c".
    pub(super) fn list(&self, words: &[String]) -> String {
        self.language.list(words).unwrap_or_else(|_| words.join(", "))
    }

    /// "3 December".
    pub(super) fn day(&self, at: DateTime<Utc>) -> String {
        self.language.day(at).unwrap_or_else(|_| at.format("%Y-%m-%d").to_string())
    }

    /// "until Thursday 3 December, 14:05", "for 90 days from when you approve", "until you stop sharing".
    pub(super) fn how_long(&self, until: Option<Until>, giver: Giver) -> String {
        self.how_long_by(until, giver, None)
    }

    /// The same; `name` is the person who can stop sharing, if not the reader.
    pub(super) fn how_long_by(&self, until: Option<Until>, giver: Giver, name: Option<&str>) -> String {
        emails::how_long(&self.language, until, giver, name, "how-long-from-yes").unwrap_or_else(|error| {
            tracing::error!(%error, "a page lacks a sentence");
            String::new()
        })
    }

    /// The name of a bundle, a resource or an app.
    pub(super) fn name(&self, text: &str) -> String {
        let name = sanitize::for_page(text);
        if name.is_empty() { self.say("pages-nameless").to_string() } else { name }
    }

    /// The data that access is to, within a sentence: in quotes, unless it is a relationship.
    pub(super) fn quoted_thing(&self, bundle: &Bundle, whose: Whose) -> String {
        let thing = self.thing(bundle, whose);
        if bundle.owner.is_some() { self.quoted(&thing) } else { thing }
    }

    /// A name in the quotes of the language.
    pub(super) fn quoted(&self, name: &str) -> String {
        self.say("thing-named").with("name", name).to_string()
    }

    /// The data that access is to: "Sleep data", or for a relationship "your data as coach".
    pub(super) fn thing(&self, bundle: &Bundle, whose: Whose) -> String {
        let name = self.name(&bundle.name);
        match (bundle.owner, whose) {
            (Some(_), _) => name,
            (None, Whose::Yours) => self.say("pages-thing-yours").with("name", name).to_string(),
            (None, Whose::Theirs) => self.say("pages-thing-theirs").with("name", name).to_string(),
        }
    }

    /// The link to the decision page: "Review Bob Lee's request". Of an offer only the email names its maker.
    pub(super) fn review(&self, view: &RequestView) -> String {
        let who = Person::from(&view.allowed).name;
        self.say("inbox-review").with("kind", view.request.kind.as_str()).with("who", who).to_string()
    }

    /// "View and change", by itself.
    pub(super) fn level_label(&self, level: Level) -> String {
        self.say("level-label").with("level", level).to_string()
    }

    /// The day of a moment in the reader's time zone, as in a date field.
    pub(super) fn date(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format("%Y-%m-%d").to_string()
    }

    /// The last minute of a day in the reader's time zone.
    pub(super) fn end_of(&self, date: &str) -> Option<DateTime<Utc>> {
        let date = NaiveDate::parse_from_str(date, "%Y-%m-%d")
            .ok()
            .filter(|date| (1970..=9_998).contains(&chrono::Datelike::year(date)))?;
        let late = date.and_time(NaiveTime::from_hms_opt(23, 59, 0)?);
        // If a clock change at midnight makes that minute missing or ambiguous, the next day's beginning is used.
        let local = self.zone.from_local_datetime(&late).latest();
        local.or_else(|| self.zone.from_local_datetime(&late.checked_add_days(Days::new(1))?).latest()).map(|at| at.to_utc())
    }
}

/// A person on a page: their own name, if any, and the address, which can be trusted.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// The name, or the address if there is none.
    pub(super) name: String,
    /// The address, unless it is the name.
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
    /// The first letters of the first and the last name, or of the address; none for a hidden person.
    pub(super) fn initials(&self) -> String {
        let mut letters = self.name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphabetic()));
        let first = letters.next();
        first.into_iter().chain(letters.next_back()).flat_map(char::to_uppercase).collect()
    }

    /// "Bob Lee (bob@example.org)".
    pub(super) fn in_full(&self) -> String {
        self.address.as_ref().map_or_else(|| self.name.clone(), |address| format!("{} ({address})", self.name))
    }
}

impl Person {
    /// For a reader who may not learn the address: the name, or the masked address.
    pub(super) fn named_or_masked(user: &User) -> String {
        let person = Self::from(user);
        // Only the reader's own name for a hidden person is shown.
        if person.address.is_some() || user.is_hidden() { person.name } else { masked(&user.email) }
    }
}

/// An address in a form that its owner recognises but nobody else can write to.
pub(super) fn masked(address: &Address) -> String {
    address.masked()
}

/// The sentence for why a request was cancelled. One whose cause is unknown is about something that is gone.
pub(super) const fn why_cancelled(why: Option<WhyCancelled>) -> &'static str {
    match why {
        Some(WhyCancelled::RequesterGone) => "told-why-asker-gone",
        Some(WhyCancelled::ApproverGone) => "told-why-decider-gone",
        Some(WhyCancelled::OffererNotOwner) => "told-why-not-owner",
        Some(WhyCancelled::GranteeIsOwner) => "told-why-owner-now",
        Some(WhyCancelled::AppGone) => "told-why-app",
        Some(WhyCancelled::Removed) => "told-why-admin",
        Some(WhyCancelled::ThingGone) | None => "told-why-gone",
    }
}

/// The words for the state of a request.
pub(super) const fn state_key(state: RequestState) -> &'static str {
    match state {
        RequestState::Pending => "state-pending",
        RequestState::Approved => "state-approved",
        RequestState::Declined => "state-declined",
        RequestState::Withdrawn => "state-withdrawn",
        RequestState::Expired => "state-expired",
        RequestState::Cancelled => "state-cancelled",
        RequestState::Failed => "state-failed",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::config::Config;

    #[test]
    fn each_cause_of_a_cancellation_has_its_own_sentence_in_each_language() {
        for language in ["en", "de", "fr"] {
            let reader = Reader::accepting(language, &Config::defaults().unwrap().instance);
            let sentence = |why: &WhyCancelled| reader.say(why_cancelled(Some(*why))).to_string();
            let said: BTreeSet<String> = WhyCancelled::ALL.iter().map(sentence).collect();
            assert_eq!(said.len(), WhyCancelled::ALL.len(), "{language}: {said:?}");
            assert!(said.iter().all(|sentence| sentence.contains(' ')), "{language}: {said:?}");
        }
    }

    #[test]
    fn initials_are_those_of_the_first_and_the_last_name() {
        for (name, initials) in [
            ("Bob Stone", "BS"),
            ("bob", "B"),
            ("Dr. Ann van Lee", "DL"),
            ("a.person@example.org", "A"),
            ("#12", ""),
            ("émile ß", "ÉSS"),
        ] {
            assert_eq!(Person { name: name.to_owned(), address: None }.initials(), initials, "{name}");
        }
    }

    #[test]
    fn a_moment_to_wait_for_is_rounded_up() {
        let reader = Reader::accepting("en", &Config::defaults().unwrap().instance);
        let after = |text: &str| reader.moment_after(text.parse().unwrap());
        assert_eq!(after("2026-12-03T12:00:00Z"), "Thursday 3 December 2026, 12:00");
        assert_eq!(after("2026-12-03T12:00:00.001Z"), "Thursday 3 December 2026, 12:01");
        assert_eq!(after("2026-12-03T12:00:59.9Z"), "Thursday 3 December 2026, 12:01");
    }

    #[test]
    fn a_short_wait_is_a_length_of_time_that_is_never_too_short() {
        let now: DateTime<Utc> = "2026-12-03T12:00:00Z".parse().unwrap();
        let reader = Reader::accepting("en", &Config::defaults().unwrap().instance).at(now);
        let again = |seconds| reader.try_again(now, now + TimeDelta::seconds(seconds));
        assert_eq!(again(-5), "Try again in 1 minute.");
        assert_eq!(again(0), "Try again in 1 minute.");
        assert_eq!(again(60), "Try again in 1 minute.");
        assert_eq!(again(61), "Try again in 2 minutes.");
        assert_eq!(again(3 * 3_600 - 1), "Try again in 3 hours.");
        assert_eq!(again(24 * 3_600), "Try again after Friday 4 December, 12:00.");
    }

    #[test]
    fn a_day_ends_in_the_readers_time_zone() {
        let reader = |zone: &str| Reader { language: Language::new("en", zone), zone: zone.parse().unwrap() };
        let end = |zone, date| reader(zone).end_of(date).map(|at| at.to_rfc3339());
        assert_eq!(end("Europe/Zurich", "2026-12-03").as_deref(), Some("2026-12-03T22:59:00+00:00"));
        assert_eq!(end("UTC", "2026-12-03").as_deref(), Some("2026-12-03T23:59:00+00:00"));
        for odd in ["", "3 Dec", "2026-02-30", "99999-01-01", "-5-01-01"] {
            assert_eq!(end("UTC", odd), None, "{odd}");
        }
    }
}
