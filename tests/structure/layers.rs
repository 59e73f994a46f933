//! Checks the order of the layers (the modules of `src`): a layer imports only those above it, and only a few may name the
//! crates of HTTP, SQL or SMTP.
//!
//! It parses the sources as text: comments and strings are removed, the rest becomes tokens, and every path in them is expanded
//! (`use crate::{store::{a, b}, mail}` is three) and made absolute (`super::super::store` is `crate::store`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

/// The layers, from the top down.
const LAYERS: [&str; 21] = [
    "theme",
    "config",
    "clock",
    "random",
    "secret",
    "secret_file",
    "key_file",
    "certificates",
    "failpoints",
    "i18n",
    "domain",
    "store",
    "mail",
    "workflow",
    "auth",
    "http",
    "api",
    "pages",
    "jobs",
    "server",
    "cli",
];

/// The two files outside of the layers, which may import all of them.
const ROOTS: [&str; 2] = ["lib", "main"];

/// Crates (a name, or the beginning of one) that only these layers may name.
const RESERVED: [(&str, &[&str]); 9] = [
    ("diesel", &["store"]),
    ("libsqlite3_sys", &["store"]),
    ("pq_sys", &["store"]),
    ("lettre", &["mail"]),
    ("ureq", &["auth", "cli"]),
    ("actix_", &["http", "api", "pages", "server"]),
    ("anyhow", &["cli", "main"]),
    ("clap", &["cli"]),
    ("sd_notify", &["server"]),
];

/// The crates that the domain may name: none that does I/O.
const DOMAINS_CRATES: [&str; 9] =
    ["chrono", "icu_casemap", "icu_normalizer", "icu_properties", "idna", "serde", "thiserror", "unicode_security", "url"];

/// A source file: its path below `src`, with `/`, and its text.
pub(super) struct Source {
    pub(super) path: String,
    pub(super) text: String,
}

#[derive(Debug, PartialEq, Eq)]
struct Violation {
    path: String,
    line: usize,
    advice: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "src/{}:{}: {}", self.path, self.line, self.advice)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    /// `::`
    PathSeparator,
    Other(char),
}

impl Token {
    fn is(&self, text: &str) -> bool {
        match self {
            Token::Word(word) => word == text,
            Token::PathSeparator => text == "::",
            Token::Other(c) => text.chars().eq([*c]),
        }
    }
}

/// The code without comments, strings and characters, each token with its line.
pub(super) fn tokens(text: &str) -> Vec<(Token, usize)> {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut tokens, mut i, mut line) = (Vec::new(), 0, 1);
    while i < chars.len() {
        let start = i;
        match at(i) {
            '/' if at(i + 1) == '/' => i += chars[i..].iter().take_while(|c| **c != '\n').count(),
            '/' if at(i + 1) == '*' => {
                let mut depth = 0;
                loop {
                    match (at(i), at(i + 1)) {
                        ('/', '*') => (depth, i) = (depth + 1, i + 2),
                        ('*', '/') => (depth, i) = (depth - 1, i + 2),
                        _ => i += 1,
                    }
                    if depth == 0 || i >= chars.len() {
                        break;
                    }
                }
            }
            '"' => i = end_of_string(&chars, i),
            // A character, or else a lifetime.
            '\'' if at(i + 1) == '\\' => i += 4 + chars[(i + 3).min(chars.len())..].iter().take_while(|c| **c != '\'').count(),
            '\'' if at(i + 2) == '\'' => i += 3,
            'r' | 'b' | 'c' if raw_hashes(&chars, i).is_some() => {
                let (open, hashes) = raw_hashes(&chars, i).expect("just seen");
                let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                i = (open..chars.len()).find(|i| chars[*i..].starts_with(&close)).map_or(chars.len(), |i| i + close.len());
            }
            'r' if at(i + 1) == '#' && is_word(at(i + 2)) => i += 2,
            c if is_word(c) => {
                i += chars[i..].iter().take_while(|c| is_word(**c)).count();
                tokens.push((Token::Word(chars[start..i].iter().collect()), line));
            }
            ':' if at(i + 1) == ':' => {
                tokens.push((Token::PathSeparator, line));
                i += 2;
            }
            c => {
                if !c.is_whitespace() {
                    tokens.push((Token::Other(c), line));
                }
                i += 1;
            }
        }
        i = i.min(chars.len());
        line += chars[start..i].iter().filter(|c| **c == '\n').count();
    }
    tokens
}

