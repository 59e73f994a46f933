//! The identity of the instance on pages and in emails: name, logo, accent, links, language and time zone.

use actix_web::test::TestRequest;
use countersign::domain::{Address, UserRef};

use super::browser::{Browser, roomy};
use crate::support::fixture::{Fixture, Kind, ask, person};

/// A PNG of this size with so many bytes of pixels. Nothing here decodes them.
pub(crate) fn png(width: u32, height: u32, pixels: usize) -> Vec<u8> {
    let chunk =
        |kind: &[u8; 4], data: &[u8]| [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], kind, data, &[0; 4]].concat();
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    [b"\x89PNG\r\n\x1a\n", &chunk(b"IHDR", &header)[..], &chunk(b"IDAT", &vec![0; pixels]), &chunk(b"IEND", &[])].concat()
}

const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><style>path { fill: teal }</style><path d=\"M0 0h9v9z\"/></svg>";

const HOSPITAL: &str = "[instance]\nname = \"Example Hospital\"\naccent = \"#1d4ed8\"\nsupport_address = \"help@example.org\"\n\
                        privacy_url = \"https://example.org/privacy?a=1&b=2\"\nimprint_url = \"https://example.org/legal\"\n";

/// An instance with these settings, to whose Ann Bob has sent a request.
fn asked(settings: &str) -> Fixture {
    let fixture = roomy().with(settings);
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    fixture
}

/// The settings, with a logo in a file of the folder.
fn with_logo(folder: &tempfile::TempDir, name: &str, content: &[u8]) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    format!("{HOSPITAL}logo = {:?}\n", path.display().to_string())
}

#[test]
fn every_page_has_the_name_and_the_links_of_the_instance() {
    let fixture = asked(HOSPITAL);
    let mut browser = Browser::new(&fixture);
    browser.follow(&fixture, "ann@example.org");
    for path in ["/", "/sign-in", "/redeem", "/inbox", "/account/sessions", "/mailbox", "/nowhere"] {
        let page = browser.open(path);
        assert!(page.body.contains(" – Example Hospital</title>"), "{path}: {}", page.body);
        assert!(page.body.contains("<span class=\"brand-name\">Example Hospital</span></a>"), "{path}");
        for link in ["mailto:help@example.org", "https://example.org/privacy?a=1&#38;b=2", "https://example.org/legal"] {
            assert_eq!(page.body.matches(&format!("href=\"{link}\"")).count(), 1, "{path}: {link}");
        }
        for words in ["Help: help@example.org", "Privacy", "Legal notice", "Powered by Countersign"] {
            assert!(page.says(words), "{path}: {words}");
        }
        assert_eq!(page.body.matches("Countersign").count(), 1, "{path}: only at the foot");
    }
}

#[test]
fn an_instance_without_a_name_has_that_of_its_host() {
    let page = |settings: &str, host: &str| {
        let mut browser = Browser::new(&roomy().with(settings));
        host.clone_into(&mut browser.host);
        browser.get("/").body
    };
    let public = page("[server]\npublic_url = \"https://access.example.org/x\"", "access.example.org");
    assert!(public.contains(" – access.example.org</title>"), "{public}");
    let local = page("", "127.0.0.1:8080");
    assert!(local.contains(" – Countersign</title>") && !local.contains("://") && !local.contains("mailto:"), "{local}");
}

#[test]
fn a_hostile_name_is_only_text() {
    let fixture = asked("[instance]\nname = '''\"><script>alert('1')</script>&\u{5D0}'''");
    let mut browser = Browser::new(&fixture);
    let page = browser.open("/");
    assert!(!page.body.contains("<script"), "{}", page.body);
    assert!(page.body.contains("&#34;&#62;&#60;script&#62;alert(&#39;1&#39;)&#60;/script&#62;&#38;\u{5D0}"), "{}", page.body);
    let email = &fixture.emails_to("ann@example.org")[0];
    assert!(!email.html.contains("<script"), "{}", email.html);
    assert!(email.html.contains("&#34;&#62;&#60;script&#62;"), "{}", email.html);
    assert!(!email.subject.chars().any(char::is_control));
}

