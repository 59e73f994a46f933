//! What holds for every letter, over all samples.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::samples::{self, CODE, TOKEN, all, decide, link, reader};
use super::*;
use crate::mail::text::LINE_CHARS;

fn rendered() -> Vec<(&'static str, Letter, Rendered)> {
    let written = all().into_iter().map(|(name, letter)| {
        let rendered = render(&letter, &reader()).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, letter, rendered)
    });
    written.collect()
}

/// Leaves the letters in target/letters, to be looked at.
fn write_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/letters");
    fs::create_dir_all(&folder).unwrap();
    for (name, _, Rendered { subject, text, html }) in rendered() {
        fs::write(folder.join(format!("{name}.txt")), format!("Subject: {subject}\n\n{}", *text)).unwrap();
        fs::write(folder.join(format!("{name}.html")), &*html).unwrap();
    }
}

/// The page without its style sheet, whose braces are its own.
fn without_style(html: &str) -> String {
    let (head, rest) = html.split_once("<style>").unwrap();
    let (_, tail) = rest.split_once("</style>").unwrap();
    format!("{head}{tail}")
}

fn link_of(letter: &Letter) -> Option<&Link> {
    match letter {
        Letter::Decide(Decide { link, .. })
        | Letter::Invite(Invite { link, .. })
        | Letter::Approved(Approved { link, .. })
        | Letter::ApprovedLess(ApprovedLess { link, .. })
        | Letter::Expired(Expired { link, .. })
        | Letter::Shared(Shared { link, .. }) => Some(link),
        Letter::Declined(_) | Letter::Withdrawn(_) | Letter::SignInCode(_) | Letter::Undeliverable(_) => None,
    }
}

#[test]
fn every_kind_of_letter_has_a_sample() {
    let sampled: BTreeSet<LetterKind> = all().iter().map(|(_, letter)| letter.kind()).collect();
    assert_eq!(sampled, LetterKind::ALL.iter().copied().collect());
}

#[test]
fn no_letter_shows_what_should_have_been_filled_in() {
    write_out();
    for (name, _, letter) in rendered() {
        let html = without_style(&letter.html);
        for body in [letter.subject.as_str(), letter.text.as_str(), html.as_str()] {
            for residue in ["{", "}", "Unknown locali", "None", "Some(", "\u{2068}", "\u{2069}"] {
                assert!(!body.contains(residue), "{name}: {residue:?} in {body}");
            }
        }
    }
}

#[test]
fn a_subject_is_one_line_of_at_most_150_characters_that_does_not_end_in_the_middle() {
    for (name, _, letter) in rendered() {
        let subject = &letter.subject;
        assert!(!subject.chars().any(char::is_control), "{name}: {subject:?}");
        assert!(subject.chars().count() <= 150, "{name}: {subject}");
        assert!(matches!(name, "decide_nothing") || name.contains("worst") || !subject.contains('…'), "{name}: {subject}");
    }
    let subject = render(&Letter::Decide(decide()), &reader()).unwrap().subject;
    assert_eq!(subject, "Ann Lee asks for view access to Sleep data: answer by 3 Dec 2026");
}

#[test]
fn the_day_to_answer_by_survives_the_longest_names_in_a_subject() {
    let worst: Vec<_> = rendered().into_iter().filter(|(name, ..)| name.contains("worst")).collect();
    assert_eq!(worst.len(), 2);
    for (_, _, letter) in worst {
        assert!(letter.subject.ends_with("answer by 1 Oct 2026"), "{}", letter.subject);
    }
}

