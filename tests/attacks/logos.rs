//! Logo files that would run a script, load something, hide something or exhaust a reader. The daemon refuses each at its start,
//! and `config check` names the key and what to change. The rules themselves are tested where they are: `src/config/svg.rs` and
//! `src/config/logo.rs`.

use std::path::Path;

use countersign::config::Config;

use crate::pages::instance::png;

/// The refusal of a configuration with this logo.
fn refused(path: &Path) -> String {
    let settings = format!("[instance]\nlogo = {:?}", path.display().to_string());
    let error = Config::build(Some(&settings), std::iter::empty()).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("`instance.logo` cannot be"), "{}: {error}", path.display());
    error
}

#[test]
fn a_logo_that_attacks_is_refused_with_what_to_change() {
    let folder = tempfile::tempdir().unwrap();
    let svg = |body: &str| format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{body}</svg>").into_bytes();
    let bomb = "<!DOCTYPE svg [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>\
                <svg xmlns=\"http://www.w3.org/2000/svg\"><text>&b;</text></svg>";
    let whole = png(64, 64, 500);
    for (name, content, advice) in [
        ("script.svg", svg("<script>alert(1)</script>"), "has <script>; remove it"),
        ("foreign.svg", svg("<foreignObject><b xmlns=\"http://www.w3.org/1999/xhtml\"/></foreignObject>"), "has <foreignObject>"),
        ("onload.svg", svg("<g onload=\"alert(1)\"/>"), "has the attribute onload; remove it"),
        ("outside.svg", svg("<image href=\"https://evil.example/x.png\"/>"), "has <image>"),
        ("use.svg", svg("<use href=\"https://evil.example/x.svg#a\"/>"), "only references within the file"),
        ("css.svg", svg("<style>path { fill: url(https://evil.example/x) }</style>"), "CSS with url()"),
        ("import.svg", svg("<style>@import 'https://evil.example/x.css';</style>"), "CSS with @import"),
        ("bomb.svg", bomb.into(), "has a DOCTYPE; remove it"),
        ("huge.svg", svg(&" ".repeat(102_400)), "at most 102400 are accepted"),
        ("cut.png", whole[..whole.len() - 1].to_vec(), "PNG file is damaged"),
        ("html.png", [&whole[..], b"<script>alert(1)</script>"].concat(), "something behind its end"),
        ("wide.png", png(100_000, 100_000, 500), "100000 × 100000 pixels"),
        ("picture.gif", b"GIF89a<script>".to_vec(), "neither SVG nor PNG"),
        ("page.html", b"<html><script>alert(1)</script></html>".to_vec(), "is XML but not SVG"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let error = refused(&path);
        assert!(error.contains(advice), "{name}: {error}");
    }
}

#[test]
fn a_logo_that_is_no_file_is_refused_and_nothing_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    assert!(refused(&folder.path().join("missing.svg")).contains("write the path of an SVG or PNG file"));
    let pipe = folder.path().join("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    for no_file in [folder.path(), Path::new("/dev/zero"), &pipe] {
        assert!(refused(no_file).contains("it is not a file"), "{}", no_file.display());
    }
}
