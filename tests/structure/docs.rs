//! Compares the documents with the project: the files, tests, settings, commands and metrics that they name exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use countersign::config::Config;

/// The folders at the top of the project, by which a path of ours is recognised.
const OURS: [&str; 8] = ["src/", "tests/", "docs/", "deploy/", "migrations/", "templates/", "scripts/", "benches/"];

pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(super) fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Every file below `folder` with this ending, by its path from the top.
fn files(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).unwrap().flatten() {
        let path = format!("{folder}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            found.extend(files(&format!("{path}/"), ending));
        } else if path.ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn documents() -> Vec<String> {
    let top = fs::read_dir(root()).unwrap().flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let top = top.filter(|name| name.to_ascii_lowercase().ends_with(".md"));
    top.chain(files("docs/", ".md")).collect()
}

/// The text between backticks, outside of code blocks.
fn spans(text: &str) -> Vec<String> {
    let mut is_block = false;
    let mut prose = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_block = !is_block;
        } else if !is_block {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    prose.split('`').skip(1).step_by(2).map(|span| span.replace('\n', " ")).collect()
}

/// The code blocks in one language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let begin = format!("```{language}\n");
    text.split(&begin).skip(1).filter_map(|rest| rest.split("```").next()).map(str::to_owned).collect()
}

fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://") && !target.starts_with(['#', '<']))
}

/// Whether a span names a missing file or folder of ours. A source may be named by the end of its path.
fn is_missing(span: &str, sources: &[String]) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let Some(span) = span.split("::").next().filter(|path| !path.is_empty() && path.chars().all(is_plain)) else { return false };
    if OURS.iter().any(|folder| span.starts_with(folder)) {
        return !root().join(span).exists();
    }
    let is_source = Path::new(span).extension().is_some_and(|extension| extension == "rs") && !span.starts_with('/');
    is_source && !sources.iter().any(|path| path == span || path.ends_with(&format!("/{span}")))
}

