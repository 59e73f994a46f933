//! Properties of all emails, tested over all samples.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::decision::{Decide, Invite, decide, invite};
use super::samples::{self, CODE, Sample, TOKEN, item, link, person, sample};
use super::status::{News, Status};
use super::*;
use crate::config::Config;
use crate::mail::sanitize::LINE_CHARS;

static INSTANCE: LazyLock<Instance> = LazyLock::new(|| Config::defaults().unwrap().instance);

/// A language, with the sentences of every email in it: why it was sent, that it can be ignored, that we never ask for a
/// password.
const LANGUAGES: [(&str, &str, &[&str], &str); 3] = [
    (
        "en",
        "You received this email because",
        &["If you do nothing", "You do not need to do anything", "ignore this email"],
        "We never ask for your password by email.",
    ),
    (
        "de",
        "Sie erhalten diese E-Mail, weil",
        &["Wenn Sie nichts tun", "Sie müssen nichts tun", "ignorieren Sie diese E-Mail"],
        "Wir fragen nie per E-Mail nach Ihrem Passwort.",
    ),
    (
        "fr",
        "Vous recevez cet e-mail car",
        &["Si vous ne faites rien", "Vous n’avez rien à faire", "ignorez cet e-mail"],
        "Nous ne demandons jamais votre mot de passe par e-mail.",
    ),
];

/// Bob.
fn reader() -> Reader {
    samples::reader_of(EmailKind::Decide)
}

/// As rendered when the samples are read.
fn render(email: &Email, reader: &Reader) -> Result<Rendered, askama::Error> {
    super::render(email, reader, &INSTANCE, samples::now())
}

fn view(email: &Email) -> EmailView<'_> {
    EmailView::new(email, &reader(), &INSTANCE, samples::now(), 99).unwrap()
}

fn email(content: Decide) -> Email {
    Email::new(EmailKind::Decide, content)
}

fn worst() -> Decide {
    let name = "Dr. Wilhelmina-Alexandrina von Hohenlohe-Schillingsfürst-Öttingen-Wallerstein";
    Decide {
        requester: person(name, "wilhelmina-alexandrina.von.hohenlohe@a-rather-long-name.example.org"),
        app: Some("<b>Tom & \"Jerry's\"</b> http://evil.example/?a=b".into()),
        initiator: Some(person("", "carol@example.org")),
        what: vec![item("Everything that was ever measured at night in the cabin by the lake", Level::Contribute, &["<i>"])],
        until: None,
        message: Some("Unaußprechlich".repeat(20) + "\r\n> https://evil.example/x?y=z <a href='https://evil.example'>go</a>"),
        answer_by: samples::at("2026-09-30T23:30:00Z"),
        ..decide()
    }
}

fn worst_invite() -> Invite {
    let worst = worst();
    let share = |item: &Item| Item { is_relationship: true, ..item.clone() };
    let what = worst.what.iter().map(share).cycle().take(12).collect();
    Invite {
        from: worst.requester,
        owner: Some(person(&"Ö".repeat(90), "o@example.org")),
        what,
        answer_by: worst.answer_by,
        ..invite()
    }
}

/// Realistic samples, and edge cases: too long, missing, or malformed values.
fn all() -> Vec<Sample> {
    let renews = Some(samples::at("2026-12-05T13:05:00Z"));
    let nothing = Decide { what: Vec::new(), message: Some(" \n ".into()), ..decide() };
    let corners = [
        sample("decide_worst", EmailKind::Decide, worst()),
        sample("decide_nothing", EmailKind::Decide, nothing),
        sample("invite_worst", EmailKind::Invite, worst_invite()),
        sample("reminder_worst", EmailKind::Reminder, worst()),
        sample("reminder_worst_renewal", EmailKind::Reminder, Decide { renews, ..worst() }),
        sample("reminder_worst_invite", EmailKind::Reminder, worst_invite()),
    ];
    all_samples().into_iter().chain(corners).collect()
}

