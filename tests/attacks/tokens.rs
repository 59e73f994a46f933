//! Only the exact token, of this kind, for this person, is accepted.

use std::sync::Barrier;

use countersign::domain::{Address, Caller};
use countersign::workflow::accounts;

use super::{ANN, BOB, Siege};
use crate::support::fixture::{Fixture, on_both};

on_both![
    only_the_exact_token_is_accepted,
    a_secret_of_one_kind_is_invalid_for_another,
    a_token_is_valid_only_for_the_present_address
];

fn redeem(token: &str) -> String {
    format!("/api/bundle_permission_request/{token}/")
}

fn only_the_exact_token_is_accepted(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let (before, token) = (siege.state(), siege.token.clone());
    let last = token.chars().last().unwrap();
    let flipped = if last == 'A' { 'E' } else { 'A' };
    let mut wrong = vec![
        format!("{}{flipped}", &token[..token.len() - 1]),
        token[..token.len() - 1].to_owned(),
        format!("{token}A"),
        token.to_uppercase(),
        token.to_lowercase(),
        token.replace("csr_", "csr-"),
        token.replace("csr_", "csk_"),
        token.trim_start_matches("csr_").to_owned(),
        format!("csr_{token}"),
        format!("%63{}", &token[1..]).replace("%63", "c%00"),
        format!("{token}%00"),
        "csr_".to_owned(),
        format!("csr_{}", "A".repeat(54)),
        format!("csr_{}", "_".repeat(54)),
        "csr_' OR '1'='1".replace(' ', "%20"),
        "..%2f..%2fadmin".to_owned(),
        "set".to_owned(),
        "null".to_owned(),
        "-1".to_owned(),
        "0x1".to_owned(),
        "9".repeat(60),
        format!("csr_{}", "é".repeat(10)),
    ];
    // The right row with another row's random bytes.
    for other in siege.secrets.iter().filter(|other| other.starts_with("csr_") && **other != token) {
        wrong.push(format!("{}{}", &token[..16], &other[16..]));
    }
    for wrong in &wrong {
        for method in ["GET", "PUT", "DELETE"] {
            let answer = siege.site().send(ANN, method, &redeem(wrong), "");
            let is_no = matches!(answer.status, 400 | 404 | 405);
            assert!(is_no, "{method} {wrong}: {answer}");
            assert!(!answer.body.contains(&token[16..]), "{wrong} is answered with a token");
        }
        let declined = siege.site().send(ANN, "POST", &format!("{}decline/", redeem(wrong)), "");
        assert!(matches!(declined.status, 400 | 404 | 405), "{wrong}: {declined}");
    }
    // Text that a mail program appends to a token does no harm: it is the same token, for the same person.
    for mangled in [format!("{token}="), format!("{token}%20"), format!("{token}%0a")] {
        assert_eq!(siege.site().send(ANN, "GET", &redeem(&mangled), "").status, 200, "{mangled}");
        assert_eq!(siege.site().send(BOB, "GET", &redeem(&mangled), "").status, 403, "{mangled}");
    }
    assert_eq!(siege.state(), before);
    assert_eq!(siege.site().send(ANN, "PUT", &redeem(&token), "").status, 200, "and the real one does");
    siege.is_clean();
}

/// CVE-2026-4325: one store, several kinds.
fn a_secret_of_one_kind_is_invalid_for_another(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let before = siege.state();
    let body = "grant_type=password&username=bob%40x.org&password=correct%20horse&client_id=a&client_secret=b";
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let granted = siege.site().send_with("", "POST", "/api/connect/oauth2/token/", &form, body);
    let mut secrets: Vec<String> =
        vec![siege.token.clone(), siege.key.trim_start_matches("Bearer ").to_owned(), siege.code.clone()];
    if granted.status == 200 {
        secrets.extend(
            ["access_token", "refresh_token"].iter().filter_map(|name| granted.json()[*name].as_str().map(str::to_owned)),
        );
    }
    let prefixes = ["csr_", "csk_", "csa_", "csf_", "css_"];
    for secret in &secrets {
        let (own, rest) = secret.split_at(4);
        for prefix in prefixes.iter().filter(|prefix| **prefix != own) {
            let forged = format!("{prefix}{rest}");
            let opened = siege.site().send(ANN, "GET", &redeem(&forged), "");
            assert!(matches!(opened.status, 404 | 405), "{prefix} of {own}: {opened}");
            let known = siege.site().send(&format!("Bearer {forged}"), "GET", "/api/account/", "");
            assert_eq!(known.status, 401, "{prefix} of {own}: {known}");
            let cookie = format!("countersign={forged}; __Host-countersign={forged}");
            let page = siege.site().send_with("", "GET", "/inbox", &[("Cookie", &cookie)], "");
            assert_ne!(page.status, 200, "{prefix} of {own}");
        }
    }
    assert_eq!(
        siege.site().send(BOB, "GET", &redeem(&siege.token), "").status,
        403,
        "somebody else is told that it is not theirs"
    );
    assert_eq!(siege.state(), before);
    siege.is_clean();
}

/// CVE-2026-32700: the address changes at the moment at which the email is sent. The token works only if the email went to
/// Ann's present address.
fn a_token_is_valid_only_for_the_present_address(fixture: &Fixture) {
    let siege = Siege::lay(fixture);
    let (mut opened, mut dead) = (0, 0);
    for round in 0..12 {
        let old = format!("ann.old{round}@x.org");
        let new = format!("ann.new{round}@x.org");
        let ann = siege.site().user(&old);
        let bundle = siege.fixture().bundle(&format!("Runs {round}"), &ann);
        siege.fixture().asked(&bundle, &ann, &siege.cast.bob);
        let start = Barrier::new(2);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                start.wait();
                let address = Address::parse(&new).unwrap();
                let id = ann.id;
                siege.fixture().write(move |tx| accounts::change_address(tx, &Caller::operator(), id, &address)).unwrap();
            });
            start.wait();
            siege.fixture().deliver();
        });
        siege.fixture().deliver();
        // The change by an operator holds up decisions until the old mailbox confirms it.
        siege.fixture().confirm_change(&old);
        for (mailbox, is_hers) in [(&old, false), (&new, true)] {
            for token in siege.fixture().tokens_for(mailbox) {
                let answer = siege.site().send(&new, "PUT", &redeem(&token), "");
                assert_eq!(answer.status == 200, is_hers, "{mailbox}: {answer}");
                opened += usize::from(is_hers);
                dead += usize::from(!is_hers);
            }
        }
    }
    assert_eq!(opened + dead, 12, "one email each time, to one of the two");
    siege.is_clean();
}