fn end_of_string(chars: &[char], open: usize) -> usize {
    let mut i = open + 1;
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

/// The position of the text of a raw string that begins here, and the number of `#` that close it.
fn raw_hashes(chars: &[char], start: usize) -> Option<(usize, usize)> {
    let mut i = start;
    if matches!(chars.get(i), Some('b' | 'c')) {
        i += 1;
    }
    if chars.get(i) != Some(&'r') || (start > 0 && (chars[start - 1].is_alphanumeric() || chars[start - 1] == '_')) {
        return None;
    }
    let hashes = chars[i + 1..].iter().take_while(|c| **c == '#').count();
    (chars.get(i + 1 + hashes) == Some(&'"')).then_some((i + 2 + hashes, hashes))
}

/// A path as written, with the modules around it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) segments: Vec<String>,
    line: usize,
    /// Whether it begins with `::`.
    pub(super) is_global: bool,
    /// Whether it is in a `use` or an `extern crate`, or calls a macro.
    pub(super) is_use: bool,
    is_macro: bool,
    /// `mod`s of this file around it.
    inside: Vec<String>,
}

/// Every path in the tokens, with groups expanded.
pub(super) fn paths(tokens: &[(Token, usize)]) -> Vec<Named> {
    let at = |i: usize| tokens.get(i).map(|(token, _)| token);
    let is = |i: usize, text: &str| at(i).is_some_and(|token| token.is(text));
    let (mut found, mut i, mut depth, mut is_use) = (Vec::new(), 0, 0, false);
    let mut modules: Vec<(String, i32)> = Vec::new();
    while i < tokens.len() {
        let (token, line) = &tokens[i];
        match token {
            Token::Other('{') => {
                depth += 1;
                // Only the brace of `use {a, b}` belongs to it; `impl T + use<'a> {` has ended.
                is_use &= i > 0 && is(i - 1, "use");
            }
            Token::Other('}') => {
                depth -= 1;
                modules.retain(|(_, opened_at)| *opened_at <= depth);
            }
            Token::Other(';') => is_use = false,
            Token::Word(word) if word == "mod" && is(i + 2, "{") => {
                if let Some(Token::Word(name)) = at(i + 1) {
                    modules.push((name.clone(), depth + 1));
                }
                i += 1;
            }
            Token::Word(word) if word == "use" || (word == "crate" && i > 0 && is(i - 1, "extern")) => is_use = true,
            Token::Word(word) if word == "as" && is_use => i += 1,
            Token::Word(_) | Token::PathSeparator => {
                let is_global = *token == Token::PathSeparator;
                // The tail of `<T as Trait>::x` and of `Vec::<T>::x` begins no path.
                let is_arrow = i > 1 && (is(i - 2, "-") || is(i - 2, "="));
                let is_tail = is_global && i > 0 && is(i - 1, ">") && !is_arrow;
                let mut tree = Vec::new();
                let start = i + usize::from(is_global);
                i = unfold(tokens, start, &[], &mut tree);
                let is_macro = is(i, "!");
                let inside: Vec<String> = modules.iter().map(|(name, _)| name.clone()).collect();
                if !is_tail {
                    found.extend(tree.into_iter().map(|(segments, at)| {
                        let line = at.unwrap_or(*line);
                        Named { segments, line, is_global, is_use, is_macro, inside: inside.clone() }
                    }));
                }
                i = i.max(start);
                continue;
            }
            Token::Other(_) => {}
        }
        i += 1;
    }
    found
}

type Unfolded = Vec<(Vec<String>, Option<usize>)>;