/// Every sample in every language, named `decide.de`; English comes first and has no suffix.
fn rendered() -> Vec<(String, Email, Rendered)> {
    let mut written = Vec::new();
    for (locale, ..) in LANGUAGES {
        let reader = Reader { locale: locale.into(), ..reader() };
        for (name, email) in all() {
            let rendered = render(&email, &reader).unwrap_or_else(|error| panic!("{name}, {locale}: {error}"));
            assert!(rendered.html.contains(&format!("<html lang=\"{locale}\"")), "{name}: {locale}");
            let name = if locale == "en" { name } else { format!("{name}.{locale}") };
            written.push((name, email, rendered));
        }
    }
    written
}

/// Writes the emails to target/emails, for inspection.
fn write_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/emails");
    fs::create_dir_all(&folder).unwrap();
    for (name, _, Rendered { subject, text, html }) in rendered() {
        fs::write(folder.join(format!("{name}.txt")), format!("Subject: {subject}\n\n{}", *text)).unwrap();
        fs::write(folder.join(format!("{name}.html")), &*html).unwrap();
    }
}

/// The page without its style sheet, whose braces are not placeholders.
fn without_style(html: &str) -> String {
    let (head, rest) = html.split_once("<style>").unwrap();
    let (_, tail) = rest.split_once("</style>").unwrap();
    format!("{head}{tail}")
}

fn link_of(email: &Email) -> Option<&Link> {
    view(email).link
}

#[test]
fn every_kind_of_email_has_a_sample() {
    let sampled: BTreeSet<EmailKind> = all().iter().map(|(_, email)| email.kind()).collect();
    assert_eq!(sampled, EmailKind::ALL.iter().copied().collect());
}

#[test]
fn no_email_shows_what_should_have_been_filled_in() {
    write_out();
    for (name, _, email) in rendered() {
        let html = without_style(&email.html);
        for body in [email.subject.as_str(), email.text.as_str(), html.as_str()] {
            for residue in ["{", "}", "Unknown locali", "None", "Some(", "\u{2068}", "\u{2069}"] {
                assert!(!body.contains(residue), "{name}: {residue:?} in {body}");
            }
        }
    }
}

#[test]
fn a_subject_is_one_line_of_at_most_150_characters_that_does_not_end_in_the_middle() {
    for (name, _, email) in rendered() {
        let subject = &email.subject;
        assert!(!subject.chars().any(char::is_control), "{name}: {subject:?}");
        assert!(subject.chars().count() <= 150, "{name}: {subject}");
        assert!(name.starts_with("decide_nothing") || name.contains("worst") || !subject.contains('…'), "{name}: {subject}");
    }
    let subject = render(&email(decide()), &reader()).unwrap().subject;
    assert_eq!(subject, "Ann Lee wants to view \"Sleep data\" (reply by 3 December)");
}

#[test]
fn the_day_to_answer_by_survives_the_longest_names_in_a_subject() {
    let worst: Vec<_> = rendered().into_iter().filter(|(name, ..)| name.contains("worst")).collect();
    assert_eq!(worst.len(), 5 * LANGUAGES.len());
    for (name, _, email) in worst {
        let day = ["1 October)", "1. Oktober)", "1er octobre)"].iter().any(|day| email.subject.ends_with(day));
        assert!(day, "{name}: {} {}", email.subject.chars().count(), email.subject);
    }
}

#[test]
fn the_link_stands_alone_on_its_line_and_once_behind_the_button() {
    for (name, email, Rendered { text, html, .. }) in rendered() {
        let Some(link) = link_of(&email) else {
            assert!(!text.contains("://") && !html.contains("href"), "{name}");
            continue;
        };
        let link = link.as_str();
        assert_eq!(text.lines().filter(|line| *line == link).count(), 1, "{name}: {}", *text);
        assert_eq!(text.matches("://").count(), 1, "{name}");
        assert_eq!(html.matches(&format!("href=\"{link}\"")).count(), 1, "{name}");
        assert_eq!(html.matches(" href=\"").count(), 1, "{name}: another link");
        assert_eq!(html.lines().filter(|line| *line == link).count(), 1, "{name}");
        assert_eq!(html.matches(link).count(), 2, "{name}");
    }
}

