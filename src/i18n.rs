//! The reader's language and time zone: sentences (Fluent, `templates/locales/<language>/*.ftl`, compiled in), dates, lengths
//! of time and lists.
//!
//! Each language is a folder. A sentence that it lacks is in English, and so is everything for a reader whose language we lack.

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};
use zeroize::Zeroizing;

static_loader! {
    static SENTENCES = {
        locales: "templates/locales",
        fallback_language: "en",
        // Each value stands between U+2068 and U+2069, so that a right-to-left name does not reorder the sentence around it.
        customise: |bundle| bundle.set_use_isolating(true),
    };
}

/// The values of a sentence, by name.
pub type Args = HashMap<Cow<'static, str>, FluentValue<'static>>;

/// A sentence that no language has, or that needs a value it was not given. The tests that render each email find such errors.
#[derive(Debug, thiserror::Error)]
#[error("the sentence `{0}` is not in templates/locales/en, or a value that it names was not given")]
pub struct NoSentence(String);

/// The language and time zone of one reader.
#[derive(Clone, Debug)]
pub struct Language {
    id: LanguageIdentifier,
    zone: Tz,
    /// The time of reading; dates in its year leave the year out.
    now: Option<DateTime<Utc>>,
}

impl Language {
    /// The closest language that we have to `locale` (BCP 47), else English, and the zone `time_zone` (IANA), else UTC.
    pub fn new(locale: &str, time_zone: &str) -> Self {
        let id = closest(locale).unwrap_or_else(|| SENTENCES.fallback().clone());
        Self { id, zone: time_zone.parse().unwrap_or(Tz::UTC), now: None }
    }

    /// For a text that is read at `now`: its dates name the year only if it is another one.
    #[must_use]
    pub fn at(self, now: DateTime<Utc>) -> Self {
        Self { now: Some(now), ..self }
    }

    /// The language that a browser prefers among ours, by its `Accept-Language` (RFC 9110 §12.5.4), else `fallback`.
    ///
    /// A range `de-CH` matches our `de` (lookup, RFC 4647 §3.4), and `*` each language that no other range matches. Among equal
    /// weights the first one counts. Elements outside the grammar, like `q=2`, are ignored.
    pub fn accepted(header: &str, fallback: &str, time_zone: &str) -> Self {
        let ranges: Vec<(&str, u16)> = header.split(',').filter_map(range).collect();
        let mut best: Option<(u16, usize, &LanguageIdentifier)> = None;
        // The fallback first, so that it is chosen if only `*` matches. The loader returns them in random order.
        let mut all: Vec<_> = SENTENCES.locales().collect();
        all.sort_by_key(|have| (have.to_string() != fallback, have.to_string()));
        for have in all {
            let named = |range: &str| range.parse().is_ok_and(|range: LanguageIdentifier| range.language == have.language);
            let among = |is_met: &dyn Fn(&str) -> bool| {
                let met = ranges.iter().enumerate().filter(|(_, (range, _))| is_met(range));
                met.map(|(place, (_, weight))| (*weight, place)).max_by_key(|(weight, place)| (*weight, usize::MAX - place))
            };
            let Some((weight, place)) = among(&named).or_else(|| among(&|range| range == "*")) else { continue };
            if weight > 0 && best.is_none_or(|(most, first, _)| weight > most || (weight == most && place < first)) {
                best = Some((weight, place, have));
            }
        }
        Self::new(&best.map_or_else(|| fallback.to_owned(), |(.., have)| have.to_string()), time_zone)
    }

    /// Whether we have a locale's language; readers of other languages get English.
    pub fn is_spoken(locale: &str) -> bool {
        closest(locale).is_some()
    }

    /// The name of a language in itself: "Deutsch".
    pub fn own_name(tag: &str) -> String {
        Self::new(tag, "UTC").say("language-name", &Args::new()).unwrap_or_else(|_| tag.to_owned())
    }

    /// The languages that we have, by their tags.
    pub fn all() -> Vec<String> {
        let mut tags: Vec<String> = SENTENCES.locales().map(ToString::to_string).collect();
        tags.sort_unstable();
        tags
    }

    /// The tag of the language in use, for HTML's `lang`.
    pub fn code(&self) -> String {
        self.id.to_string()
    }

