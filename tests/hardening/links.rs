//! The targets of emails' links.

use countersign::domain::Scope;
use countersign::workflow::requests::file::Filing;

use crate::support::fixture::{Fixture, ask, on_both, person, word};

on_both![
    a_redeem_url_must_be_in_canonical_form,
    a_redeem_url_stays_below_its_prefix_on_every_server,
    an_older_redeem_url_that_is_now_refused_is_replaced_by_our_own_page,
];

/// URL parsers drop line breaks and tabs; a mail program shows them, and makes a link of the text behind them.
fn a_redeem_url_must_be_in_canonical_form(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let own = format!("{}redeem", fixture.config.server.public_url);
    let file = |url: String| {
        let filing = Filing { redeem_url: Some(url), ..ask(&sleep, &ann, &bob) };
        word(fixture.file(&person(&bob), &filing))
    };
    for end in
        ["?x=\nhttps://evil.example/?y=", "?x=\r\nhttps://evil.example/", "\t", "?x= y", " ", "\\..", "?x=<b>", "?x=\"", "?x=é"]
    {
        assert_eq!(file(format!("{own}{end}")), "redeem_url", "{end:?}");
    }
    assert_eq!(file(format!("\n{own}")), "redeem_url");
    assert_eq!(file(format!("{own}?from=app&n=%C3%A9")), "ok");
}

/// A browser reads `https:host/redeem` as relative to the webmail's page, and servers read `..;`, `%2f` and `%5c` in different
/// ways.
fn a_redeem_url_stays_below_its_prefix_on_every_server(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let app = fixture.app("app", None, &[Scope::Requests, Scope::ActAs]);
    let file = |url: &str| word(fixture.file(&app, &Filing { redeem_url: Some(url.into()), ..ask(&sleep, &ann, &bob) }));
    let own = fixture.config.server.public_url.as_str().replace("://", ":");
    for text in [
        format!("{own}redeem"),
        format!("{}redeem", own.replacen(':', ":/", 1)),
        format!("{}redeem/done", fixture.config.server.public_url),
    ] {
        assert_eq!(file(&text), "redeem_url", "{text}");
    }
    for text in [
        "https:app.example/redeem",
        "https:/app.example/redeem",
        "https:///app.example/redeem",
        "https://APP.example/redeem",
        "https://app.example:443/redeem",
        "https://app.example/redeem/./x",
        "https://app.example/redeem/%2e%2e%2fx",
        "https://app.example/redeem/..%2fx",
        "https://app.example/redeem/..%5cx",
        "https://app.example/redeem/..;/x",
        "https://app.example/redeem/%252e%252e%252fx",
        "https://app.example/redeem?Token=1",
    ] {
        assert_eq!(file(text), "redeem_url", "{text}");
    }
    assert_eq!(file("https://app.example/redeem/"), "ok");
}

/// An earlier version accepted such URLs, and their requests may be pending.
fn an_older_redeem_url_that_is_now_refused_is_replaced_by_our_own_page(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    for (number, url) in ["https:app.example/redeem", "https://app.example/cb/..%2fx"].into_iter().enumerate() {
        let sleep = fixture.bundle(&format!("Sleep data {number}"), &ann);
        let request = fixture.file(&person(&bob), &ask(&sleep, &ann, &bob)).unwrap().0.request;
        fixture.sql(&format!("UPDATE requests SET redeem_url = '{url}' WHERE id = {}", request.id)).unwrap();
        fixture.deliver();
        let email = fixture.emails_to("ann@example.org").remove(0);
        let own = format!("{}redeem?token=csr_", fixture.config.server.public_url);
        assert!(email.text.contains(&own) && !email.text.contains("app.example"), "{url}: {}", email.text.as_str());
        assert!(!email.html.contains("app.example"), "{url}");
    }
}
