//! Checks that every description of a level of access names its strongest right: `contribute` deletes, `edit` changes.

use std::path::Path;

/// A language, and the words of which a description of `edit`, and one of `contribute`, must have one.
const STRONGEST: [(&str, &[&str], &[&str]); 3] = [
    ("en", &["change"], &["delete"]),
    ("de", &["ändern", "Schreib"], &["löschen", "Löschzugriff"]),
    ("fr", &["modifi", "écriture"], &["supprimer", "suppression"]),
];

fn read(path: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(read(&path));
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            found.push((path.display().to_string(), text));
        }
    }
    found
}

/// The lines that describe a level without its strongest right, and the number of lines that describe one.
fn understatements(text: &str, edit: &[&str], contribute: &[&str]) -> (usize, Vec<String>) {
    let (mut described, mut wrong) = (0, Vec::new());
    for line in text.lines().map(str::trim) {
        let variant = line.trim_start_matches('*');
        let must = if variant.starts_with("[edit]") {
            edit
        } else if variant.starts_with("[contribute]") {
            contribute
        } else {
            continue;
        };
        described += 1;
        if !must.iter().any(|word| line.contains(word)) {
            wrong.push(line.to_owned());
        }
    }
    (described, wrong)
}

#[test]
fn every_description_of_a_level_names_its_strongest_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (language, edit, contribute) in STRONGEST {
        let mut all = 0;
        for (path, text) in read(&root.join("templates/locales").join(language)) {
            let (described, wrong) = understatements(&text, edit, contribute);
            assert!(wrong.is_empty(), "{path}: {wrong:?}");
            all += described;
        }
        assert!(all >= 6, "{language}: only {all} descriptions were found");
    }
    // Sentences name levels by the terms above, never by other words.
    for folder in ["templates", "src", "docs"] {
        for (path, text) in read(&root.join(folder)) {
            for old in
                ["view, edit and add", "view and edit", "ergänzen", "Vollzugriff", "accès complet", "consulter, modifier et"]
            {
                assert!(!text.contains(old), "{path}: {old:?} names a level by less than it is");
            }
        }
    }
}

#[test]
fn a_description_without_the_strongest_right_is_found() {
    let (_, edit, contribute) = STRONGEST[0];
    let text = "level = { $level ->\n    [view] view\n    [edit] view\n   *[contribute] view, edit and add\n}\n";
    let (described, wrong) = understatements(text, edit, contribute);
    assert_eq!((described, wrong.len()), (2, 2));
}
