//! Checks that config.toml is a complete manual: the paragraph above each key names its environment variable.
//!
//! In a paragraph about several keys, the first variable is written out and the others may be shortened to their ends:
//! `COUNTERSIGN__MAIL__SMTP__HOST and __PORT`.

use std::collections::BTreeSet;

const CONFIG: &str = include_str!("../../config.toml");

/// The errors in a configuration's paragraphs, a line each.
fn check(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let (mut section, mut paragraph, mut keys, mut seen) = (String::new(), String::new(), Vec::new(), BTreeSet::new());
    for (number, line) in (1..).zip(text.lines().chain([""])) {
        let line = line.trim();
        if let Some(comment) = line.strip_prefix('#') {
            paragraph.push_str(comment);
        } else if let Some((key, _)) = line.split_once(" =") {
            keys.push(variable(&section, key));
            seen.insert(variable(&section, key));
        } else {
            if !keys.is_empty() {
                let named = variables(&paragraph);
                let expected: BTreeSet<String> = keys.drain(..).collect();
                for missing in expected.difference(&named) {
                    wrong.push(format!("config.toml:{number}: the paragraph above this line does not name {missing}"));
                }
                for extra in named.difference(&expected) {
                    wrong.push(format!(
                        "config.toml:{number}: the paragraph above this line names {extra}, which is no key of it"
                    ));
                }
            }
            paragraph.clear();
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                name.clone_into(&mut section);
            }
        }
    }
    let table: toml::Table = text.parse().unwrap();
    for missed in keys_of(&table, "").difference(&seen) {
        wrong.push(format!("config.toml: write {missed}'s key as `key = value` on a line of its own, in its section"));
    }
    wrong
}

fn variable(section: &str, key: &str) -> String {
    let parts = std::iter::once("countersign").chain(section.split('.')).chain([key]);
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("__").to_uppercase()
}

/// The variables in a paragraph, with shortened ones written out.
fn variables(paragraph: &str) -> BTreeSet<String> {
    let mut section = String::new();
    let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let words = paragraph.split(|c| !is_name(c)).filter(|word| word.contains("__"));
    words
        .map(|word| {
            if let Some(end) = word.strip_prefix("__") {
                return format!("{section}__{end}");
            }
            word.rsplit_once("__").map_or("", |(section, _)| section).clone_into(&mut section);
            word.to_owned()
        })
        .collect()
}

fn keys_of(table: &toml::Table, section: &str) -> BTreeSet<String> {
    let below = |key: &str| if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") };
    let keys = table.iter().flat_map(|(key, value)| match value {
        toml::Value::Table(table) => keys_of(table, &below(key)),
        _ => BTreeSet::from([variable(section, key)]),
    });
    keys.collect()
}

#[test]
fn every_setting_names_its_environment_variable() {
    let wrong = check(CONFIG);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_paragraph_may_name_several_variables_in_short() {
    let text = "# COUNTERSIGN__SECTION__KEY is how.\n\n[mail.smtp]\n\n# Where.\n# COUNTERSIGN__MAIL__SMTP__HOST, __CA_FILE and __PORT\n\
                host = \"a\"\nca_file = \"\"\nport = 1\n";
    assert_eq!(check(text), [] as [&str; 0]);
}

#[test]
fn drift_between_a_paragraph_and_its_keys_is_reported() {
    for (text, expected) in [
        ("[a]\n# Nothing.\nb = 1", "config.toml:4: the paragraph above this line does not name COUNTERSIGN__A__B"),
        ("[a]\n# COUNTERSIGN__A__B\n\nb = 1", "config.toml:5: the paragraph above this line does not name COUNTERSIGN__A__B"),
        (
            "[a]\n# COUNTERSIGN__A__B\nb = 1\nc = 2",
            "config.toml:5: the paragraph above this line does not name COUNTERSIGN__A__C",
        ),
        (
            "[a]\n# COUNTERSIGN__A__B and __C\nb = 1",
            "config.toml:4: the paragraph above this line names COUNTERSIGN__A__C, which is no key of it",
        ),
        ("[a]\nb=1", "config.toml: write COUNTERSIGN__A__B's key as `key = value` on a line of its own, in its section"),
    ] {
        assert_eq!(check(text), [expected]);
    }
}