#[test]
fn the_link_stands_alone_on_its_line_and_once_behind_the_button() {
    for (name, letter, Rendered { text, html, .. }) in rendered() {
        let Some(link) = link_of(&letter) else {
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
    for (name, letter, Rendered { html, .. }) in rendered() {
        let html = link_of(&letter).map_or_else(|| html.to_string(), |link| html.replace(link.as_str(), ""));
        for remote in ["<img", "<script", "<link", "<form", "<iframe", "url(", "@import", "://", " src=", "onclick"] {
            assert!(!html.contains(remote), "{name}: {remote}");
        }
    }
}

#[test]
fn plain_text_keeps_to_its_width_and_to_single_blank_lines() {
    for (name, letter, Rendered { text, .. }) in rendered() {
        let link = link_of(&letter).map(Link::as_str);
        for line in text.lines() {
            assert!(link == Some(line) || line.chars().count() <= LINE_CHARS, "{name}: {line}");
            assert_eq!(line, line.trim_end(), "{name}");
        }
        assert!(!text.contains("\n\n\n") && text.ends_with('\n') && !text.contains('\r'), "{name}: {}", *text);
        assert!(!text.contains("&#") && !text.contains("&amp;"), "{name}: escaped as HTML");
    }
}

#[test]
fn every_letter_says_why_it_came_that_it_can_be_ignored_and_that_we_ask_for_no_password() {
    for (name, _, Rendered { text, .. }) in rendered() {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("You get this letter because"), "{name}");
        assert!(
            ["If you do nothing", "nothing you need to do", "ignore this letter"].iter().any(|safe| text.contains(safe)),
            "{name}"
        );
        assert!(text.contains("We never ask for your password by mail."), "{name}");
        assert!(text.contains("bob@example.org"), "{name}");
    }
}

#[test]
fn names_and_messages_are_escaped_in_html_and_their_links_are_dead() {
    let (_, _, Rendered { html, text, .. }) = rendered().into_iter().find(|(name, ..)| *name == "decide_worst").unwrap();
    assert!(!html.contains("<b>") && !html.contains("<i>") && !html.contains("<a href='"));
    assert!(html.contains("&#60;b&#62;Tom &#38; &#34;Jerry&#39;s&#34;&#60;/b&#62;"), "{}", *html);
    for body in [html, text] {
        assert!(!body.contains("evil.example") && !body.contains("https://evil"));
        assert!(body.contains("https[:]//evil[.]example/x?y=z"));
    }
}

#[test]
fn an_askers_words_are_quoted_line_by_line() {
    let text = render(&Letter::Decide(decide()), &reader()).unwrap().text;
    assert!(text.contains("\n> Hi Bob,\n>\n> I should like to look"), "{}", *text);
    assert!(text.contains("\n> See www[.]example[.]org for who I am.\n"));
}

#[test]
fn who_has_no_name_is_shown_in_full_to_who_decides_and_masked_to_who_asks() {
    let nameless = || samples::person("carol@example.org", "carol@example.org");
    let asked = Letter::Decide(Decide { asker: nameless(), ..decide() });
    assert!(render(&asked, &reader()).unwrap().subject.starts_with("carol@example.org asks"));
    let what = vec![samples::item("Sleep data", Level::View, &[])];
    let declined =
        Letter::Declined(Declined { kind: RequestKind::Ask, decider: nameless(), what, reason: None, again_from: None });
    let Rendered { subject, text, html } = render(&declined, &reader()).unwrap();
    assert_eq!(subject, "c…@e….org said no to view access to Sleep data");
    assert!(!text.contains("carol@") && !html.contains("carol@"));
}

#[test]
fn a_name_that_is_anothers_address_does_not_pass_for_it() {
    let asker = samples::person("bank@example.com", "eve@example.org");
    let letter = render(&Letter::Decide(Decide { asker, ..decide() }), &reader()).unwrap();
    assert!(letter.subject.starts_with("bank@example[.]com asks"));
    assert!(letter.text.contains("Who asks: bank@example[.]com (eve@example.org)"));
}

#[test]
fn an_unknown_language_or_zone_reads_english_and_utc() {
    for locale in ["de-CH", "fr", "", "☃"] {
        let reader = Reader { locale: locale.into(), time_zone: "Nowhere/AtAll".into(), ..reader() };
        for (name, letter) in all() {
            let rendered = render(&letter, &reader).unwrap();
            assert!(rendered.html.contains("<html lang=\"en\" dir=\"ltr\""), "{name}");
        }
        let text = render(&Letter::Decide(decide()), &reader).unwrap().text;
        assert!(text.contains("Answer by: 3 Dec 2026, 13:05 (UTC)"), "{}", *text);
    }
}

#[test]
fn debug_output_holds_no_link_no_code_and_no_body() {
    for (name, letter, rendered) in rendered() {
        let printed = format!("{letter:?} {rendered:?} {:?}", link());
        for secret in [TOKEN, "access.example.org", CODE, "We never ask"] {
            assert!(!printed.contains(secret), "{name}: {printed}");
        }
    }
}

#[test]
fn a_code_is_in_the_body_and_not_in_the_subject_nor_the_preview() {
    let (_, _, Rendered { subject, text, html }) = rendered().into_iter().find(|(name, ..)| *name == "sign_in_code").unwrap();
    assert!(!subject.contains(CODE));
    assert_eq!(text.lines().filter(|line| *line == CODE).count(), 1);
    assert_eq!(html.matches(CODE).count(), 1);
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
    let code = read(vec![root.join("src/mail/letters.rs"), root.join("src/mail/letters/sheet.rs"), root.join("src/language.rs")]);
    let sentences = read(files(&root.join("templates/locales/en"), &["/letters.ftl", "/words.ftl"]));
    let is_key = |key: &str| key.starts_with(|c: char| c.is_ascii_lowercase()) && !key.contains(' ');
    let keys: BTreeSet<&str> =
        sentences.lines().filter_map(|line| line.split_once(" =")).map(|(key, _)| key).filter(|key| is_key(key)).collect();
    assert!(keys.len() > 80, "found {keys:?}");

    for key in &keys {
        let named = format!("\"{key}\"");
        let is_used = templates.contains(&named) || code.contains(&named) || sentences.contains(&format!("{{ {key} }}"));
        assert!(is_used, "`{key}` is used nowhere");
    }
    let calls = templates.split("sheet.").skip(1).filter(|call| call.starts_with("say(") || call.starts_with("subject("));
    let mut used: BTreeSet<&str> = calls.filter_map(|call| call.split('"').nth(1)).collect();
    for call in ["say(", "say_with(", "note(", "fact(", "fact_list("] {
        used.extend(code.split(call).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next()));
    }
    assert!(used.len() > 60, "found {used:?}");
    for key in used {
        assert!(keys.contains(key), "`{key}` is said but not written");
    }
}

#[test]
fn every_language_says_only_what_english_says_too() {
    let locales = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/locales");
    let keys = |folder: &Path| -> BTreeSet<String> {
        let text: Vec<String> = files(folder, &[".ftl"]).iter().map(|path| fs::read_to_string(path).unwrap()).collect();
        let lines = text.iter().flat_map(|text| text.lines());
        lines
            .filter_map(|line| line.split_once(" ="))
            .map(|(key, _)| key.to_owned())
            .filter(|key| !key.starts_with(' '))
            .collect()
    };
    let english = keys(&locales.join("en"));
    for entry in fs::read_dir(&locales).unwrap() {
        let folder = entry.unwrap().path();
        let strange: Vec<String> = keys(&folder).difference(&english).cloned().collect();
        assert!(strange.is_empty(), "{}: {strange:?} is not in English", folder.display());
    }
}