    /// The sentence `key`, filled with `args`.
    pub fn say(&self, key: &str, args: &Args) -> Result<String, NoSentence> {
        // The fallback is always English; `try_lookup_complete` would negotiate it again for each sentence.
        let in_english = || SENTENCES.lookup_single_language(SENTENCES.fallback(), key, Some(args)).ok();
        let said = SENTENCES.lookup_no_default_fallback(&self.id, key, Some(args)).or_else(in_english);
        said.map(without_needless_marks).ok_or_else(|| NoSentence(key.to_owned()))
    }

    /// A moment in the reader's time zone: "Thursday 3 December, 14:05". [`Self::zone_note`] names the zone, once for all moments.
    pub fn moment(&self, at: DateTime<Utc>) -> Result<String, NoSentence> {
        self.say(if self.is_this_year(at) { "moment" } else { "moment-and-year" }, &self.clock(at))
    }

    /// The day of a moment in the reader's time zone: "3 December".
    pub fn day(&self, at: DateTime<Utc>) -> Result<String, NoSentence> {
        self.say(if self.is_this_year(at) { "day" } else { "day-and-year" }, &self.clock(at))
    }

    /// "All times are in the Europe/Zurich time zone."
    pub fn zone_note(&self) -> Result<String, NoSentence> {
        self.say("zone-note", &Args::from([("zone".into(), self.zone.name().replace('_', " ").into())]))
    }

    fn is_this_year(&self, at: DateTime<Utc>) -> bool {
        let year = |at: DateTime<Utc>| at.with_timezone(&self.zone).year();
        self.now.is_some_and(|now| year(now) == year(at))
    }

    fn clock(&self, at: DateTime<Utc>) -> Args {
        let at = at.with_timezone(&self.zone);
        let mut args = Args::new();
        // Numbers, since French writes "1er".
        for (name, number) in [("weekday", at.weekday().number_from_monday()), ("day", at.day()), ("month", at.month())] {
            args.insert(name.into(), number.into());
        }
        for (name, value) in
            [("year", at.year().to_string()), ("hour", format!("{:02}", at.hour())), ("minute", format!("{:02}", at.minute()))]
        {
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

/// First strong isolate and pop directional isolate (UAX #9), which keep a text's direction from changing the text around it.
pub const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

/// A text chosen by people, for use among other text: with isolates if it reads from right to left.
pub fn isolated(text: String) -> String {
    if text.chars().any(is_right_to_left) { format!("{}{text}{}", ISOLATE.0, ISOLATE.1) } else { text }
}

/// HTML with `<bdi>` in place of the isolates where an element may stand: in text between tags, but not in attributes or in
/// elements that contain only text.
pub fn with_bdi(html: &str) -> Option<Zeroizing<String>> {
    const TEXT_ONLY: [&str; 5] = ["title", "textarea", "option", "style", "script"];
    let marks = html.chars().filter(|c| *c == ISOLATE.0).count();
    if marks == 0 {
        return None;
    }
    // Allocated at once, since a growing buffer would leave copies of a link in memory.
    let mut out = Zeroizing::new(String::with_capacity(html.len() + 16 * marks));
    let mut text_only: Option<&str> = None;
    for (at, piece) in html.split('<').enumerate() {
        let (tag, text) = match piece.split_once('>') {
            _ if at == 0 => ("", piece),
            Some((tag, text)) => (tag, text),
            None => (piece, ""),
        };
        if at > 0 {
            let name = tag.split([' ', '\n']).next().unwrap_or_default();
            text_only = match text_only {
                Some(open) if name.strip_prefix('/') != Some(open) => Some(open),
                _ => TEXT_ONLY.into_iter().find(|only| *only == name),
            };
            out.push('<');
            out.push_str(tag);
            if tag.len() < piece.len() {
                out.push('>');
            }
        }
        for c in text.chars() {
            match c {
                c if text_only.is_some() => out.push(c),
                c if c == ISOLATE.0 => out.push_str("<bdi>"),
                c if c == ISOLATE.1 => out.push_str("</bdi>"),
                c => out.push(c),
            }
        }
    }
    Some(out)
}

/// Removes isolates around left-to-right text. Most text needs none, and an email stays ASCII.
fn without_needless_marks(mut text: String) -> String {
    if !text.chars().any(is_right_to_left) {
        text.retain(|c| c != ISOLATE.0 && c != ISOLATE.1);
        return text;
    }
    // For each open isolate: its position, and whether right-to-left text is within.
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut needless = Vec::new();
    for (at, c) in text.char_indices() {
        if c == ISOLATE.0 {
            open.push((at, false));
        } else if c == ISOLATE.1 {
            match open.pop() {
                Some((start, false)) => needless.extend([start, at]),
                Some((_, true)) => {}
                None => needless.push(at),
            }
        } else if is_right_to_left(c) {
            for (_, has) in &mut open {
                *has = true;
            }
        }
    }
    needless.extend(open.into_iter().map(|(at, _)| at));
    text.char_indices().filter(|(at, _)| !needless.contains(at)).map(|(_, c)| c).collect()
}

/// The blocks whose characters read from right to left, assigned or not (UAX #9, DerivedBidiClass.txt), and Arabic digits.
const fn is_right_to_left(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}' | '\u{10800}'..='\u{10FFF}'
        | '\u{1E800}'..='\u{1EFFF}')
}

/// One element of `Accept-Language`: a range and its weight in thousandths. None for an element outside the grammar.
fn range(element: &str) -> Option<(&str, u16)> {
    let (range, weight) = element.split_once(';').map_or((element, None), |(range, weight)| (range, Some(weight)));
    let range = range.trim_matches([' ', '\t']);
    let is_subtag = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_first = |part: &str| is_subtag(part) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_range =
        range == "*" || range.split('-').enumerate().all(|(at, part)| if at == 0 { is_first(part) } else { is_subtag(part) });
    let weight = match weight {
        None => 1000,
        Some(text) => thousandths(text.trim_matches([' ', '\t']).strip_prefix(['q', 'Q'])?.strip_prefix('=')?)?,
    };
    is_range.then_some((range, weight))
}

/// A weight (RFC 9110 §12.4.2): 0 to 1 with at most three digits after the dot.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.len() > 3 || !part.bytes().all(|byte| byte.is_ascii_digit()) || !matches!(whole, "0" | "1") {
        return None;
    }
    let weight = format!("{whole}{part:0<3}").parse().ok()?;
    (weight <= 1000).then_some(weight)
}

