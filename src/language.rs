//! The reader's language and time zone: our sentences (Fluent, `templates/locales/<language>/*.ftl`, compiled in), dates,
//! lengths of time and lists.
//!
//! A language is a folder. What it does not say is said in English, and so is everything to a reader whose language we do
//! not have.

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};

static_loader! {
    static SENTENCES = {
        locales: "templates/locales",
        fallback_language: "en",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// What a sentence is filled with, by name.
pub type Args = HashMap<Cow<'static, str>, FluentValue<'static>>;

/// A sentence that no language has, or that asks for a value it was not given: a mistake of ours, found by the tests that
/// render each letter.
#[derive(Debug, thiserror::Error)]
#[error("the sentence `{0}` is not in templates/locales/en, or a value that it names was not given")]
pub struct NoSentence(String);

/// How to speak to one reader.
#[derive(Clone, Debug)]
pub struct Language {
    id: LanguageIdentifier,
    zone: Tz,
}

impl Language {
    /// The closest language that we have to `locale` (BCP 47), else English; the zone `time_zone` (IANA), else UTC.
    pub fn new(locale: &str, time_zone: &str) -> Self {
        let id = closest(locale).unwrap_or_else(|| SENTENCES.fallback().clone());
        Self { id, zone: time_zone.parse().unwrap_or(Tz::UTC) }
    }

    /// The language that a browser likes best of those we have, by its `Accept-Language` (RFC 9110 §12.5.4), else English.
    pub fn accepted(header: &str, time_zone: &str) -> Self {
        let mut wanted: Vec<(&str, f32)> = header
            .split(',')
            .filter_map(|part| {
                let (tag, parameter) = part.split_once(';').unwrap_or((part, ""));
                let weight = parameter.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse::<f32>().ok())?;
                (weight > 0.0).then_some((tag.trim(), weight))
            })
            .collect();
        // Stable: of equals, the first.
        wanted.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        let best = wanted.into_iter().map(|(tag, _)| tag).find(|tag| closest(tag).is_some());
        Self::new(best.unwrap_or_default(), time_zone)
    }

    /// Whether we have a locale's language; to who reads another we speak English.
    pub fn is_spoken(locale: &str) -> bool {
        closest(locale).is_some()
    }

    /// The languages that we have, by their tags.
    pub fn all() -> Vec<String> {
        let mut tags: Vec<String> = SENTENCES.locales().map(ToString::to_string).collect();
        tags.sort_unstable();
        tags
    }

    /// The language that is spoken, for HTML's `lang`.
    pub fn code(&self) -> String {
        self.id.to_string()
    }

    /// The sentence `key`, filled with `args`.
    pub fn say(&self, key: &str, args: &Args) -> Result<String, NoSentence> {
        // What stands in for a language is known beforehand; `try_lookup_complete` would negotiate it for each sentence.
        let in_english = || SENTENCES.lookup_single_language(SENTENCES.fallback(), key, Some(args)).ok();
        let said = SENTENCES.lookup_no_default_fallback(&self.id, key, Some(args)).or_else(in_english);
        said.ok_or_else(|| NoSentence(key.to_owned()))
    }

    /// A moment on the reader's clock, the zone named: "3 Dec 2026, 14:05 (Europe/Zurich)".
    pub fn moment(&self, at: DateTime<Utc>) -> Result<String, NoSentence> {
        self.say("moment", &self.clock(at))
    }

    /// The day of a moment on the reader's calendar: "3 Dec 2026".
    pub fn day(&self, at: DateTime<Utc>) -> Result<String, NoSentence> {
        self.say("day", &self.clock(at))
    }

    fn clock(&self, at: DateTime<Utc>) -> Args {
        let at = at.with_timezone(&self.zone);
        let mut args = Args::new();
        // Numbers, since French says "1er".
        args.insert("month".into(), at.month().into());
        args.insert("day".into(), at.day().into());
        for (name, value) in [
            ("year", at.year().to_string()),
            ("hour", format!("{:02}", at.hour())),
            ("minute", format!("{:02}", at.minute())),
            ("zone", self.zone.name().to_owned()),
        ] {
            args.insert(name.into(), value.into());
        }
        args
    }

    /// A length of time to the second: "90 days", "1 hour and 30 minutes".
    pub fn length(&self, length: TimeDelta) -> Result<String, NoSentence> {
        let parts = [
            ("days", length.num_days()),
            ("hours", length.num_hours() % 24),
            ("minutes", length.num_minutes() % 60),
            ("seconds", length.num_seconds() % 60),
        ];
        let mut said = Vec::new();
        for (unit, number) in parts {
            if number != 0 || (unit == "seconds" && said.is_empty()) {
                said.push(self.say(unit, &Args::from([("number".into(), number.into())]))?);
            }
        }
        self.list(&said)
    }

    /// "a", "a and b", "a, b and c".
    pub fn list(&self, words: &[String]) -> Result<String, NoSentence> {
        let Some((last, words)) = words.split_last() else { return Ok(String::new()) };
        let Some((first, words)) = words.split_first() else { return Ok(last.clone()) };
        let join = |key, before: String, after: &String| {
            self.say(key, &Args::from([("before".into(), before.into()), ("after".into(), after.clone().into())]))
        };
        let most = words.iter().try_fold(first.clone(), |before, after| join("list-more", before, after))?;
        join("list-last", most, last)
    }
}

/// The language that we have which is closest to a locale; none where we do not speak it.
fn closest(locale: &str) -> Option<LanguageIdentifier> {
    let wanted = locale.parse::<LanguageIdentifier>().ok()?;
    let same = SENTENCES.locales().filter(|have| have.language == wanted.language);
    same.min_by_key(|have| (**have != wanted, have.region.is_some(), have.to_string())).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn a_moment_is_told_by_the_readers_clock_and_names_its_zone() {
        let noon = at(1_796_303_100); // 2026-12-03 13:05 UTC
        assert_eq!(Language::new("en", "Europe/Zurich").moment(noon).unwrap(), "3 Dec 2026, 14:05 (Europe/Zurich)");
        assert_eq!(Language::new("en", "Pacific/Auckland").day(noon).unwrap(), "4 Dec 2026");
        assert_eq!(Language::new("en", "Mars/Olympus").moment(noon).unwrap(), "3 Dec 2026, 13:05 (UTC)");
        assert!(Language::new("en", "Asia/Tokyo").moment(DateTime::<Utc>::MAX_UTC).is_ok());
        assert!(Language::new("en", "America/New_York").moment(DateTime::<Utc>::MIN_UTC).is_ok());
    }

    #[test]
    fn a_length_is_told_in_whole_units() {
        let english = Language::new("en", "UTC");
        for (length, said) in [
            (TimeDelta::days(90), "90 days"),
            (TimeDelta::days(1), "1 day"),
            (TimeDelta::minutes(90), "1 hour and 30 minutes"),
            (TimeDelta::seconds(86_400 + 3_661), "1 day, 1 hour, 1 minute and 1 second"),
            (TimeDelta::zero(), "0 seconds"),
        ] {
            assert_eq!(english.length(length).unwrap(), said);
        }
    }

    #[test]
    fn who_speaks_what_we_do_not_is_spoken_to_in_english() {
        for locale in ["it-CH", "", "x", "zz-ZZ", "en_US", "en-GB", "\u{202E}", "a-very-long-nonsense"] {
            let language = Language::new(locale, "UTC");
            assert_eq!(language.code(), "en", "{locale:?}");
            assert!(language.day(at(0)).is_ok());
        }
    }

    #[test]
    fn a_browser_is_answered_in_the_language_that_it_likes_best_of_ours() {
        for (header, code) in [
            ("", "en"),
            ("*", "en"),
            ("de-CH,de;q=0.9,en;q=0.8", "de"),
            ("ja, fr;q=0.5, de;q=0.7", "de"),
            ("en;q=0.1, fr", "fr"),
            ("fr;q=0, de;q=0.1", "de"),
            ("fr;q=x, de", "de"),
            ("xx, en-GB;q=0.5, de;q=0.2", "en"),
            (",;;,q=1", "en"),
        ] {
            assert_eq!(Language::accepted(header, "UTC").code(), code, "{header:?}");
        }
    }

    #[test]
    fn every_language_folder_is_compiled_in() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/locales");
        let mut there: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        let mut compiled: Vec<String> = SENTENCES.locales().map(ToString::to_string).collect();
        there.sort();
        compiled.sort();
        assert_eq!(there, compiled, "a new folder is seen after `touch src/language.rs`");
    }
}