#[test]
fn the_logo_is_in_the_bar_and_served_in_a_sandbox() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content, kind, ending) in [
        ("logo.svg", SVG.as_bytes().to_vec(), "image/svg+xml; charset=utf-8", ".svg"),
        ("misnamed.svg", png(64, 64, 100), "image/png", ".png"),
    ] {
        let fixture = roomy().with(&with_logo(&folder, name, &content));
        let mut browser = Browser::new(&fixture);
        let page = browser.open("/").body.clone();
        assert!(!page.contains("brand-name"), "the logo replaces the name");
        let (_, rest) = page.split_once("<img class=\"logo\" src=\"").unwrap();
        let (path, rest) = rest.split_once('"').unwrap();
        assert!(rest.starts_with(" alt=\"Example Hospital\">"), "{rest}");
        assert!(path.starts_with("/logo-") && path.ends_with(ending), "{path}");
        let logo = browser.send(TestRequest::get().uri(path));
        assert_eq!((logo.status, logo.header("content-type")), (200, kind));
        assert_eq!(logo.header("content-security-policy"), "sandbox; default-src 'none'; style-src 'unsafe-inline'");
        assert_eq!(logo.header("x-content-type-options"), "nosniff");
        assert_eq!(logo.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(browser.head(path).status, 200);
        // Another content has another path.
        let other = roomy().with(&with_logo(&folder, name, &png(65, 64, 100)));
        assert!(!Browser::new(&other).get("/").body.contains(path));
    }
}

#[test]
fn below_a_path_the_logo_and_the_icons_are_below_it_too() {
    let folder = tempfile::tempdir().unwrap();
    let settings = with_logo(&folder, "logo.svg", SVG.as_bytes()) + "[server]\npublic_url = \"http://127.0.0.1:8080/cs\"";
    let page = Browser::new(&roomy().with(&settings)).get("/").body;
    for reference in ["src=\"/cs/logo-", "href=\"/cs/icon-", "href=\"/cs/favicon.ico\""] {
        assert!(page.contains(reference), "{reference}");
    }
}

#[test]
fn the_icon_has_the_accent_and_a_fallback_without_svg() {
    let mut browser = Browser::new(&asked(HOSPITAL));
    let page = browser.get("/").body;
    let icon = page.split('"').find(|part| part.starts_with("/icon-")).unwrap().to_owned();
    let svg = browser.get(&icon);
    assert_eq!(svg.header("content-type"), "image/svg+xml; charset=utf-8");
    assert!(svg.body.contains("fill=\"#1d4ed8\"") && svg.body.contains("stroke=\"#ffffff\""), "{}", svg.body);
    assert_eq!(browser.head("/favicon.ico").header("content-type"), "image/x-icon");
    assert_eq!(browser.head("/favicon.ico").header("cache-control"), "public, max-age=86400");
    assert!(include_bytes!("../../templates/favicon.ico").starts_with(&[0, 0, 1, 0]));
}

#[test]
fn the_accent_is_in_stylesheets_and_emails_and_ours_is_nowhere() {
    let fixture = asked(HOSPITAL);
    let mut browser = Browser::new(&fixture);
    let path = browser.get("/").body.split('"').find(|part| part.starts_with("/style-")).unwrap().to_owned();
    let sheet = browser.get(&path).body;
    assert!(sheet.starts_with(":root{--background:#f3f5f3;") && sheet.contains("--accent:#1d4ed8;"), "{sheet}");
    let html = &fixture.emails_to("ann@example.org")[0].html;
    assert!(html.contains("background:#1d4ed8;border:1px solid #1d4ed8"), "{html}");
    for (place, text) in [("sheet", &sheet), ("email", html)] {
        assert!(!text.contains("#0b5d57"), "{place}");
        // The accent of the dark scheme is another one.
        let dark = text.split_once("prefers-color-scheme").unwrap().1;
        assert!(!dark.contains("#1d4ed8") || place == "email", "{place}");
    }
    // Each custom property of the sheet has a value.
    for property in sheet.split("var(").skip(1).map(|rest| rest.split(')').next().unwrap()) {
        assert!(sheet.contains(&format!("{property}:")), "{property}");
    }
}