#[test]
fn html_loads_nothing_and_runs_nothing() {
    for (name, email, Rendered { html, .. }) in rendered() {
        let html = link_of(&email).map_or_else(|| html.to_string(), |link| html.replace(link.as_str(), ""));
        for remote in ["<img", "<script", "<link", "<form", "<iframe", "url(", "@import", "://", " src=", "onclick"] {
            assert!(!html.contains(remote), "{name}: {remote}");
        }
    }
}

#[test]
fn plain_text_keeps_to_its_width_and_to_single_blank_lines() {
    for (name, email, Rendered { text, .. }) in rendered() {
        let link = link_of(&email).map(Link::as_str);
        for line in text.lines() {
            assert!(link == Some(line) || line.chars().count() <= LINE_CHARS, "{name}: {line}");
            assert_eq!(line, line.trim_end(), "{name}");
        }
        assert!(!text.contains("\n\n\n") && text.ends_with('\n') && !text.contains('\r'), "{name}: {}", *text);
        assert!(!text.contains("&#") && !text.contains("&amp;"), "{name}: escaped as HTML");
    }
}

#[test]
fn every_email_says_why_it_came_that_it_can_be_ignored_and_that_we_ask_for_no_password() {
    for (name, _, Rendered { text, .. }) in rendered() {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let locale = name.split_once('.').map_or("en", |(_, locale)| locale);
        let (_, why, safe, password) = LANGUAGES.into_iter().find(|(language, ..)| *language == locale).unwrap();
        assert!(text.contains(why) && text.contains(password), "{name}: {text}");
        assert!(safe.iter().any(|safe| text.contains(safe)), "{name}: {text}");
        assert!(text.contains("bob@example.org"), "{name}");
    }
}

#[test]
fn names_and_messages_are_escaped_in_html_and_their_links_are_dead() {
    let (_, _, Rendered { html, text, .. }) = rendered().into_iter().find(|(name, ..)| name == "decide_worst").unwrap();
    assert!(!html.contains("<b>") && !html.contains("<i>") && !html.contains("<a href='"));
    assert!(html.contains("&#60;b&#62;Tom &#38; &#34;Jerry&#39;s&#34;&#60;/b&#62;"), "{}", *html);
    for body in [html, text] {
        assert!(!body.contains("evil.example") && !body.contains("https://evil"));
        assert!(body.contains("https[:]//evil[.]example/x?y=z"));
    }
}

#[test]
fn an_askers_words_are_quoted_line_by_line() {
    let text = render(&email(decide()), &reader()).unwrap().text;
    assert!(text.contains("\n> Hi Bob,\n>\n> I should like to look"), "{}", *text);
    assert!(text.contains("\n> See www[.]example[.]org for who I am.\n"));
}

#[test]
fn who_has_no_name_is_shown_in_full_to_who_decides_and_masked_to_who_asks() {
    let nameless = || person("carol@example.org", "carol@example.org");
    let asked = email(Decide { requester: nameless(), ..decide() });
    assert!(render(&asked, &reader()).unwrap().subject.starts_with("carol@example.org wants to view"));
    let what = vec![item("Sleep data", Level::View, &[])];
    let news = News::Declined { reason: None, again_from: None };
    let declined = Status { request_type: RequestType::Ask, other: nameless(), what, news };
    let declined = Email::new(EmailKind::Declined, declined);
    let Rendered { subject, text, html } = render(&declined, &reader()).unwrap();
    assert_eq!(subject, "c•••@example.org declined your request to view “Sleep data”");
    assert!(!text.contains("carol@") && !html.contains("carol@"));
}

#[test]
fn a_name_that_is_anothers_address_does_not_pass_for_it() {
    let requester = person("bank@example.com", "eve@example.org");
    let email = render(&email(Decide { requester, ..decide() }), &reader()).unwrap();
    assert!(email.subject.starts_with("bank@example[.]com wants"));
    assert!(email.text.contains("Requested by: bank@example[.]com (eve@example.org)"));
}

