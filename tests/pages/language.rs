//! Pages are completely in the reader's language, and every language has every sentence.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use super::browser::{BOB_ASKS, Browser, roomy};
use crate::support::fixture::Fixture;

const LANGUAGES: [&str; 3] = ["en", "de", "fr"];

/// A sentence: the values that it shows, those that only select a variant, and the sentences within it.
#[derive(Debug, Default)]
struct Sentence {
    shown: BTreeSet<String>,
    within: BTreeSet<String>,
}

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The sentences of a file, by key.
fn sentences(language: &str) -> BTreeMap<String, Sentence> {
    let mut found: BTreeMap<String, Sentence> = BTreeMap::new();
    let mut key = String::new();
    // Other tests cover the emails' sentences and the shared ones.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/locales").join(language);
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<String> = files.filter(|file| file != "emails.ftl" && file != "words.ftl").collect();
    files.sort();
    let text: String = files.iter().map(|file| read(&format!("templates/locales/{language}/{file}"))).collect();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut text = line;
        if let Some((name, rest)) = line.split_once(" =").filter(|(name, _)| !name.starts_with([' ', '}'])) {
            assert!(!found.contains_key(name), "{language}: {name} is there twice");
            name.clone_into(&mut key);
            text = rest;
        }
        let sentence = found.entry(key.clone()).or_default();
        for placeable in text.split('{').skip(1) {
            let placeable = placeable.split('}').next().unwrap().trim();
            match placeable.strip_prefix('$') {
                Some(name) if placeable.ends_with("->") => assert!(name.contains(' '), "{line}"),
                Some(name) => drop(sentence.shown.insert(name.to_owned())),
                None => drop(sentence.within.insert(placeable.to_owned())),
            }
        }
    }
    found.retain(|key, _| !key.is_empty());
    found
}

/// The sentences that emails and pages share, by key.
fn words(language: &str) -> BTreeSet<String> {
    let text = read(&format!("templates/locales/{language}/words.ftl"));
    text.lines().filter_map(|line| line.split_once(" =").map(|(key, _)| key.to_owned())).collect()
}

static ENGLISH: LazyLock<BTreeSet<String>> = LazyLock::new(|| sentences("en").into_keys().collect());

/// Keys that appear on a page instead of their sentences.
pub(crate) fn unsaid(text: &str) -> Vec<String> {
    text.split_whitespace().filter(|word| ENGLISH.contains(*word)).map(str::to_owned).collect()
}

/// Every quoted key in a page's code and template.
fn named() -> BTreeSet<String> {
    fn all(folder: &Path, into: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                all(&path, into);
            } else {
                into.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut text = String::new();
    for folder in ["src/pages", "templates/pages"] {
        all(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut text);
    }
    let is_key = |word: &&str| word.contains('-') && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    text.split('"').filter(is_key).map(str::to_owned).collect()
}

#[test]
fn every_sentence_exists_and_is_used_in_every_language() {
    let named = named();
    let used: BTreeSet<&String> = named.intersection(&ENGLISH).collect();
    assert!(used.len() > 300, "only {} sentences are used", used.len());
    for language in LANGUAGES {
        let there = sentences(language);
        for key in &used {
            assert!(there.contains_key(*key), "{language}: `{key}` is not written");
        }
        for (key, sentence) in &there {
            let is_within = there.values().any(|other| other.within.contains(key));
            assert!(used.contains(key) || is_within, "{language}: `{key}` is said nowhere");
            for within in &sentence.within {
                let is_written = there.contains_key(within) || words(language).contains(within);
                assert!(is_written, "{language}: `{key}` has `{within}` in it, which is not written there");
            }
        }
    }
}

#[test]
fn every_sentence_in_the_code_is_defined() {
    // Keys that are passed to `say` directly; those from tables are found by `unsaid` as pages are shown.
    let words: BTreeSet<String> = words("en").into_iter().chain(ENGLISH.iter().cloned()).collect();
    let mut folders = vec!["src/pages".to_owned(), "templates/pages".to_owned()];
    let mut said = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(&folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path.to_str().unwrap().to_owned());
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for key in text.split("say(\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
                said += 1;
                assert!(words.contains(key), "{}: `{key}` is said but not written", path.display());
            }
        }
    }
    assert!(said > 200, "{said}");
}

#[test]
fn a_sentence_uses_the_same_values_in_every_language() {
    /// With the values of the sentences within it.
    fn shown(all: &BTreeMap<String, Sentence>, key: &str) -> BTreeSet<String> {
        // The shared sentences show no value.
        let Some(sentence) = all.get(key) else { return BTreeSet::new() };
        let within = sentence.within.iter().flat_map(|within| shown(all, within));
        sentence.shown.iter().cloned().chain(within).collect()
    }
    let english = sentences("en");
    for language in LANGUAGES {
        let there = sentences(language);
        for key in english.keys().filter(|key| there.contains_key(*key)) {
            assert_eq!(shown(&there, key), shown(&english, key), "{language}: {key}");
        }
    }
}

/// Ann, who reads `locale`, and her browser at the page of an email.
fn before_the_email(fixture: &Fixture, locale: &str) -> Browser {
    let ann = fixture.add_user("ann@example.org", |new| {
        locale.clone_into(&mut new.locale);
        new.time_zone = "Europe/Zurich".into();
    });
    let bob = fixture.user("bob@example.org");
    fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let mut browser = Browser::of(fixture, &ann);
    let token = fixture.token_for("ann@example.org");
    browser.open(&format!("/redeem?token={token}"));
    browser
}