#[test]
fn every_file_that_a_document_names_exists() {
    let mut wrong = Vec::new();
    let sources = [files("src/", ".rs"), files("tests/", ".rs"), files("benches/", ".rs")].concat();
    for document in documents() {
        let text = text(&document);
        let folder = root().join(&document).parent().unwrap().to_owned();
        for target in links(&text) {
            let path = target.split('#').next().unwrap();
            if !folder.join(path).exists() {
                wrong.push(format!("{document}: the link to {target} leads nowhere"));
            }
        }
        for span in spans(&text) {
            if is_missing(&span, &sources) {
                wrong.push(format!("{document}: there is no {span}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether `name` is a test in a source: a function under an attribute that ends in `test]`, or one that `on_both!` runs.
fn is_test(source: &str, name: &str) -> bool {
    let head = format!("fn {name}(");
    let is_on_both = source.split("on_both![").skip(1).filter_map(|rest| rest.split(']').next());
    let mut is_on_both = is_on_both.flat_map(|list| list.split(',').map(str::trim));
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let mut places = lines.iter().enumerate().filter(|(_, line)| line.split("fn ").count() > 1 && line.contains(&head));
    let has_attribute =
        |at: usize| lines[..at].iter().rev().take_while(|line| line.starts_with("#[")).any(|l| l.ends_with("test]"));
    source.contains(&head) && (is_on_both.any(|other| other == name) || places.any(|(at, _)| has_attribute(at)))
}

/// The errors in the page of promises, a line each.
fn check_promises(page: &str, read: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut numbers = Vec::new();
    for section in page.split("\n## ").skip(1) {
        let Some((number, _)) = section.split_once(". ") else { continue };
        let Ok(number) = number.parse::<u32>() else { continue };
        numbers.push(number);
        let mut tests = 0;
        for line in section.lines().filter(|line| line.starts_with("- `")) {
            let mut spans = spans(line).into_iter();
            let file = spans.next().unwrap_or_default();
            let Some(source) = read(&file) else {
                wrong.push(format!("promise {number}: there is no file {file}"));
                continue;
            };
            for test in spans {
                tests += 1;
                if !is_test(&source, &test) {
                    wrong.push(format!("promise {number}: there is no test {test} in {file}"));
                }
            }
        }
        if tests == 0 {
            wrong.push(format!("promise {number}: no test is named"));
        }
    }
    // Later ones are added one by one.
    let is_in_order = numbers.is_sorted_by(|one, next| one < next);
    if !is_in_order || !(1..=20).all(|number| numbers.contains(&number)) {
        wrong.push(format!("the promises are numbered {numbers:?}, and should be 1 to 20 and more, in their order"));
    }
    wrong
}

#[test]
fn every_promise_names_existing_tests() {
    let wrong = check_promises(&text("docs/PROMISES.md"), &|file| fs::read_to_string(root().join(file)).ok());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_promise_without_its_test_is_reported() {
    let source = "on_both![\n    a,\n    b,\n];\nfn a(fixture: &Fixture) {}\n#[test]\n#[ignore]\nfn c() {}\nfn d() {}\n// fn e() is gone\n";
    let read = |file: &str| (file == "tests/x.rs").then(|| source.to_owned());
    let rest: Vec<String> = (2..=20).map(|n| format!("\n## {n}. More\n- `tests/x.rs`: `a`, `c`\n")).collect();
    let rest = rest.concat();
    let check = |lines: &str| check_promises(&format!("# All\n\n## 1. First\n{lines}\n{rest}"), &read);
    assert_eq!(check("- `tests/x.rs`: `a`"), [] as [&str; 0]);
    for (lines, expected) in [
        ("- `tests/x.rs`: `b`", "promise 1: there is no test b in tests/x.rs"),
        ("- `tests/x.rs`: `d`", "promise 1: there is no test d in tests/x.rs"),
        ("- `tests/x.rs`: `a`, `e`", "promise 1: there is no test e in tests/x.rs"),
    ] {
        assert_eq!(check(lines), [expected]);
    }
    assert_eq!(check("Nothing."), ["promise 1: no test is named"]);
    assert_eq!(check("- `tests/y.rs`: `a`")[0], "promise 1: there is no file tests/y.rs");
}

#[test]
fn every_configuration_in_a_document_is_valid() {
    let mut checked = 0;
    for document in documents() {
        for block in blocks(&text(&document), "toml") {
            checked += 1;
            if let Err(error) = Config::build(Some(&block), []) {
                panic!("{document}: {error}:\n{block}");
            }
        }
    }
    assert!(checked >= 2, "{checked} blocks only");
}

/// The words of a line as a shell splits them, up to the end of the command.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in line.chars() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '|' | '>' | '<' | '#' | ';' | '&' | ')') => break,
            (None, ' ') => words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty())),
            (_, c) => word.push(c),
        }
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

/// A valid value for a placeholder in a document.
fn filled(word: String) -> String {
    let is_placeholder = word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase() || c == '_') || word == "N";
    match word.as_str() {
        "EMAIL" => "ann@example.org".into(),
        "SHELL" => "bash".into(),
        _ if is_placeholder => "1".into(),
        _ => word,
    }
}

/// The command line's error for this line, if there is one. A mere mention of a command may leave out its arguments.
fn refused(line: &str, is_named_only: bool) -> Option<String> {
    // If it prints help or misses a subcommand, it has accepted all words.
    const UNDERSTOOD: [&str; 4] =
        ["DisplayHelp", "DisplayVersion", "DisplayHelpOnMissingArgumentOrSubcommand", "MissingSubcommand"];
    let error = countersign::cli::command().try_get_matches_from(words(line).into_iter().map(filled)).err()?;
    let kind = format!("{:?}", error.kind());
    let is_short =
        kind == "MissingRequiredArgument" || (kind == "InvalidValue" && error.to_string().contains("none was supplied"));
    let is_fine = UNDERSTOOD.contains(&kind.as_str()) || (is_named_only && is_short);
    (!is_fine).then(|| error.to_string())
}

#[test]
fn every_command_in_a_document_is_valid() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for document in documents() {
        let text = text(&document);
        let commands = blocks(&text, "sh").join("\n").replace("\\\n", " ");
        let commands = commands.lines().map(|line| (line.trim_start().to_owned(), false));
        for (line, is_named_only) in commands.chain(spans(&text).into_iter().map(|span| (span, true))) {
            // An account, a service and a database have the same name: the last occurrence is the command.
            let Some(at) = line.rfind("countersign ").filter(|at| line[..*at].is_empty() || line[..*at].ends_with([' ', '/']))
            else {
                continue;
            };
            let line = &line[at..];
            let is_command = words(line).get(1).is_some_and(|word| word.starts_with(|c: char| c.is_ascii_lowercase()));
            if is_command && words(line)[1] != "countersign" && !line.contains(['…', '(']) {
                checked += 1;
                wrong.extend(refused(line, is_named_only).map(|why| format!("{document}: `{line}`: {why}")));
            }
        }
    }
    assert!(checked > 20, "{checked} commands only");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_invalid_command_in_a_document_is_reported() {
    for line in
        ["countersign conjure", "countersign user add", "countersign purge --older-than soon", "countersign mail retry first"]
    {
        assert!(refused(line, false).is_some(), "{line}");
    }
    for line in ["countersign user", "countersign mail retry ID", "countersign key add \"Two words\" --scope check | tee x"] {
        assert_eq!(refused(line, false), None, "{line}");
    }
}

/// The names of all metrics in the source.
pub(super) fn metrics() -> BTreeSet<String> {
    let sources = files("src/", ".rs").into_iter().map(|path| text(&path)).collect::<String>();
    let kinds = ["counter!(\"", "gauge!(\"", "histogram!(\""];
    let names = kinds.iter().flat_map(|kind| sources.split(kind).skip(1));
    names.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[test]
fn every_metric_is_documented_and_every_documented_one_exists() {
    let page = text("docs/OPERATING.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `countersign_"));
    let explained: BTreeSet<String> =
        rows.filter_map(|row| row.split(['`', '{']).next()).map(|name| format!("countersign_{name}")).collect();
    assert_eq!(explained, metrics());
}

/// The public functions and types of a source text that have no documentation.
fn undocumented(text: &str) -> Vec<&str> {
    const ITEMS: [&str; 9] = ["fn", "const", "async", "struct", "enum", "trait", "type", "static", "union"];
    let (mut is_documented, mut is_attribute) = (false, false);
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        let is_item = line.strip_prefix("pub ").and_then(|rest| rest.split(' ').next()).is_some_and(|word| ITEMS.contains(&word));
        if is_item && !is_documented && !line.contains('$') {
            found.push(line);
        }
        let begins = line.starts_with("#[");
        is_documented = line.starts_with("///") || is_documented && (is_attribute || begins);
        is_attribute = (is_attribute || begins) && !line.ends_with(']');
    }
    found
}

#[test]
fn every_public_function_and_type_is_documented() {
    // config.toml documents the settings.
    for file in files("src/", ".rs").into_iter().filter(|file| !file.starts_with("src/config/")) {
        assert_eq!(undocumented(&text(&file)), Vec::<&str>::new(), "{file}");
    }
}

#[test]
fn an_undocumented_function_is_reported() {
    let text = "/// Adds.\n#[must_use]\npub const fn add() {}\n\npub fn lost() {}\n\n/// One.\n#[expect(\n    a,\n)]\npub struct One {\n    pub id: i64,\n}\n";
    assert_eq!(undocumented(text), ["pub fn lost() {}"]);
}
