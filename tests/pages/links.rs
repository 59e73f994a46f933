//! Links and pages in the hands of mail programs and browsers: mangled tokens, no cookies, another name for the site,
//! right-to-left names.

use super::browser::{Answer, Browser, roomy, set_password};
use crate::support::fixture::{Fixture, ask, on_both, person};

on_both![a_token_is_read_from_links_that_mail_programs_altered];

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn a_token_is_read_from_links_that_mail_programs_altered(fixture: &Fixture) {
    let fixture = &fixture.with("[limits]\nredeem_per_minute = 0\nbad_tokens_per_hour = 0");
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (_, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let (head, tail) = token.split_at(30);
    for query in [
        format!("token={token}."),
        format!("token={token}%3E"),
        format!("token={token})"),
        format!("token={token}%20"),
        format!("token=+{token}"),
        format!("token={token}%0D%0A"),
        format!("token=3D{token}"),
        format!("token=%3D3D{token}"),
        format!("token={token}3D"),
        format!("token={token}&amp;"),
        format!("amp;token={token}"),
        format!("token%3D{token}"),
        format!("token={}", encoded(&format!("{head}=\r\n{tail}"))),
        format!("token={}", encoded(&format!("{head}\r\n {tail}>"))),
    ] {
        let mut browser = Browser::new(fixture);
        let page = browser.open(&format!("/redeem?{query}"));
        assert_eq!((page.status, page.heading().as_str()), (200, "Confirm it’s you"), "{query}");
        assert_eq!(browser.jar.get("countersign-link"), Some(&token), "{query}");
    }
    let mut browser = Browser::new(fixture);
    for query in [format!("token={token}x"), format!("token={head}"), format!("token={token}&token={token}"), "token=".into()] {
        assert_eq!(browser.get(&format!("/redeem?{query}")).status, 404, "{query}");
    }
}

#[test]
fn a_browser_without_cookies_gets_an_explanation() {
    let fixture = roomy().with(
        "[limits]\nredeem_per_minute = 0\n[server]\npublic_url = \"https://cs.example\"\n[[sign_in.oidc]]\nid = \"work\"\n\
         name = \"Work\"\nissuer = \"http://127.0.0.1:1\"\nclient_id = \"countersign\"\nclient_secret = \"hush\"",
    );
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    set_password(&fixture, &ann, "correct horse");
    let (_, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    for (languages, heading, word, code_word) in [
        ("en", "Your browser did not keep our cookie", "Allow cookies for cs.example", "request a new code"),
        ("de", "Ihr Browser hat unser Cookie nicht gespeichert", "Erlauben Sie Cookies für cs.example", "einen neuen Code an"),
        (
            "fr",
            "Votre navigateur n’a pas gardé notre cookie",
            "Autorisez les cookies pour cs.example",
            "demandez un nouveau code",
        ),
    ] {
        let mut browser = Browser::new(&fixture);
        browser.languages = languages.into();
        let mut after = |path: &str| -> Answer {
            let next = browser.get(path).header("location").to_owned();
            browser.jar.clear();
            browser.get(&next)
        };
        let opened = after(&format!("/redeem?token={token}"));
        assert_eq!((opened.status, opened.heading().as_str()), (200, heading), "{}", opened.text());
        assert!(opened.says(word), "{}", opened.text());
        // A visitor without a link is told to open the email.
        assert_ne!(browser.get("/redeem").heading(), heading);
        // Back from a provider. With any cookie the only error is that it is too late.
        let back = "/sign-in/with/work/back?state=x&code=y";
        let returned = browser.get(back);
        assert_eq!((returned.status, returned.heading().as_str()), (400, heading));
        assert!(returned.says(word), "{}", returned.text());
        browser.jar.insert("theme".into(), "dark".into());
        assert_ne!(browser.get(back).heading(), heading);
        browser.jar.clear();
        // The page for a code, and any form.
        let code = browser.get("/sign-in/code?asked");
        assert_eq!(code.heading(), heading);
        assert!(code.says(code_word) && code.says(word), "{}", code.text());
        assert!(!opened.says(code_word), "{}", opened.text());
        assert_eq!(browser.get("/sign-in/code").header("location"), "/sign-in");
        let form = browser.post("/sign-in", &[("name", "ann@example.org"), ("password", "correct horse"), ("form", "x")], &[]);
        assert_eq!((form.status, form.heading().as_str()), (403, heading));
        assert!(form.says(word) && form.body.contains("href=\"https://cs.example/sign-in\""), "{}", form.body);
    }
    let mut browser = Browser::new(&fixture);
    browser.open("/sign-in");
    let asked = browser.press_only("Email me a sign-in code", &[("name", "ann@example.org")]);
    assert_eq!(asked.header("location"), "/sign-in/code?asked");
    fixture.deliver();
}

/// Names that are neither this site's nor this machine's are refused before any page: see `server/head_check.rs`.
#[test]
fn a_form_from_another_name_of_the_site_names_the_right_one() {
    let fixture = roomy().with("[limits]\nredeem_per_minute = 0\n[server]\npublic_url = \"https://cs.example/access\"");
    let mut browser = Browser::new(&fixture);
    for (path, leads_to) in [
        ("/sign-in", "/sign-in"),
        ("/sign-in/code", "/sign-in"),
        ("/redeem/approve", "/redeem"),
        ("/inbox/link", "/inbox"),
        ("/sign-out", "/"),
    ] {
        for (host, origin) in [
            ("localhost:8080", "http://localhost:8080"),
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("[::1]:8080", "http://[::1]:8080"),
            ("cs.example", "http://cs.example"),
        ] {
            let mut send = |host: &str, origin: &str| {
                browser.host = host.to_owned();
                browser.post(path, &[("form", "x")], &[("origin", origin)])
            };
            let page = send(host, origin);
            assert_eq!((page.status, page.heading().as_str()), (403, "This site has a different address"), "{host}");
            assert!(page.says("Go to https://cs.example/access/"), "{}", page.text());
            assert!(page.body.contains(&format!("href=\"https://cs.example/access{leads_to}\"")), "{path}: {}", page.body);
            assert!(!page.body.contains(&format!("href=\"{origin}")), "nothing is built from the header");
            // Another site is not another name of this one.
            let forged = send("cs.example", "https://evil.example");
            assert_eq!((forged.status, forged.heading().as_str()), (403, "This form has expired"));
        }
    }
}

/// Every place in a page with a right-to-left name outside of `<bdi>`, except in attributes and titles, which cannot contain
/// elements.
fn unisolated(html: &str, names: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let (mut depth, mut text_only) = (0, false);
    for piece in html.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        match tag.split([' ', '\n']).next().unwrap() {
            "bdi" => depth += 1,
            "/bdi" => depth -= 1,
            "title" | "textarea" => text_only = true,
            "/title" | "/textarea" => text_only = false,
            _ => {}
        }
        if depth == 0 && !text_only && names.iter().any(|name| text.contains(name)) {
            found.push(text.trim().to_owned());
        }
    }
    found
}

#[test]
fn right_to_left_names_are_isolated_on_every_page() {
    for locale in ["en", "de", "fr"] {
        isolated_in(locale);
    }
}

fn isolated_in(locale: &str) {
    let fixture = roomy();
    let named = |email: &str, first: &str, last: &str| {
        fixture.add_user(email, |new| {
            new.first_name = first.into();
            new.last_name = last.into();
            new.locale = locale.into();
        })
    };
    let (ann, bob) = (named("ann@example.org", "סמי", "הערב"), named("bob@example.org", "دان (7)", "كوهين"));
    let written = ["סמי", "הערב", "دان", "كوهين", "نوم", "لماذا"];
    let sleep = fixture.bundle_of("نوم 12", &ann, &["urn:a", "urn:b"]);
    let mut filing = ask(&sleep, &ann, &bob);
    filing.message = Some("لماذا 1, 2?".into());
    fixture.file(&person(&bob), &filing).unwrap();
    fixture.deliver();
    let mut browser = Browser::new(&fixture);
    browser.follow(&fixture, "ann@example.org");
    let mut seen = 0;
    for path in ["/redeem", "/inbox", "/inbox/given", "/inbox/held", "/account/sessions", "/mailbox", "/mailbox/1", "/"] {
        let page = browser.open(path);
        assert_eq!(unisolated(&page.body, &written), Vec::<String>::new(), "{path}: {}", page.body);
        seen += usize::from(written.iter().any(|name| page.body.contains(name)));
    }
    assert!(seen >= 4, "{seen}");
    for email in fixture.emails_to("ann@example.org").iter().chain(&fixture.emails_to("bob@example.org")) {
        assert_eq!(unisolated(&email.html, &written), Vec::<String>::new(), "{}", email.html.as_str());
        assert!(email.html.contains("<bdi>"), "{}", email.html.as_str());
        for text in [email.subject.as_str(), email.text.as_str()] {
            let mut depth = 0;
            for c in text.chars() {
                depth += i32::from(c == '\u{2068}') - i32::from(c == '\u{2069}');
                assert!(depth > 0 || !('\u{590}'..'\u{900}').contains(&c), "{text}");
            }
            assert_eq!(depth, 0, "{text}");
        }
    }
}