/// Parses one path from `i` on (`a::b`, `a::*`, `a::{b, c::d}`), adds its expansions, returns its end.
fn unfold(tokens: &[(Token, usize)], mut i: usize, before: &[String], found: &mut Unfolded) -> usize {
    let mut path = before.to_vec();
    let mut line = None;
    loop {
        match tokens.get(i) {
            Some((Token::Word(word), at)) => {
                path.push(word.clone());
                line = Some(*at);
                i += 1;
            }
            Some((Token::Other('*'), at)) if path.len() > before.len() || !before.is_empty() => {
                path.push("*".to_owned());
                found.push((path, Some(*at)));
                return i + 1;
            }
            Some((Token::Other('{'), _)) if !path.is_empty() => {
                i += 1;
                while let Some((token, _)) = tokens.get(i) {
                    match token {
                        Token::Other('}') => return i + 1,
                        Token::Word(word) if word == "as" => i += 2,
                        Token::Word(_) | Token::PathSeparator | Token::Other('*' | '{') => {
                            let next = unfold(tokens, i, &path, found);
                            i = next.max(i + 1);
                        }
                        Token::Other(_) => i += 1,
                    }
                }
                return i;
            }
            _ => {
                if path.len() > before.len() {
                    found.push((path, line));
                }
                return i;
            }
        }
        if !tokens.get(i).is_some_and(|(token, _)| token.is("::")) {
            found.push((path, line));
            return i;
        }
        i += 1;
    }
}

/// The modules that a file is: `api/sas/wire.rs` is `api`, `sas`, `wire`; `domain/mod.rs` is `domain`.
pub(super) fn modules_of(path: &str) -> Vec<String> {
    let mut modules: Vec<String> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if modules.last().is_some_and(|last| last == "mod") {
        modules.pop();
    }
    modules
}

/// Resolves `crate`, `self` and `super`: the path from the crate's root, or none if it begins elsewhere.
pub(super) fn from_the_root(named: &Named, file: &[String]) -> Option<Vec<String>> {
    let here = || [file, &named.inside].concat();
    let mut base = match named.segments.first()?.as_str() {
        _ if named.is_global => return None,
        "crate" => Vec::new(),
        "self" => here(),
        "super" => {
            let mut base = here();
            base.pop();
            base
        }
        _ => return None,
    };
    for segment in &named.segments[1..] {
        match segment.as_str() {
            "super" => drop(base.pop()),
            "self" => {}
            _ => base.push(segment.clone()),
        }
    }
    Some(base)
}

/// `crates` are the dependencies' names as spelled in code.
fn check(sources: &[Source], crates: &BTreeSet<String>) -> Vec<Violation> {
    let read: Vec<_> = sources.iter().map(|source| (source, modules_of(&source.path), tokens(&source.text))).collect();
    // An exported macro is named from the crate's root, wherever it is defined.
    let mut macros = BTreeMap::new();
    let mut apis = BTreeSet::new();
    for (_, file, tokens) in &read {
        for (i, (token, _)) in tokens.iter().enumerate() {
            if let (true, Some((Token::Word(name), _))) = (token.is("macro_rules"), tokens.get(i + 2)) {
                macros.insert(name.clone(), file[0].clone());
            }
        }
    }
    for source in sources {
        if let Some((api, _)) = source.path.strip_prefix("api/").and_then(|rest| rest.split_once('/')) {
            apis.insert(api.to_owned());
        }
    }

    let mut violations = Vec::new();
    for (source, file, tokens) in &read {
        let mut report = |line, advice| violations.push(Violation { path: source.path.clone(), line, advice });
        let layer = file[0].as_str();
        if !LAYERS.contains(&layer) && !ROOTS.contains(&layer) {
            report(1, format!("`{layer}` is no layer: move the file into one, or add it to LAYERS in tests/structure/layers.rs"));
            continue;
        }
        for named in paths(tokens) {
            if let Some(absolute) = from_the_root(&named, file) {
                if let Some(advice) = misplaced(layer, file, &absolute, named.is_macro, &macros, &apis) {
                    report(named.line, advice);
                }
            } else if let Some(advice) = foreign(layer, file, &named, crates, &apis) {
                report(named.line, advice);
            }
        }
    }
    violations.dedup();
    violations
}

/// The error in a path of our own, if there is one.
fn misplaced(
    layer: &str,
    file: &[String],
    absolute: &[String],
    is_macro: bool,
    macros: &BTreeMap<String, String>,
    apis: &BTreeSet<String>,
) -> Option<String> {
    let place = |name: &str| LAYERS.iter().position(|layer| *layer == name);
    let other = absolute.first()?;
    let other = if is_macro { macros.get(other).unwrap_or(other) } else { other };
    if let (Some(from), Some(to)) = (file.get(1), absolute.get(1))
        && layer == "api"
        && other == "api"
    {
        return between_apis(from, to, apis);
    }
    if ROOTS.contains(&layer) || other == layer {
        return None;
    }
    match (place(layer), place(other)) {
        (Some(own), Some(others)) if others < own => None,
        (_, Some(_)) => Some(format!(
            "`{layer}` imports only the layers above it, and `{other}` is below: pass in what it needs as a value or a closure, \
             or move the code down"
        )),
        (_, None) => Some(format!("`crate::{other}` is no layer: name the layer it is in (`crate::<layer>::…`)")),
    }
}