#[test]
fn an_unknown_language_or_zone_reads_english_and_utc() {
    for locale in ["it-CH", "pt", "", "☃"] {
        let reader = Reader { locale: locale.into(), time_zone: "Nowhere/AtAll".into(), ..reader() };
        for (name, email) in all() {
            let rendered = render(&email, &reader).unwrap();
            assert!(rendered.html.contains("<html lang=\"en\" dir=\"ltr\""), "{name}");
        }
        let text = render(&email(decide()), &reader).unwrap().text;
        assert!(text.contains("Reply by: Thursday 3 December, 13:05\n"), "{}", *text);
        assert_eq!(text.matches("All times are in the UTC time zone.").count(), 1, "{}", *text);
    }
}

#[test]
fn debug_output_holds_no_link_no_code_and_no_body() {
    for (name, email, rendered) in rendered() {
        let printed = format!("{email:?} {rendered:?} {:?}", link());
        for secret in [TOKEN, "access.example.org", CODE, "We never ask"] {
            assert!(!printed.contains(secret), "{name}: {printed}");
        }
    }
}

#[test]
fn a_code_is_in_the_body_and_not_in_the_subject_nor_the_preview() {
    let (_, _, Rendered { subject, text, html }) = rendered().into_iter().find(|(name, ..)| name == "sign_in_code").unwrap();
    assert!(!subject.contains(CODE));
    assert_eq!(text.lines().filter(|line| *line == CODE).count(), 1);
    // In two groups of three, without a blank that would be copied.
    assert_eq!(html.matches("408<span style=\"padding-left:14px;\">215</span>").count(), 1);
    assert!(!html.contains(CODE));
}

#[test]
fn the_button_follows_three_facts_and_precedes_everything_else() {
    let emails = [email(decide()), Email::new(EmailKind::Invite, invite()), Email::new(EmailKind::Reminder, decide())];
    for email in emails {
        assert_eq!(view(&email).facts.len(), 3, "{:?}", email.kind());
        let Rendered { text, html, .. } = render(&email, &reader()).unwrap();
        let link = link_of(&email).unwrap().as_str();
        for (body, line) in [(&text, "  Reply by"), (&html, ">Reply by<")] {
            let at = |words: &str| body.find(words).unwrap_or_else(|| panic!("{words:?} in {}", **body));
            let order =
                [at("Permissions"), at("How long"), at(link), at("Message from"), at(line), at("You received this email")];
            assert!(order.is_sorted(), "{order:?}: {}", **body);
        }
    }
    let text = render(&email(decide()), &reader()).unwrap().text;
    for line in [
        "  Requested by: Ann Lee (ann@example.org)",
        "  Permissions: View \"Sleep data\"",
        "  How long: until Wednesday 3 March 2027, 14:05",
    ] {
        assert!(text.lines().any(|one| one == line), "{line:?} in {}", *text);
    }
}

#[test]
fn a_resource_without_a_name_is_shown_by_the_end_of_its_path_and_no_address_is_taken_apart() {
    let what = vec![item(
        "Nights",
        Level::View,
        &["https://watch.example/ann/nights/2026-11", "https://watch.example/naps/", "Heart rate"],
    )];
    let Rendered { text, html, .. } = render(&email(Decide { what, message: None, ..decide() }), &reader()).unwrap();
    assert!(text.contains("  Parts: nights/2026-11, naps and Heart rate\n"), "{}", *text);
    assert!(!text.contains("[.]") && !html.contains("[.]"), "{}", *text);
}

#[test]
fn what_a_list_leaves_out_is_counted() {
    let names = ["a", "b", "c", "d", "e", "f"];
    for (locale, one, two) in [
        ("en", "e and 1 more", "e and 2 more"),
        ("de", "e und 1 weitere", "e und 2 weitere"),
        ("fr", "e et 1 autre", "e et 2 autres"),
    ] {
        let reader = Reader { locale: locale.into(), ..reader() };
        for (names, words) in [(&names[..], one), (&[&names[..], &["g"]].concat(), two)] {
            let what = vec![item("Nights", Level::View, names)];
            let text = render(&email(Decide { what, ..decide() }), &reader).unwrap().text;
            assert!(text.lines().any(|line| line.ends_with(words)), "{words:?} in {}", *text);
        }
    }
}

fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_sentence_is_used_and_every_sentence_used_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |paths: Vec<PathBuf>| paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect::<Vec<_>>().join("\n");
    let templates = read(files(&root.join("templates/mail"), &[".txt", ".html"]));
    let mut sources = files(&root.join("src/mail/emails"), &[".rs"]);
    sources.retain(|path| !path.ends_with("tests.rs") && !path.ends_with("samples.rs"));
    sources.push(root.join("src/i18n.rs"));
    let code = read(sources);
    let sentences = read(files(&root.join("templates/locales/en"), &["/emails.ftl", "/words.ftl"]));
    let is_key = |key: &str| key.starts_with(|c: char| c.is_ascii_lowercase()) && !key.contains(' ');
    let keys: BTreeSet<&str> =
        sentences.lines().filter_map(|line| line.split_once(" =")).map(|(key, _)| key).filter(|key| is_key(key)).collect();
    assert!(keys.len() > 80, "found {keys:?}");

    let mut own = BTreeSet::new();
    for (_, email) in all() {
        let view = view(&email);
        own.extend(["name", "purpose", "subject", "preheader", "heading", "lead"].map(|part| view::own_key(email.kind, part)));
        own.insert(view.why.into_owned());
        own.extend(view.link.is_some().then(|| view.button.into_owned()));
    }
    for key in &keys {
        let named = format!("\"{key}\"");
        let is_said = own.contains(*key) || templates.contains(&named) || code.contains(&named);
        assert!(is_said || sentences.contains(&format!("{{ {key} }}")), "`{key}` is used nowhere");
    }
    let calls = templates.split("view.").skip(1).filter(|call| call.starts_with("say(\"") || call.starts_with("just_say("));
    let mut used: BTreeSet<&str> = calls.filter_map(|call| call.split('"').nth(1)).collect();
    used.extend(own.iter().map(String::as_str));
    for call in
        ["say(", "say_with(", "note(", "fact(", "fact_list(", "fact_moment(", "detail(", "detail_moment(", "and_more(", "quote("]
    {
        used.extend(code.split(call).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next()));
    }
    assert!(used.len() > 60, "found {used:?}");
    for key in used {
        assert!(keys.contains(key), "`{key}` is said but not written");
    }
}

/// The sentences of a language, each with its placeholders, including those of nested sentences.
fn sentences(locale: &str) -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/locales").join(locale);
    let text: Vec<String> =
        ["emails.ftl", "words.ftl"].iter().map(|file| fs::read_to_string(folder.join(file)).unwrap()).collect();
    let mut written: BTreeMap<String, String> = BTreeMap::new();
    let mut current = None;
    for line in text.iter().flat_map(|text| text.lines()).filter(|line| !line.starts_with('#')) {
        if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            let (key, rest) = line.split_once(" =").unwrap();
            assert!(written.insert(key.to_owned(), rest.to_owned()).is_none(), "{locale}: {key} is said twice");
            current = Some(key.to_owned());
        } else if let Some(key) = &current {
            written.get_mut(key).unwrap().push_str(line);
        }
    }
    let placeables = |text: &str| -> Vec<String> {
        text.split('{').skip(1).filter_map(|rest| rest.trim_start().split([' ', '}']).next().map(str::to_owned)).collect()
    };
    let closure = |key: &String| {
        let (mut open, mut found) = (vec![key.clone()], BTreeSet::new());
        while let Some(key) = open.pop() {
            for placeable in placeables(&written[&key]) {
                match placeable.strip_prefix('$') {
                    Some(value) => drop(found.insert(value.to_owned())),
                    None => open.push(placeable),
                }
            }
        }
        found
    };
    written.keys().map(|key| (key.clone(), closure(key))).collect()
}

