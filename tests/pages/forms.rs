//! Rules of every page and form: headers, CSRF tokens, cross-site checks, cookies.

use actix_web::http::header::SET_COOKIE;
use actix_web::test::TestRequest;

use super::browser::{Browser, roomy};
use crate::support::fixture::{Fixture, Kind};

const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Ann's browser at the page for the decision.
fn deciding(fixture: &Fixture) -> Browser {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let mut browser = Browser::new(fixture);
    browser.follow(fixture, "ann@example.org");
    browser
}

#[test]
fn every_page_has_every_header() {
    let fixture = roomy().with("[limits]\nredeem_per_minute = 0\n[server]\npublic_url = \"https://cs.example\"");
    let mut browser = deciding(&fixture);
    let style = browser.page.body.split("href=\"").find(|part| part.starts_with("/style-")).unwrap();
    let style = style[..style.find('"').unwrap()].to_owned();
    for path in [
        "/",
        "/redeem",
        "/redeem?token=x",
        "/redeem/done",
        "/redeem/fresh",
        "/redeem/approve",
        "/sign-in",
        "/inbox",
        "/mailbox",
        "/mailbox.json",
        "/mailbox/1",
        "/mailbox/77",
        &style,
    ] {
        let page = browser.get(path);
        let policy = page.header("content-security-policy");
        assert_eq!(policy, POLICY, "{path}");
        for (name, value) in [
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-opener-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ] {
            assert_eq!(page.header(name), value, "{path}");
        }
        let caching = if path == style { "public, max-age=31536000, immutable" } else { "no-store" };
        assert_eq!(page.header("cache-control"), caching, "{path}");
        for bad in ["<script", " style=", "http-equiv", " onclick", "://"] {
            assert!(path.starts_with("/mailbox") || !page.body.contains(bad), "{bad} in {path}");
        }
        if page.status == 200 && page.header("content-type").starts_with("text/html") {
            for part in ["<html lang=\"en\">", "<main id=\"main\"", "name=\"viewport\"", "<h1>", "href=\"#main\""] {
                assert!(page.body.contains(part), "{part} in {path}");
            }
        }
    }
    assert_eq!(browser.get("/style-0000000000000000.css").status, 404);
}

#[test]
fn over_http_there_is_no_hsts() {
    let fixture = roomy();
    let mut browser = Browser::new(&fixture);
    assert_eq!(browser.get("/").header("strict-transport-security"), "");
}

#[test]
fn a_form_without_its_own_csrf_token_is_refused() {
    let fixture = roomy();
    let mut browser = deciding(&fixture);
    let (_, fields) = browser.form("Approve");
    let mark = fields[0].1.clone();
    let mut other = browser.beside();
    other.open("/sign-in");
    let others = other.form("Sign in").1[0].1.clone();
    assert_ne!(mark, others);
    let longer = format!("{mark}A");
    for form in [&[][..], &[("form", "")], &[("form", &others)], &[("form", &longer)], &[("form", &mark), ("form", &mark)]] {
        for path in ["/redeem/approve", "/redeem/decline", "/redeem/undo", "/redeem/fresh", "/sign-out", "/inbox/link"] {
            let page = browser.post(path, form, &[]);
            assert_eq!((page.status, page.heading().as_str()), (403, "This form has expired"), "{path} {form:?}");
            assert!(page.says("Nothing was changed."));
        }
    }
    // Another session of the same person has another token.
    let mut second = browser.beside();
    second.follow(&fixture, "ann@example.org");
    assert_eq!(second.post("/redeem/approve", &[("form", &mark)], &[]).status, 403);
    assert_eq!(fixture.count("requests", "state = 'pending'"), 1);
    assert_eq!(browser.post("/redeem/approve", &[("form", &mark)], &[]).header("location"), "/redeem/done");
    fixture.deliver();
}

#[test]
fn a_form_from_another_site_is_refused_with_any_token() {
    let fixture = roomy();
    let mut browser = deciding(&fixture);
    let mark = browser.form("Approve").1[0].1.clone();
    for headers in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "http://127.0.0.1:8081")],
        &[("origin", "null"), ("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
    ] {
        assert_eq!(browser.post("/redeem/approve", &[("form", &mark)], headers).status, 403, "{headers:?}");
    }
    assert_eq!(fixture.count("requests", "state = 'pending'"), 1);
    let own = browser.post("/redeem/approve", &[("form", &mark)], &[("origin", "http://127.0.0.1:8080")]);
    assert_eq!(own.header("location"), "/redeem/done");
    fixture.deliver();
}

