//! Text by an attacker cannot change an email: no header, no subject, no link, no other host.

use serde_json::json;

use super::{ANN, BOB, Siege};
use crate::support::fixture::{Fixture, on_both};

on_both![a_poisoned_host_is_in_no_email, names_and_messages_stay_text_in_emails];

/// Discourse, Ghost and many others: a link built from the Host header.
fn a_poisoned_host_is_in_no_email(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let bundle = siege.fixture().bundle("Runs", &siege.cast.ann);
    let body = json!({ "user_target": ANN, "user_allowed": BOB, "bundle": bundle.id.0 }).to_string();
    let authorization = crate::support::http::basic(BOB, crate::support::http::PASSWORD);
    let head = |host: &str, more: &str| {
        format!(
            "POST /api/bundle_permission_request/ HTTP/1.1\r\nHost: {host}\r\n{more}Connection: close\r\n\
             Authorization: {authorization}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let before = siege.state();
    for raw in [head("evil.example", ""), head("evil.example:80", ""), head("127.0.0.1.evil.example", "")] {
        let answer = siege.site().raw(&raw);
        assert_eq!(answer.status, 421, "{answer}");
        assert!(!answer.to_string().contains("evil.example"), "{answer}");
    }
    assert_eq!(siege.state(), before, "nothing was filed under another name");
    for raw in [
        head("127.0.0.1", "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: http\r\n"),
        head("127.0.0.1", "Forwarded: host=evil.example;proto=http\r\nX-Host: evil.example\r\nX-Original-Host: evil.example\r\n"),
        head("127.0.0.1", "Referer: http://evil.example/\r\nOrigin: http://evil.example\r\n"),
    ] {
        let answer = siege.site().raw(&raw);
        assert!(!answer.to_string().contains("evil.example"), "{answer}");
    }
    siege.fixture().deliver();
    for email in siege.fixture().mailbox.list() {
        let whole = format!("{}{}{}{}", email.from, email.subject, email.text, email.html);
        assert!(!whole.contains("evil.example"), "{whole}");
    }
    siege.is_clean();
}

/// Names and messages of spammers, header injectors and phishers.
fn names_and_messages_stay_text_in_emails(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let hostile = [
        "Click https://evil.example/now to keep your account",
        "evil.example",
        "a\r\nBcc: everybody@x.org\r\n\r\nhello",
        "<script>alert(1)</script><a href=\"https://evil.example\">ok</a>",
        "</p><img src=https://evil.example/x.png>",
        "\u{202e}gro.elpmaxe@nna",
        "[ok](https://evil.example) ![](https://evil.example/x)",
        "${7*7} {{7*7}} <%= 7*7 %> %s%n",
        "csr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "a\u{0}b\u{1b}[31mred",
    ];
    let public = siege.fixture().config.server.public_url.clone();
    let mut filed = 0;
    for (number, text) in hostile.into_iter().enumerate() {
        let bundle = siege.fixture().bundle(&format!("Runs {number}"), &siege.cast.ann);
        let body = json!({ "user_target": ANN, "user_allowed": BOB, "bundle": bundle.id.0, "message": text });
        let answer = siege.site().send(BOB, "POST", "/api/bundle_permission_request/", &body.to_string());
        assert!(matches!(answer.status, 201 | 400 | 422), "{text:?}: {answer}");
        filed += usize::from(answer.status == 201);
        let name = json!({ "first_name": text });
        let renamed = siege.site().send(BOB, "PUT", &format!("/api/user/{}/", siege.cast.bob.id.0), &name.to_string());
        assert!(renamed.status < 500, "{text:?}: {renamed}");
    }
    assert!(filed >= 5, "most of it is somebody's honest message");
    siege.fixture().deliver();
    let emails = siege.fixture().emails_to(ANN);
    assert!(emails.len() > filed);
    for email in &emails {
        assert!(!email.subject.contains(['\r', '\n', '\u{0}', '\u{1b}', '\u{202e}']), "{:?}", email.subject);
        assert!(!email.subject.contains("evil.example") && !email.subject.contains("://"), "{:?}", email.subject);
        assert!(!email.from.contains("evil"), "{}", email.from);
        // Each link leads to us, and opening the email fetches nothing.
        for piece in email.html.split("href=\"").skip(1).chain(email.html.split("src=\"").skip(1)) {
            let target = piece.split('"').next().unwrap();
            assert!(target.starts_with(public.as_str()) || target.starts_with("mailto:"), "{target}");
        }
        assert!(!email.html.contains("<script") && !email.html.contains("<img"), "{}", email.html);
        assert!(!email.text.contains('\u{1b}') && !email.text.contains('\u{0}') && !email.text.contains('\u{202e}'));
    }
    siege.is_clean();
}
