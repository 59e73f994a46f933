//! Unknown paths: a page in the reader's language, JSON for programs that ask for it, and an API's own format below its paths.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::Value;

use super::browser::{Browser, roomy};

const AS_BROWSERS: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

fn ask(browser: &mut Browser, method: Method, path: &str, accept: &str) -> super::browser::Answer {
    browser.send(TestRequest::default().method(method).uri(path).insert_header(("accept", accept)))
}

#[test]
fn a_wrong_link_is_explained_in_the_readers_language() {
    let fixture = roomy().with("[server]\npublic_url = \"https://cs.example\"");
    for (languages, lang, heading, back) in [
        ("", "en", "Page not found", "Go to the home page"),
        ("de", "de", "Seite nicht gefunden", "Zur Startseite"),
        ("fr", "fr", "Page introuvable", "Aller à la page d’accueil"),
    ] {
        let mut browser = Browser::new(&fixture);
        browser.languages = languages.to_owned();
        for path in ["/wp-login.php", "/inbox/nothing", "/admin/nothing/here", "/configuration", "/.well-known/change-password"] {
            let page = ask(&mut browser, Method::GET, path, AS_BROWSERS);
            assert_eq!((page.status, page.heading().as_str()), (404, heading), "{path}");
            assert!(page.body.contains(&format!("<html lang=\"{lang}\">")), "{path}");
            assert!(page.says(back) && page.body.contains("href=\"/\""), "{path}: {}", page.text());
            assert!(page.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
            assert_eq!(page.header("cache-control"), "no-store", "{path}");
            assert_eq!(page.header("strict-transport-security"), "max-age=31536000; includeSubDomains", "{path}");
            assert_eq!(page.header("set-cookie"), "", "nothing to remember: {path}");
        }
        // A form to an unknown path gets the same page, and no other error.
        assert_eq!(browser.post("/nowhere", &[("a", "b")], &[]).heading(), heading);
        assert_eq!(browser.head("/nowhere").status, 404);
    }
}

#[test]
fn a_wrong_link_keeps_the_session_and_links_back() {
    let fixture = roomy();
    let ann = fixture.add_user("ann@example.org", |new| {
        new.is_admin = true;
        new.locale = "de".into();
    });
    let mut browser = Browser::of(&fixture, &ann);
    let page = browser.get("/admin/nothing");
    assert_eq!((page.status, page.heading().as_str()), (404, "Seite nicht gefunden"));
    assert!(page.body.contains("href=\"/admin\""), "{}", page.text());
}

#[test]
fn a_program_that_accepts_json_gets_json() {
    let mut browser = Browser::new(&roomy());
    for accept in ["application/json", "application/problem+json, application/json;q=0.9", "Application/JSON, */*"] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let answer = ask(&mut browser, method, "/v2/nothing", accept);
            assert_eq!((answer.status, answer.header("content-type")), (404, "application/json"), "{accept}");
            let body: Value = serde_json::from_str(&answer.body).unwrap();
            assert!(body["error"].as_str().unwrap().contains("/openapi.json"), "{body}");
        }
    }
    for accept in [AS_BROWSERS, "*/*", "text/html, application/json", "application/jsonp", "image/png"] {
        let answer = ask(&mut browser, Method::GET, "/v2/nothing", accept);
        assert_eq!((answer.status, answer.header("content-type")), (404, "text/html; charset=utf-8"), "{accept}");
    }
}

#[test]
fn below_an_apis_paths_the_api_answers_every_client() {
    let mut browser = Browser::new(&roomy());
    for path in ["/api/x/y/z/", "/authorization/x", "/identities/x", "/SASLogon/x", "/rest/x", "/as/x", "/access/v1/x"] {
        let (page, json) =
            (ask(&mut browser, Method::GET, path, AS_BROWSERS), ask(&mut browser, Method::GET, path, "application/json"));
        assert_eq!((page.status, json.status), (404, 404), "{path}");
        assert!(!page.body.contains("<html"), "{path}: {}", page.body);
        assert!(!page.body.contains("/openapi.json"), "{path}: {}", page.body);
        assert_eq!(page.header("content-type"), json.header("content-type"), "{path}");
    }
}