fn between_apis(from: &String, to: &String, apis: &BTreeSet<String>) -> Option<String> {
    (from != to && apis.contains(from) && apis.contains(to))
        .then(|| format!("`api/{from}` and `api/{to}` never see each other: put what both need in `http` or in `workflow`"))
}

/// The error in a path to another crate, if there is one.
fn foreign(layer: &str, file: &[String], named: &Named, crates: &BTreeSet<String>, apis: &BTreeSet<String>) -> Option<String> {
    let name = named.segments.first()?;
    // A single word is a variable, a field or an attribute with that name, unless a `use` names it.
    if !named.is_global && !named.is_use && named.segments.len() < 2 {
        return None;
    }
    if layer == "api"
        && let Some(advice) = file.get(1).and_then(|from| between_apis(from, name, apis))
    {
        return Some(advice);
    }
    let reserved =
        RESERVED.iter().find(|(reserved, _)| name == reserved || (name.starts_with(reserved) && crates.contains(name)));
    if let Some((_, layers)) = reserved
        && !layers.contains(&layer)
    {
        return Some(format!("only {} may name the crate `{name}`: add what is needed there", layers.join(", ")));
    }
    if layer == "domain" && crates.contains(name) && !DOMAINS_CRATES.contains(&name.as_str()) {
        let allowed = DOMAINS_CRATES.join(", ");
        return Some(format!("`domain` names no crate but {allowed}, and not `{name}`: this belongs in a layer further down"));
    }
    None
}