/// Our closest language to a locale; none if we have none.
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
    fn a_moment_is_in_the_readers_time_zone_which_a_note_names() {
        let noon = at(1_796_303_100); // 2026-12-03 13:05 UTC
        let zurich = Language::new("en", "Europe/Zurich");
        assert_eq!(zurich.moment(noon).unwrap(), "Thursday 3 December 2026, 14:05");
        assert_eq!(zurich.zone_note().unwrap(), "All times are in the Europe/Zurich time zone.");
        assert_eq!(Language::new("en", "Pacific/Auckland").day(noon).unwrap(), "4 December 2026");
        assert_eq!(Language::new("en", "Mars/Olympus").moment(noon).unwrap(), "Thursday 3 December 2026, 13:05");
        let new_york = Language::new("en", "America/New_York");
        assert_eq!(new_york.zone_note().unwrap(), "All times are in the America/New York time zone.");
        assert!(Language::new("en", "Asia/Tokyo").moment(DateTime::<Utc>::MAX_UTC).is_ok());
        assert!(Language::new("en", "America/New_York").moment(DateTime::<Utc>::MIN_UTC).is_ok());
    }

    #[test]
    fn the_year_is_named_only_if_it_is_another_one_for_the_reader() {
        let new_year = at(1_798_759_800); // 2026-12-31 23:30 UTC
        let london = Language::new("en", "Europe/London");
        assert_eq!(london.clone().at(at(1_796_303_100)).day(new_year).unwrap(), "31 December");
        assert_eq!(london.at(at(1_798_761_600)).day(new_year).unwrap(), "31 December 2026");
        let zurich = Language::new("en", "Europe/Zurich");
        assert_eq!(zurich.clone().at(at(1_796_303_100)).moment(new_year).unwrap(), "Friday 1 January 2027, 00:30");
        assert_eq!(zurich.at(at(1_798_761_600)).moment(new_year).unwrap(), "Friday 1 January, 00:30");
    }

    #[test]
    fn a_length_of_time_is_in_whole_units() {
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
    fn readers_of_other_languages_get_english() {
        for locale in ["it-CH", "", "x", "zz-ZZ", "en_US", "en-GB", "\u{202E}", "a-very-long-nonsense"] {
            let language = Language::new(locale, "UTC");
            assert_eq!(language.code(), "en", "{locale:?}");
            assert!(language.day(at(0)).is_ok());
        }
    }

    #[test]
    fn a_browser_gets_its_preferred_language_among_ours() {
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
            ("*;q=0.5, de;q=0.1", "en"),
            ("de;q=0.1, *;q=0.5", "en"),
            ("*, de;q=0.9", "en"),
            ("de, *;q=0.5", "de"),
            ("en;q=0.1, *;q=0.5, de;q=0.4", "fr"),
            ("en;q=0, *", "de"),
            ("en;q=0, de;q=0, *;q=0.1", "fr"),
            ("en;q=0, de;q=0, fr;q=0", "en"),
            ("fr;q=2, de;q=0.1", "de"),
            ("fr;q=1.001, de;q=0.1", "de"),
            ("fr;q=0.1234, de;q=0.1", "de"),
            ("fr;q=-1, de;q=0.1", "de"),
            ("fr;q=1e0, de;q=0.1", "de"),
            ("fr;q=NaN, de;q=0.1", "de"),
            ("fr;q=, de;q=0.1", "de"),
            ("fr;level=1, de;q=0.1", "de"),
            ("fr ; q=0.9 , de;q=0.95", "de"),
            ("FR;Q=1.000, de;q=0.999", "fr"),
            ("de;q=1., fr;q=0.9", "de"),
            ("de_CH, fr;q=0.1", "fr"),
            ("de-CH;q=0.9, en-US;q=0.9", "de"),
            ("de;q=0.1, de-AT;q=0.9, en;q=0.5", "de"),
        ] {
            assert_eq!(Language::accepted(header, "en", "UTC").code(), code, "{header:?}");
        }
        for (header, code) in [("", "de"), ("it", "de"), ("*", "de"), ("fr, *;q=0.5", "fr"), ("de;q=0, *", "en"), ("en", "en")] {
            assert_eq!(Language::accepted(header, "de", "UTC").code(), code, "{header:?}");
        }
    }

    #[test]
    fn only_right_to_left_text_is_isolated() {
        let english = Language::new("en", "UTC");
        let list = |words: &[&str]| english.list(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).unwrap();
        assert_eq!(list(&["Ann", "Bob"]), "Ann and Bob");
        assert_eq!(list(&["דן 7", "Bob"]), "\u{2068}דן 7\u{2069} and Bob");
        assert_eq!(list(&["Ann", "سارة", "Özil"]), "\u{2068}Ann, \u{2068}سارة\u{2069}\u{2069} and Özil");
        assert_eq!(isolated("Иван".into()), "Иван");
        assert_eq!(isolated("דן".into()), "\u{2068}דן\u{2069}");
        assert_eq!(without_needless_marks("\u{2069}א\u{2068}".into()), "א");
    }

    #[test]
    fn in_html_isolates_become_elements_where_elements_may_stand() {
        let html = "<title>\u{2068}א\u{2069}</title>\u{2068}א\u{2069}<p title=\"\u{2068}א\u{2069}\">\u{2068}א\u{2069} <b>x</b></p>\
                    <option>\u{2068}א\u{2069}</option>\u{2068}א\u{2069}<br>";
        assert_eq!(
            with_bdi(html).unwrap().as_str(),
            "<title>\u{2068}א\u{2069}</title><bdi>א</bdi><p title=\"\u{2068}א\u{2069}\"><bdi>א</bdi> <b>x</b></p>\
             <option>\u{2068}א\u{2069}</option><bdi>א</bdi><br>"
        );
        assert!(with_bdi("<p>Ann</p>").is_none());
    }

    proptest::proptest! {
        #[test]
        fn isolates_come_in_pairs_and_change_no_word(words in proptest::collection::vec("[a-zא-ת0-9 ()]{0,6}", 0..6)) {
            let said = Language::new("de", "UTC").list(&words).unwrap();
            let mut depth = 0;
            for c in said.chars() {
                depth += i32::from(c == ISOLATE.0) - i32::from(c == ISOLATE.1);
                proptest::prop_assert!(depth >= 0);
            }
            proptest::prop_assert_eq!(depth, 0);
            for word in words.iter().filter(|word| words.len() > 1 && word.chars().any(is_right_to_left)) {
                proptest::prop_assert!(said.contains(&isolated(word.clone())) , "{}", said);
            }
            let again = without_needless_marks(said.clone());
            proptest::prop_assert_eq!(again, said);
        }

        #[test]
        fn every_accept_language_header_selects_one_of_our_languages(header in "([a-z*]{0,3}(-[A-Z]{2})?(;q=[0-9.]{0,5})?[, ;]{0,2}){0,6}") {
            proptest::prop_assert!(Language::all().contains(&Language::accepted(&header, "en", "UTC").code()));
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
        assert_eq!(there, compiled, "a new folder is seen after `touch src/i18n.rs`");
    }
}