#[test]
fn an_unsupported_method_is_405_and_not_404() {
    let mut browser = Browser::new(&roomy());
    for (method, path, allow) in [
        (Method::PATCH, "/inbox", "GET, HEAD"),
        (Method::POST, "/inbox", "GET, HEAD"),
        (Method::PUT, "/sign-in", "GET, HEAD, POST"),
        (Method::GET, "/redeem/approve", "POST"),
        (Method::DELETE, "/redeem/fresh", "GET, HEAD, POST"),
        (Method::DELETE, "/api/account/", "GET,HEAD"),
        (Method::PUT, "/access/v1/evaluation", "POST"),
        (Method::DELETE, "/authorization/shares", "GET,HEAD,POST"),
        (Method::DELETE, "/healthz", "GET,HEAD"),
        (Method::POST, "/openapi.json", "GET,HEAD"),
    ] {
        let answer = ask(&mut browser, method, path, AS_BROWSERS);
        assert_eq!((answer.status, answer.header("allow")), (405, allow), "{path}");
    }
}

#[test]
fn superfluous_slashes_lead_to_the_page() {
    let mut browser = Browser::new(&roomy().with("[server]\npublic_url = \"https://a.example/cs\""));
    for (path, to) in [
        ("/redeem/?token=csr_x&y=%2F", "/cs/redeem?token=csr_x&y=%2F"),
        ("//redeem?token=csr_x", "/cs/redeem?token=csr_x"),
        ("/sign-in/", "/cs/sign-in"),
        ("//sign-in//", "/cs/sign-in/"),
        ("/inbox//held", "/cs/inbox/held"),
        ("//", "/cs/"),
        ("/%5Cevil.example/", "/cs/%5Cevil.example"),
        ("//evil.example/", "/cs/evil.example/"),
        ("///evil.example", "/cs/evil.example"),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let answer = ask(&mut browser, method, path, AS_BROWSERS);
            assert_eq!((answer.status, answer.header("location")), (308, to), "{path}");
        }
    }
    for path in ["/", "/sign-in"] {
        assert_eq!(browser.get(path).status, 200, "{path}");
    }
    // A browser reads `/\\` as `//`, which is another site at the root.
    let mut at_the_root = Browser::new(&roomy());
    for path in ["/\\evil.example/", "//\\evil.example"] {
        let answer = ask(&mut at_the_root, Method::GET, path, AS_BROWSERS);
        assert_eq!((answer.status, answer.header("location")), (404, ""), "{path}");
    }
    // A form is sent to the path that its page names.
    assert_eq!(ask(&mut browser, Method::POST, "/sign-in/", AS_BROWSERS).status, 404);
    assert_eq!(ask(&mut browser, Method::GET, "/nothing", AS_BROWSERS).status, 404);
}

#[test]
fn head_is_answered_wherever_get_is() {
    let mut browser = Browser::new(&roomy());
    for path in [
        "/",
        "/sign-in",
        "/redeem",
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/config",
        "/.well-known/authzen-configuration",
        "/.well-known/authzen-configuration/cs",
        "/api/",
        "/api/account/",
        "/api/bundle_permission_request/",
        "/api/user/7/",
        "/authorization/",
        "/authorization/shares",
        "/rest",
        "/rest/admin/shares",
        "/as/sharing/iten1/shares",
        "/nothing",
    ] {
        let get = ask(&mut browser, Method::GET, path, AS_BROWSERS);
        let head = ask(&mut browser, Method::HEAD, path, AS_BROWSERS);
        assert_eq!((head.status, head.header("content-type")), (get.status, get.header("content-type")), "{path}");
        assert_ne!(head.status, 405, "{path}");
    }
}
