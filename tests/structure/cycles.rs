//! Checks that no two source files import each other, directly or through others.
//!
//! The file of a folder and the files in it are one unit: `store/mod.rs` exports what its files define, and they use what it
//! defines. A name that a folder's file only passes on counts as an import of the file that defines it.

use std::collections::{BTreeMap, BTreeSet};

use super::layers::{Named, Source, from_the_root, modules_of, paths, sources_below, tokens};

type Module = Vec<String>;

/// Each module with the modules that its file imports.
fn imports(sources: &[Source]) -> BTreeMap<Module, BTreeSet<Module>> {
    let read: BTreeMap<Module, Vec<Named>> =
        sources.iter().map(|source| (module_of(&source.path), paths(&tokens(&without_tests(&source.text))))).collect();
    // The exports of a module that only passes them on: the name there, and the origin.
    let mut passed_on = BTreeMap::new();
    for (module, named) in &read {
        for named in named.iter().filter(|named| named.is_use) {
            if let (Some(path), Some(name)) = (absolute(named, module, &read), named.segments.last()) {
                passed_on.insert((module.clone(), name.clone()), path);
            }
        }
    }
    let targets = |module: &Module, named: &[Named]| {
        let paths = named.iter().filter_map(|named| absolute(named, module, &read));
        paths.filter_map(|path| definition(path, &read, &passed_on)).filter(|other| !is_around(module, other)).collect()
    };
    read.iter().map(|(module, named)| (module.clone(), targets(module, named))).collect()
}

fn module_of(path: &str) -> Module {
    let module = modules_of(path);
    if matches!(module.as_slice(), [only] if only == "lib" || only == "main") { Module::new() } else { module }
}

/// The text without its unit tests, which may import anything. They are at the end of a file.
fn without_tests(text: &str) -> String {
    text.split_once("\n#[cfg(test)]\nmod tests {").map_or(text, |(code, _)| code).to_owned()
}

/// The path from the root. A first segment that is a module below this one is relative to it.
fn absolute(named: &Named, module: &Module, all: &BTreeMap<Module, Vec<Named>>) -> Option<Module> {
    from_the_root(named, module).or_else(|| {
        let child = [module.as_slice(), &named.segments[..1]].concat();
        (!named.is_global && all.contains_key(&child)).then(|| [module.as_slice(), &named.segments].concat())
    })
}

/// The module that defines what a path names.
fn definition(
    mut path: Module,
    all: &BTreeMap<Module, Vec<Named>>,
    passed_on: &BTreeMap<(Module, String), Module>,
) -> Option<Module> {
    for _ in 0..8 {
        let length = (0..=path.len()).rev().find(|length| all.contains_key(&path[..*length]))?;
        let (module, rest) = path.split_at(length);
        let next = rest.first().and_then(|name| passed_on.get(&(module.to_vec(), name.clone())));
        match next {
            Some(from) if *from != path => path = [from.as_slice(), &rest[1..]].concat(),
            _ => return Some(module.to_vec()),
        }
    }
    None
}

/// Whether one is the other's folder, at any depth.
fn is_around(one: &Module, other: &Module) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

/// Modules that import each other: those that are left after removing, again and again, modules without imports among the rest
/// and modules that the rest does not import.
fn in_cycles(imports: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<String> {
    let mut left: BTreeSet<&Module> = imports.keys().collect();
    loop {
        let is_end = |module: &&Module| {
            let imports_none = imports[*module].iter().all(|other| !left.contains(other));
            let is_imported = left.iter().any(|other| imports[*other].contains(*module));
            imports_none || !is_imported
        };
        let ends: Vec<&Module> = left.iter().copied().filter(is_end).collect();
        if ends.is_empty() {
            return left.into_iter().map(|module| module.join("::")).collect();
        }
        for end in ends {
            left.remove(end);
        }
    }
}

fn file(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

#[test]
fn no_two_files_import_each_other() {
    for folder in ["src", "benches/load"] {
        let sources = sources_below(folder);
        let imports = imports(&sources);
        assert!(imports.values().map(BTreeSet::len).sum::<usize>() > 20, "the imports below {folder} were not found");
        let left = in_cycles(&imports);
        assert!(left.is_empty(), "these files of {folder} import each other, or lie between two that do: {left:?}");
    }
}

#[test]
fn a_cycle_is_found_however_it_is_spelled() {
    for text in ["use super::b;", "use crate::a::b::B;", "fn f() { super::b::g() }", "use super::{b::B, c};", "use super::B;"] {
        let sources = [
            file("lib.rs", "pub mod a;"),
            file("a/mod.rs", "mod b; mod c; pub use self::b::B;"),
            file("a/b.rs", "use crate::a::c;"),
            file("a/c.rs", text),
        ];
        assert_eq!(in_cycles(&imports(&sources)), ["a::b", "a::c"], "{text}");
    }
}

#[test]
fn a_folder_and_its_files_are_one_unit_and_unit_tests_import_anything() {
    let sources = [
        file("lib.rs", "pub mod a; pub use self::a::A;"),
        file("a/mod.rs", "mod b; mod c; pub use self::b::B; pub struct A;"),
        file("a/b.rs", "use super::A;\n\n#[cfg(test)]\nmod tests {\n    use super::super::c;\n}\n"),
        file("a/c.rs", "use super::{A, B};"),
    ];
    assert!(in_cycles(&imports(&sources)).is_empty());
}
