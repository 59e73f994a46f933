//! Holds the pages' files to an order: none of them needs, by whatever way, one that needs it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The files of `src/pages`, each with those beside it that it names.
fn files() -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages");
    let mut text: BTreeMap<String, String> = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        // A folder is its own business within, and one file to the others.
        let parts =
            if path.is_dir() { std::fs::read_dir(&path).unwrap().map(|part| part.unwrap().path()).collect() } else { vec![path] };
        let whole: String = parts.iter().map(|part| std::fs::read_to_string(part).unwrap()).collect();
        text.insert(name, whole);
    }
    text.remove("mod");
    let names: Vec<String> = text.keys().cloned().collect();
    let needs = |name: &String, text: &str| {
        let is_named = |other: &&String| {
            *other != name && (text.contains(&format!("super::{other}::")) || text.contains(&format!("crate::pages::{other}::")))
        };
        names.iter().filter(is_named).cloned().collect()
    };
    text.iter().map(|(name, text)| (name.clone(), needs(name, text))).collect()
}

#[test]
fn no_two_files_of_the_pages_need_each_other() {
    let files = files();
    assert!(files["context"].contains("error") && files["redeem"].contains("context"), "{files:?}");
    let mut left: BTreeSet<&String> = files.keys().collect();
    while let Some(free) = left.iter().copied().find(|name| files[*name].iter().all(|other| !left.contains(other))) {
        left.remove(free);
    }
    assert!(left.is_empty(), "these need each other, or one that does: {left:?}");
}