/// The Rust files below a folder of the project, by path.
pub(super) fn sources_below(top: &str) -> Vec<Source> {
    fn add(folder: &Path, prefix: &str, found: &mut Vec<Source>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
            if entry.path().is_dir() {
                add(&entry.path(), &format!("{name}/"), found);
            } else if entry.path().extension().is_some_and(|extension| extension == "rs") {
                found.push(Source { path: name, text: std::fs::read_to_string(entry.path()).unwrap() });
            }
        }
    }
    let mut found = Vec::new();
    add(&Path::new(env!("CARGO_MANIFEST_DIR")).join(top), "", &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The names in `[dependencies]`, as spelled in code.
fn dependencies() -> BTreeSet<String> {
    let manifest: toml::Table = include_str!("../../Cargo.toml").parse().unwrap();
    manifest["dependencies"].as_table().unwrap().keys().map(|name| name.replace('-', "_")).collect()
}

#[test]
fn a_layer_imports_only_those_above_it() {
    let sources = sources_below("src");
    assert!(sources.len() > 10, "src was not found");
    let violations: Vec<String> = check(&sources, &dependencies()).iter().map(ToString::to_string).collect();
    assert!(violations.is_empty(), "the order of the layers is broken:\n{}", violations.join("\n"));
}

/// The lines that are reported in a source with a few files: the given one, and others beside it.
fn reported(path: &str, text: &str) -> Vec<usize> {
    let file = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
    let others = [
        file("api/sas/mod.rs", ""),
        file("api/filr/mod.rs", ""),
        file("domain/word_enum.rs", "macro_rules! words { () => {} }"),
        file("cli/say.rs", "macro_rules! say { () => {} }"),
    ];
    let sources: Vec<Source> = std::iter::once(file(path, text)).chain(others).collect();
    check(&sources, &dependencies()).into_iter().map(|violation| violation.line).collect()
}

#[test]
fn a_path_to_a_layer_below_is_reported_however_it_is_spelled() {
    for text in [
        "use crate::store;",
        "use crate::store::Conn as C;",
        "use crate::{clock::Clock, store::{self, Conn}};",
        "use {std::fmt, crate::store};",
        "fn f() { crate::store::read(); }",
        "fn f(x: &'static crate::store::Conn) {}",
        "const X: char = '\"'; use crate::store; const Y: char = '\"';",
        "const X: char = '\\''; use crate::store; const Y: char = '\\'';",
        "use super::super::store;",
        "use super::{super::store, grant};",
        "mod tests { use super::super::super::store; }",
        "mod a { } mod b { mod c { use super::super::super::super::store; } }",
        "macro_rules! m { () => { $crate::store::x() } }",
        "fn f() { crate::say!(\"x\") }",
        "pub(crate) use crate::store::Conn;",
        "use crate::*;",
        "use crate::r#store;",
        "impl<T> From<T> for crate::store::Conn {}",
        "fn f() { Vec::<crate::store::Conn>::new() }",
        "use crate::unheard_of;",
    ] {
        let lines = reported("domain/grant.rs", &format!("//! Doc.\n{text}\n"));
        assert!(!lines.is_empty() && lines.iter().all(|line| *line == 2), "{text}: {lines:?}");
    }
}

#[test]
fn a_path_to_a_layer_above_or_in_a_comment_is_not_reported() {
    for text in [
        "use crate::clock::Clock;",
        "use crate::{config, secret::Secret as T, domain::grant::{self, Grant}};",
        "use super::grant; use super::super::secret; mod tests { use super::*; use super::super::user; }",
        "// use crate::store;\n/* crate::store /* nested */ crate::store */ /// [`crate::store`]",
        "const A: &str = \"crate::store\\\" crate::store\"; const B: &str = r#\"\" crate::store\"#; const C: &[u8] = br\"crate::store\";",
        "crate::words! { X }",
        "pub(crate) struct Store { pub(super) diesel: u8 }",
        "fn f(url: u8, diesel: u8) -> u8 { url + diesel }",
        "use serde::Serialize; use chrono::{DateTime, Utc}; #[derive(thiserror::Error)] struct E;",
        "fn f<T: Iterator>() { <T as Iterator>::count(x); T::rand::x }",
    ] {
        assert_eq!(reported("domain/user.rs", text), [] as [usize; 0], "{text}");
    }
    assert_eq!(reported("lib.rs", "pub mod store; pub use crate::server::build;"), [] as [usize; 0]);
    assert_eq!(reported("config.rs", "use crate::clock::Clock;"), [1]);
    assert_eq!(reported("misc.rs", ""), [1]);
}

#[test]
fn one_api_does_not_import_another() {
    for text in [
        "use crate::api::filr::wire;",
        "use super::super::filr;",
        "use crate::api::{problem, filr};",
        "use super::super::*; fn f() { filr::x() }",
    ] {
        assert_eq!(reported("api/sas/handlers.rs", text), [1], "{text}");
    }
    for text in ["use crate::api::problem;", "use super::wire;", "use crate::http::conditional;", "use crate::workflow::request;"]
    {
        assert_eq!(reported("api/sas/handlers.rs", text), [] as [usize; 0], "{text}");
    }
    assert_eq!(reported("api/mod.rs", "use self::sas; mod filr; use crate::api::filr::routes;"), [] as [usize; 0]);
}

#[test]
fn a_reserved_crate_is_reported_outside_its_layers() {
    for (text, allowed, refused) in [
        ("use diesel::prelude::*;", "store/grants.rs", "workflow/share.rs"),
        ("use diesel_migrations::embed_migrations;", "store/mod.rs", "cli/migrate.rs"),
        ("#[derive(diesel::Queryable)] struct A;", "store/rows.rs", "jobs.rs"),
        ("fn f() -> ::lettre::Message {}", "mail/smtp/client.rs", "jobs.rs"),
        ("use lettre;", "mail/smtp/client.rs", "config.rs"),
        ("use actix_web::{web, get};", "server.rs", "auth/mod.rs"),
        ("#[actix_web::get(\"/\")] fn f() {}", "pages/inbox.rs", "workflow/access.rs"),
        ("extern crate anyhow;", "main.rs", "store/mod.rs"),
        ("fn f() -> anyhow::Result<()> {}", "cli/serve.rs", "lib.rs"),
        ("use sha2::Digest;", "random.rs", "domain/grant.rs"),
        ("fn f() { rand::random() }", "random.rs", "domain/grant.rs"),
    ] {
        assert_eq!(reported(allowed, text), [] as [usize; 0], "{text} in {allowed}");
        assert_eq!(reported(refused, text), [1], "{text} in {refused}");
    }
}
