//! Checks that templates isolate names and texts of people, so that a right-to-left name does not reorder the sentence around
//! it: a value is within `<bdi>`, in a sentence (where Fluent isolates it), or is listed here as our own text.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Values that templates print without isolation: sentences of ours, in which each value is isolated, and our own dates,
/// numbers and words. No text by people belongs here.
const OURS: &[&str] = &[
    "\"\\n\"",
    "answer_by",
    "back.label",
    "button",
    "caption",
    "card.heading",
    "card.state",
    "card.when",
    "choice.label",
    "day.name",
    "email.received",
    "email.subject",
    "email.text.as_str()",
    "entry.purpose",
    "entry.since",
    "entry.subject",
    "fact",
    "fact.label",
    "frame.admin_style()",
    "frame.name()",
    "frame.reader.zone_note()",
    "heading",
    "how_long",
    "label",
    "line",
    "line.at",
    "line.name",
    "line.number",
    "line.text",
    "line.what",
    "link.as_str()",
    "link.label",
    "list.count",
    "list.label",
    "more.label",
    "name",
    "note",
    "number",
    "part.heading",
    "problem.text",
    "progress",
    "purpose",
    "reason",
    "received",
    "section.label",
    "said",
    "said.text",
    "sentence",
    "since",
    "span.label",
    "standing.label",
    "subject",
    "tab.label",
    "table.caption",
    "table.nothing",
    "text",
    "tile.heading",
    "tile.number",
    "turn.label",
    "undo.button",
    "value",
    "view.heading",
    "view.hello",
    "view.title",
    "view.zone_note()?",
    "way.button",
    "way.explained",
    "way.label",
    "what",
    "whereto|safe",
    "code.0",
    "code.1",
    "one",
    "risk.name",
    "risk.what",
    "row.label",
    "sentence|safe",
];

/// The HTML templates of pages and emails.
fn templates() -> Vec<PathBuf> {
    let mut folders = vec!["templates/pages".to_owned(), "templates/mail".to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(&folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path.to_str().unwrap().to_owned());
            } else if path.extension().is_some_and(|ending| ending == "html") {
                found.push(path);
            }
        }
    }
    found
}

/// The values that a template prints as text outside of `<bdi>`, except sentences.
fn printed(template: &str) -> Vec<String> {
    let mut bare = Vec::new();
    let (mut rest, mut is_in_tag, mut depth) = (template, false, 0);
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("{{") {
            let (value, after) = after.split_once("}}").expect("a value ends");
            let value = value.trim_matches(['-', ' ', '\n']);
            let is_sentence = ["frame.say(", "view.say(", "view.just_say(", "view.own("].iter().any(|say| value.starts_with(say));
            if !is_in_tag && depth == 0 && !is_sentence {
                bare.push(value.to_owned());
            }
            rest = after;
            continue;
        }
        if let Some(after) = rest.strip_prefix("{%") {
            rest = after.split_once("%}").expect("a statement ends").1;
            continue;
        }
        if let Some(after) = rest.strip_prefix("<style>") {
            rest = after.split_once("</style>").expect("a style ends").1;
            continue;
        }
        depth += i32::from(rest.starts_with("<bdi>")) - i32::from(rest.starts_with("</bdi>"));
        is_in_tag = c == '<' || is_in_tag && c != '>';
        rest = &rest[c.len_utf8()..];
    }
    assert_eq!(depth, 0, "each <bdi> ends in its template");
    bare
}

#[test]
fn values_from_people_are_isolated_in_templates() {
    let templates = templates();
    assert!(templates.len() >= 40, "{}", templates.len());
    let mut unused: BTreeSet<&str> = OURS.iter().copied().collect();
    let mut wrong = Vec::new();
    for path in templates {
        for value in printed(&std::fs::read_to_string(&path).unwrap()) {
            if OURS.contains(&value.as_str()) {
                unused.remove(value.as_str());
            } else {
                wrong.push(format!("{}: {{{{ {value} }}}} stands outside of <bdi>", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "write <bdi> around what others wrote, or list it as ours:\n{}", wrong.join("\n"));
    assert!(unused.is_empty(), "no template prints these: {unused:?}");
}

#[test]
fn a_value_outside_of_bdi_is_reported() {
    let template = "<p title=\"{{ a }}\">{{ frame.say(\"x\").with(\"b\", b) }} <bdi>{{ c }}</bdi> {{ d }}{% if e %}{{ f.g() }}{% endif %}</p>";
    assert_eq!(printed(template), ["d", "f.g()"]);
}