#[test]
fn an_email_begins_with_the_name_and_ends_with_the_links() {
    let fixture = asked(HOSPITAL);
    let mut browser = Browser::new(&fixture);
    browser.open(&format!("/redeem?token={}", fixture.token_for("ann@example.org")));
    browser.press("Email me a sign-in code", &[]);
    fixture.deliver();
    let emails = fixture.emails_to("ann@example.org");
    assert_eq!(emails.len(), 2, "the request and the code");
    for email in emails {
        assert!(email.html.contains("<bdi>Example Hospital</bdi></p>\n<h1"), "{}", email.html);
        for link in ["mailto:help@example.org", "https://example.org/privacy?a=1&#38;b=2", "https://example.org/legal"] {
            assert_eq!(email.html.matches(&format!("href=\"{link}\"")).count(), 1, "{link}: {}", email.html);
        }
        let foot = "Help: help@example.org\nPrivacy:\nhttps://example.org/privacy?a=1&b=2\nLegal notice:\nhttps://example.org/legal\n\
                    Powered by Countersign\n";
        assert!(email.text.ends_with(foot), "{}", email.text);
        assert!(email.from.starts_with("Countersign <"), "mail.from stays: {}", email.from);
        for text in [&email.subject, &email.text, &email.html] {
            assert_eq!(text.matches("Countersign").count(), usize::from(text != &email.subject), "{text}");
        }
    }
}

#[test]
fn an_email_contains_a_small_png_and_otherwise_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let html = |name: &str, content: &[u8]| {
        let fixture = asked(&with_logo(&folder, name, content));
        let html = fixture.emails_to("ann@example.org")[0].html.clone();
        let shown = Browser::new(&fixture).get("/mailbox/1/html").body;
        (html, shown)
    };
    let (small, shown) = html("small.png", &png(480, 120, 900));
    assert!(
        small.contains("<img class=\"logo\" src=\"cid:logo-")
            && small.contains("width=\"160\" height=\"40\" alt=\"Example Hospital\"")
    );
    assert!(!small.contains("<bdi>Example Hospital</bdi>"), "{small}");
    assert!(shown.contains("<img class=\"logo\" src=\"data:image/png;base64,iVBORw0KGgo") && !shown.contains("cid:"), "{shown}");
    for (name, content) in [("large.png", png(480, 120, 20_480)), ("logo.svg", SVG.as_bytes().to_vec())] {
        let (named, shown) = html(name, &content);
        assert!(!named.contains("<img") && named.contains("<bdi>Example Hospital</bdi>"), "{name}: {named}");
        assert_eq!(named, shown);
    }
}

#[test]
fn who_is_first_known_by_address_gets_the_language_and_time_zone_of_the_instance() {
    let fixture = Fixture::new(Kind::Sqlite).with("[instance]\nlanguage = \"de\"\ntime_zone = \"Europe/Zurich\"");
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let mut filing = ask(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    filing.target = UserRef::Address(Address::parse("new@example.org").unwrap());
    filing.bundle = fixture.relationship("coach").id;
    fixture.file(&person(&bob), &filing).unwrap();
    fixture.deliver();
    let email = &fixture.emails_to("new@example.org")[0];
    assert!(email.html.contains("<html lang=\"de\"") && email.text.contains("Europe/Zurich"), "{}", email.text);
    let mut browser = Browser::new(&fixture);
    for (languages, expected) in [("", "de"), ("it, *;q=0.1", "de"), ("fr-CH, de;q=0.5", "fr"), ("en", "en")] {
        languages.clone_into(&mut browser.languages);
        assert!(browser.get("/").body.contains(&format!("<html lang=\"{expected}\">")), "{languages:?}");
    }
}
