//! Where a letter's link may lead.

use countersign::workflow::request::Filing;

use crate::support::house::{House, ask, on_both, person, word};

on_both![a_redeem_url_is_what_it_is_read_as];

/// URL parsers drop line breaks and tabs; a mail program shows them, and makes a link of what stands behind.
fn a_redeem_url_is_what_it_is_read_as(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let own = format!("{}redeem", house.config.server.public_url);
    let file = |url: String| {
        let filing = Filing { redeem_url: Some(url), ..ask(&sleep, &ann, &bob) };
        word(house.file(&person(&bob), &filing))
    };
    for end in
        ["?x=\nhttps://evil.example/?y=", "?x=\r\nhttps://evil.example/", "\t", "?x= y", " ", "\\..", "?x=<b>", "?x=\"", "?x=é"]
    {
        assert_eq!(file(format!("{own}{end}")), "redeem_url", "{end:?}");
    }
    assert_eq!(file(format!("\n{own}")), "redeem_url");
    assert_eq!(file(format!("{own}?from=app&n=%C3%A9")), "ok");
}