#[test]
fn every_language_says_the_same_sentences_with_the_same_values() {
    let english = sentences("en");
    assert!(english.len() > 180, "{}", english.len());
    assert_eq!(english["decide-subject"].iter().collect::<Vec<_>>(), ["answer_day", "asker", "kind", "level", "things"]);
    for (locale, ..) in LANGUAGES {
        let other = sentences(locale);
        let keys = |of: &BTreeMap<String, BTreeSet<String>>| of.keys().cloned().collect::<BTreeSet<_>>();
        let difference: Vec<String> = keys(&english).symmetric_difference(&keys(&other)).cloned().collect();
        assert!(difference.is_empty(), "{locale}: {difference:?} is said in one of the languages only");
        for (key, values) in &english {
            assert_eq!(values, &other[key], "{locale}: {key}");
        }
    }
}

#[test]
fn every_variant_of_a_sentence_is_in_every_language() {
    let variants = |locale: &str| -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/locales").join(locale);
        let text = fs::read_to_string(folder.join("emails.ftl")).unwrap();
        let mut found = Vec::new();
        let mut key = String::new();
        for line in text.lines() {
            if let Some((name, _)) = line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase())) {
                name.clone_into(&mut key);
            }
            let line = line.trim_start();
            if let Some((variant, _)) = line.trim_start_matches('*').strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                found.push(format!("{key} {variant}"));
            }
        }
        found
    };
    let english = variants("en");
    assert!(english.len() > 100, "{}", english.len());
    for (locale, ..) in LANGUAGES {
        assert_eq!(variants(locale), english, "{locale}");
    }
}

#[test]
fn dates_lengths_and_lists_are_told_as_each_language_does() {
    let at = |text: &str| samples::at(text);
    for (locale, day, moment, length, list) in [
        ("en", "1 October", "Monday 7 December, 17:41", "1 day and 2 hours", "a, b and c"),
        ("de", "1. Oktober", "Montag, 7. Dezember, 17:41 Uhr", "1 Tag und 2 Stunden", "a, b und c"),
        ("fr", "1er octobre", "lundi 7 décembre à 17\u{a0}h\u{a0}41", "1 jour et 2 heures", "a, b et c"),
    ] {
        let language = crate::i18n::Language::new(locale, "Europe/Zurich").at(samples::now());
        assert_eq!(language.day(at("2026-09-30T23:30:00Z")).unwrap(), day);
        assert_eq!(language.moment(at("2026-12-07T16:41:00Z")).unwrap(), moment);
        assert_eq!(language.length(chrono::TimeDelta::hours(26)).unwrap(), length);
        assert_eq!(language.list(&["a", "b", "c"].map(str::to_owned)).unwrap(), list);
    }
}

/// The word for the strongest right of each level, in each language. An email without it would understate the access.
#[test]
fn every_email_names_the_strongest_right_in_subject_text_and_html() {
    for (locale, change, delete) in [("en", "change", "delete"), ("de", "ändern", "löschen"), ("fr", "modifi", "suppr")] {
        let reader = Reader { locale: locale.into(), ..reader() };
        for (level, right) in [(Level::Edit, change), (Level::Contribute, delete)] {
            let mut decide = decide();
            decide.what = vec![item("Sleep data", level, &[])];
            let rendered = render(&email(decide), &reader).unwrap();
            // German and French say "Schreibzugriff", "Löschzugriff" and "écriture" in a subject.
            let subject = rendered
                .subject
                .to_lowercase()
                .replace("schreib", "ändern")
                .replace("löschzugriff", "löschen")
                .replace("écriture", "modifi");
            let (text, html) = (rendered.text.to_lowercase().replace('\n', " "), rendered.html.to_lowercase());
            for (place, body) in [("subject", &subject), ("text", &text), ("html", &html)] {
                let right = right.to_lowercase();
                assert!(body.contains(&right), "{locale}: the {place} says nothing of {right}: {body}");
            }
        }
    }
}