#[test]
fn signing_in_needs_a_csrf_token_too() {
    let fixture = roomy();
    let ann = fixture.user("ann@example.org");
    super::browser::set_password(&fixture, &ann, "correct horse");
    let mut browser = Browser::new(&fixture);
    let fields = [("name", "ann@example.org"), ("password", "correct horse")];
    assert_eq!(browser.post("/sign-in", &fields, &[]).status, 403);
    assert_eq!(fixture.count("sessions", "1 = 1"), 0);
}

#[test]
fn a_malformed_or_too_long_form_is_answered_with_a_page() {
    let fixture = roomy();
    let mut browser = deciding(&fixture);
    let odd = browser.send(TestRequest::post().uri("/redeem/approve").set_payload("form=%FF"));
    assert_eq!((odd.status, odd.header("content-security-policy")), (403, POLICY));
    let long = browser.send(TestRequest::post().uri("/redeem/decline").set_payload("x".repeat(70_000)));
    assert_eq!((long.status, long.header("content-security-policy")), (413, POLICY));
    assert_eq!(fixture.count("requests", "state = 'pending'"), 1);
}

#[test]
fn cookies_are_http_only_and_over_https_secure() {
    for (url, prefixes) in [
        ("http://127.0.0.1:8080", ["countersign", "countersign-link", "countersign-visit"]),
        ("https://cs.example", ["__Host-countersign", "__Secure-countersign-link", "__Host-countersign-visit"]),
    ] {
        let fixture = roomy().with(&format!("[limits]\nredeem_per_minute = 0\n[server]\npublic_url = \"{url}\""));
        let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
        let (_, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
        let mut browser = Browser::new(&fixture);
        let mut set = Vec::new();
        let mut note = |answer: &super::browser::Answer| {
            set.extend(answer.headers.get_all(SET_COOKIE).map(|cookie| cookie.to_str().unwrap().to_owned()));
        };
        note(&browser.get(&format!("/redeem?token={token}")));
        note(browser.open("/redeem"));
        browser.press("Email me a sign-in code", &[]);
        fixture.deliver();
        let code = super::browser::code_in(&fixture.emails_to("ann@example.org")[0].text);
        note(&browser.press_only("Sign in", &[("code", &code)]));
        for name in prefixes {
            let cookie = set.iter().find(|cookie| cookie.starts_with(&format!("{name}="))).unwrap();
            assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax"), "{cookie}");
            assert_eq!(cookie.contains("; Secure"), url.starts_with("https"), "{cookie}");
            let path = if name.ends_with("-link") { "; Path=/redeem" } else { "; Path=/" };
            assert!(cookie.contains(path) && !cookie.contains("Domain"), "{cookie}");
            assert_eq!(cookie.contains("Max-Age=900"), name.ends_with("-link"), "{cookie}");
        }
        let stored = fixture.texts("SELECT CAST(count(*) AS TEXT) AS value FROM sessions WHERE length(secret_hash) = 32");
        assert_eq!(stored, ["1"]);
    }
}

#[test]
fn a_session_cookie_is_ignored_by_every_api() {
    let fixture = Kind::Sqlite;
    let fixture = Fixture::new(fixture);
    let mut browser = deciding(&fixture);
    assert_eq!(browser.open("/inbox").status, 200);
    for path in ["/api/bundle_permission_request/", "/api/bundle_permission/"] {
        assert_eq!(browser.get(path).status, 401, "{path}");
    }
}

#[test]
fn under_a_path_every_link_and_cookie_has_it() {
    let fixture = roomy().with("[limits]\nredeem_per_minute = 0\n[server]\npublic_url = \"https://a.example/cs/\"");
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (_, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    assert!(fixture.emails_to("ann@example.org")[0].text.contains("https://a.example/cs/redeem?token="));
    let mut browser = Browser::new(&fixture);
    // The proxy removes the path.
    let arrived = browser.get(&format!("/redeem?token={token}"));
    assert_eq!(arrived.header("location"), "/cs/redeem?opened");
    assert!(arrived.header("set-cookie").contains("; Path=/cs/redeem"));
    let page = browser.get("/redeem");
    assert!(page.body.contains("action=\"/cs/redeem/code\"") && page.body.contains("href=\"/cs/style-"));
}
