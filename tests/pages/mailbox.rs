//! The captured emails, for this machine only.

use actix_web::test::{self, TestRequest};
use countersign::server;

use super::browser::{Browser, app};
use crate::support::fixture::{Fixture, Kind};

fn filled() -> (Fixture, String) {
    let fixture = Fixture::new(Kind::Sqlite);
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (_, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    (fixture, token)
}

#[test]
fn a_captured_email_can_be_read_and_its_link_clicked() {
    let (fixture, token) = filled();
    let mut browser = Browser::new(&fixture);
    let list = browser.open("/mailbox");
    assert!(list.says("Bob wants to view and change \"Sleep data\"") && list.body.contains("href=\"/mailbox/1\""));
    let email = browser.open("/mailbox/1");
    assert!(email.body.contains(&format!("<a href=\"http://127.0.0.1:8080/redeem?token={token}\">")), "{}", email.body);
    assert!(email.body.contains("Hello Ann,\n\nBob wants to"), "lines stay lines: {}", email.body);
    let html = browser.get("/mailbox/1/html");
    let policy = html.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.ends_with("; sandbox"), "{policy}");
    assert!(html.body.contains(&format!("token={token}")));
    assert_eq!(browser.get("/mailbox/2").status, 404);
    assert_eq!(browser.get("/mailbox/x/html").status, 404);
}

#[test]
fn the_json_has_these_members_newest_first() {
    let (fixture, _) = filled();
    let mut browser = Browser::new(&fixture);
    let (ann, bob) = ("ann@example.org", "bob@example.org");
    browser.open(&format!("/redeem?token={}", fixture.token_for(ann)));
    browser.press("Email me a sign-in code", &[]);
    fixture.deliver();
    let answer = browser.get("/mailbox.json");
    assert_eq!(answer.header("content-type"), "application/json");
    let emails: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(&answer.body).unwrap();
    for email in &emails {
        let names: Vec<&str> = email.keys().map(String::as_str).collect();
        let mut wanted = ["id", "to", "from", "subject", "text", "html", "received_at"];
        wanted.sort_unstable();
        let mut names = names;
        names.sort_unstable();
        assert_eq!(names, wanted);
    }
    assert_eq!(emails.iter().map(|email| email["id"].as_u64().unwrap()).collect::<Vec<_>>(), [2, 1]);
    assert!(emails.iter().all(|email| email["to"] == ann && email["to"] != bob));
}

#[test]
fn the_mailbox_is_hidden_from_other_machines() {
    let (fixture, _) = filled();
    let app = app(&fixture);
    let status = |request: TestRequest| {
        let app = app.clone();
        actix_web::rt::System::new().block_on(async move {
            let service = test::init_service(server::build(&app)).await;
            test::call_service(&service, request.to_request()).await.status().as_u16()
        })
    };
    let ask = |path: &str, peer: &str, headers: &[(&'static str, &'static str)]| {
        let request = TestRequest::get().uri(path).peer_addr(peer.parse().unwrap());
        status(headers.iter().fold(request, |request, header| request.insert_header(*header)))
    };
    for path in ["/mailbox", "/mailbox.json", "/mailbox/1", "/mailbox/1/html"] {
        for host in ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080"] {
            assert_eq!(ask(path, "127.0.0.1:5", &[("host", host)]), 200, "{path} {host}");
        }
        assert_eq!(ask(path, "[::1]:5", &[("host", "localhost")]), 200);
        assert_eq!(ask(path, "[::ffff:127.0.0.1]:5", &[("host", "localhost")]), 200);
        for (peer, headers, status) in [
            ("192.0.2.1:5", &[("host", "localhost")][..], 404),
            // Hosts that are not ours, with any path.
            ("127.0.0.1:5", &[("host", "rebound.example:8080")], 421),
            ("127.0.0.1:5", &[("host", "localhost.evil.example")], 421),
            ("127.0.0.1:5", &[("host", "[::1].evil.test")], 400),
            ("127.0.0.1:5", &[], 400),
            ("127.0.0.1:5", &[("host", "localhost"), ("x-forwarded-for", "127.0.0.1")], 404),
            ("127.0.0.1:5", &[("host", "localhost"), ("forwarded", "for=192.0.2.1")], 404),
            ("127.0.0.1:5", &[("host", "localhost"), ("via", "1.1 proxy")], 404),
            ("127.0.0.1:5", &[("host", "localhost"), ("x-real-ip", "192.0.2.1")], 404),
        ] {
            assert_eq!(ask(path, peer, headers), status, "{path} {peer} {headers:?}");
        }
    }
}

#[test]
fn without_the_capture_transport_there_is_no_mailbox() {
    let (fixture, _) = filled();
    let mut sending = app(&fixture);
    sending.mailbox = None;
    let status = actix_web::rt::System::new().block_on(async move {
        let service = test::init_service(server::build(&sending)).await;
        let peer = "127.0.0.1:5".parse().unwrap();
        let request = TestRequest::get().uri("/mailbox.json").insert_header(("host", "localhost")).peer_addr(peer);
        test::call_service(&service, request.to_request()).await.status().as_u16()
    });
    assert_eq!(status, 404);
}