#[test]
fn a_signed_in_person_reads_their_own_language_and_time_zone() {
    for (locale, lang, heading, button, moment, zone) in [
        (
            "de-CH",
            "de",
            "Bob möchte Ihre Daten „Sleep data“ ansehen und ändern – bis Sie die Freigabe beenden",
            "Genehmigen",
            "Dienstag, 8. Dezember, 13:00 Uhr",
            "Zeitzone Europe/Zurich",
        ),
        (
            "fr",
            "fr",
            "Bob souhaite consulter et modifier vos données «\u{202f}Sleep data\u{202f}» jusqu’à ce que vous arrêtiez le partage",
            "Approuver",
            "mardi 8 décembre à 13 h 00",
            "fuseau horaire Europe/Zurich",
        ),
        ("ja", "en", BOB_ASKS, "Approve", "Tuesday 8 December, 13:00", "the Europe/Zurich time zone"),
    ] {
        let fixture = roomy();
        let mut browser = before_the_email(&fixture, locale);
        browser.languages = "es, ja;q=0.5".to_owned();
        browser.open("/redeem");
        assert_eq!(browser.page.heading(), heading);
        assert!(browser.page.body.contains(&format!("<html lang=\"{lang}\">")), "{locale}");
        assert!(browser.page.says(moment), "{}", browser.page.text());
        assert_eq!(browser.page.text().matches(zone).count(), 1, "{}", browser.page.text());
        assert_eq!(browser.press(button, &[]).status, 200);
    }
}

#[test]
fn a_stranger_gets_a_language_of_their_browser() {
    let fixture = roomy();
    let mut browser = Browser::new(&fixture);
    for (languages, lang, heading) in [
        ("de-AT,de;q=0.9,en;q=0.5", "de", "Anmelden"),
        ("fr-CA", "fr", "Se connecter"),
        ("zz, fr;q=0.2, de;q=0.3", "de", "Anmelden"),
        ("ru", "en", "Sign in"),
        ("", "en", "Sign in"),
    ] {
        browser.languages = languages.to_owned();
        let page = browser.open("/sign-in");
        assert_eq!(page.heading(), heading, "{languages}");
        assert!(page.body.contains(&format!("<html lang=\"{lang}\">")), "{languages}");
    }
}

/// The text of a page's language attribute.
fn lang(browser: &Browser) -> String {
    browser.page.body.split("<html lang=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[test]
fn the_browsers_language_holds_until_somebody_chooses_and_then_theirs() {
    let fixture = roomy();
    let ann = fixture.user("ann@example.org");
    let mut browser = Browser::of(&fixture, &ann);
    browser.languages = "de-CH, en;q=0.5".to_owned();
    browser.open("/inbox");
    assert_eq!(lang(&browser), "de");
    browser.open("/language?next=/inbox");
    let form = browser.form("Speichern").1;
    for (language, zone) in [("xx", "UTC"), ("fr", "Nowhere/Land"), ("", ""), ("../en", "UTC")] {
        let refused = browser.post("/language", &[("form", &form[0].1), ("language", language), ("time_zone", zone)], &[]);
        assert_eq!(refused.status, 400, "{language} {zone}");
    }
    assert_eq!(browser.post("/language", &[("form", "x"), ("language", "fr"), ("time_zone", "UTC")], &[]).status, 403);
    browser.press("Speichern", &[("language", "fr"), ("time_zone", "America/New_York")]);
    assert_eq!((lang(&browser).as_str(), browser.page.heading().as_str()), ("fr", "Boîte de réception"));
    assert!(browser.page.says("America/New York"), "{}", browser.page.text());
    // In another browser of hers too, and in the next email.
    let mut other = Browser::of(&fixture, &ann);
    other.languages = "en".to_owned();
    other.open("/inbox");
    assert_eq!(lang(&other), "fr");
    other.open("/account/confirm?next=/inbox");
    other.press("Recevoir un code", &[]);
    fixture.deliver();
    assert!(
        fixture.emails_to("ann@example.org")[0].subject.contains("Votre code"),
        "{:?}",
        fixture.emails_to("ann@example.org")[0].subject
    );
}

#[test]
fn a_choice_before_the_sign_in_is_the_browsers_and_then_the_persons() {
    let fixture = roomy();
    let ann = fixture.user("ann@example.org");
    super::browser::set_password(&fixture, &ann, "correct horse");
    let mut browser = Browser::new(&fixture);
    browser.languages = "en".to_owned();
    browser.open("/language?next=https://evil.example/");
    assert!(!browser.page.body.contains("evil.example"));
    browser.press("Save", &[("language", "de"), ("time_zone", "Europe/Berlin")]);
    browser.open("/sign-in");
    assert_eq!(lang(&browser), "de");
    assert_eq!(fixture.count("users", "is_language_chosen"), 0);
    browser.press("Anmelden", &[("name", "ann@example.org"), ("password", "correct horse")]);
    assert_eq!(lang(&browser), "de");
    assert_eq!(fixture.count("users", "is_language_chosen AND locale = 'de' AND time_zone = 'Europe/Berlin'"), 1);
}
