//! Guessing at sign-ins.

use countersign::auth::{AuthError, Authenticator, Passwords, Source};
use countersign::domain::Caller;
use countersign::workflow::accounts;

use crate::support::fixture::{Fixture, address, on_both, runtime};

on_both![
    all_spellings_of_a_name_share_one_budget,
    a_code_to_an_earlier_address_signs_nobody_in,
    an_earlier_address_signs_nobody_in,
];

/// Spellings that are all parsed as `ann@example.org`.
fn spellings() -> Vec<String> {
    let wide = |c: char| char::from_u32(u32::from(c) + 0xfee0).unwrap();
    let domain = "example";
    let mut all = vec!["ANN@example.org".to_owned(), " ann@EXAMPLE.ORG ".to_owned()];
    for at in 0..domain.len() {
        let spelled: String = domain.chars().enumerate().map(|(i, c)| if i == at { wide(c) } else { c }).collect();
        all.push(format!("ann@{spelled}.org"));
    }
    all.extend((0..7).map(|at| {
        let spelled: String = domain.chars().enumerate().map(|(i, c)| if i <= at { wide(c) } else { c }).collect();
        format!("ann@{spelled}。org")
    }));
    all
}

fn authenticator(fixture: &Fixture) -> Authenticator {
    Authenticator::new(fixture.store.clone(), fixture.rng.clone(), &fixture.config.limits).unwrap()
}

fn all_spellings_of_a_name_share_one_budget(fixture: &Fixture) {
    fixture.user("ann@example.org");
    // A person who has signed in before; others get one code an hour.
    fixture.sql("UPDATE users SET signed_in_at = created_at").unwrap();
    let auth = authenticator(fixture);
    let asked: Vec<_> = spellings()
        .iter()
        .map(|name| runtime().block_on(auth.request_code(name, "a browser", &Source::default())).is_ok())
        .collect();
    assert_eq!(asked.iter().filter(|is_ok| **is_ok).count(), 3, "{asked:?}");
    assert_eq!(fixture.emails().len(), 3);
    let tried = spellings().into_iter().filter(|name| {
        let tried = runtime().block_on(auth.from_header(&basic(name, "wrong"), None));
        matches!(tried, Err(AuthError::Wrong))
    });
    assert_eq!(tried.count(), 10);
}

fn basic(name: &str, password: &str) -> String {
    use base64::Engine;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{name}:{password}")))
}

fn a_code_to_an_earlier_address_signs_nobody_in(fixture: &Fixture) {
    let ann = fixture.user("ann@example.org");
    let auth = authenticator(fixture);
    runtime().block_on(auth.request_code("ann@example.org", "a browser", &Source::default())).unwrap();
    fixture.deliver();
    let email = fixture.emails_to("ann@example.org").remove(0);
    let digits = |word: &&str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit());
    let code = email.text.split_whitespace().find(digits).unwrap().to_owned();
    fixture.write(move |tx| accounts::change_address(tx, &Caller::operator(), ann.id, &address("ann@new.example.org"))).unwrap();
    assert!(matches!(
        runtime().block_on(auth.by_code("ann@new.example.org", &code, "a browser", &Source::default())),
        Err(AuthError::Wrong)
    ));
}

fn an_earlier_address_signs_nobody_in(fixture: &Fixture) {
    let hash = Passwords::hash(&fixture.rng, "correct horse").unwrap();
    let ann = fixture.add_user("ann@example.org", |new| new.password_hash = Some(hash));
    let auth = authenticator(fixture);
    let sign_in = |name: &str| runtime().block_on(auth.from_header(&basic(name, "correct horse"), None)).is_ok();
    assert!(sign_in("ann@example.org"));
    fixture.write(move |tx| accounts::change_address(tx, &Caller::operator(), ann.id, &address("ann@new.example.org"))).unwrap();
    assert_eq!((sign_in("ann@example.org"), sign_in("ann@new.example.org")), (false, true));
}
