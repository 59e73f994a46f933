//! Limits of sign-ins and tokens: they stop guessers and nobody else.

use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use countersign::auth::{AuthError, Authenticator, KnownBrowser, Source};
use countersign::store;
use serde_json::json;

use crate::pages::browser::{BOB_ASKS, Browser, code_in, set_password};
use crate::support::fixture::{Fixture, Kind, on_both, runtime};
use crate::support::http::{Answer, PASSWORD, Site, basic, password_hash};

on_both![
    two_hundred_concurrent_correct_passwords_are_verified_once,
    many_identical_concurrent_wrong_passwords_are_one_failure,
    two_hundred_concurrent_calls_at_the_start_are_all_answered,
    strangers_in_many_networks_lock_nobody_out,
    one_network_has_thirty_failures_a_minute_and_leaves_few_rows,
    all_names_and_endpoints_of_a_person_share_one_budget,
    after_many_refusals_a_correct_guess_is_not_revealed,
    a_known_browser_and_the_holder_of_a_link_have_budgets_of_their_own,
    ten_colleagues_behind_one_address_can_all_answer,
    a_code_is_valid_only_in_the_browser_that_requested_it,
    strangers_use_up_no_codes_of_a_network_with_recent_sign_ins,
    wrong_codes_count_like_wrong_passwords,
    a_person_has_few_known_networks_for_thirty_days,
    a_network_gets_ten_codes_an_hour_for_all_people,
    a_person_who_was_only_named_gets_one_code_an_hour,
    codes_count_for_their_mail_domain,
    every_unicode_form_of_a_password_signs_in,
    two_authorization_headers_are_refused_everywhere,
];

fn authenticator(fixture: &Fixture) -> Arc<Authenticator> {
    Arc::new(Authenticator::new(fixture.store.clone(), fixture.rng.clone(), &fixture.config.limits).unwrap())
}

/// A person with the common password.
fn person(fixture: &Fixture, email: &str) -> countersign::domain::User {
    fixture.add_user(email, |new| new.password_hash = Some(password_hash()))
}

/// An instance behind a proxy that reports the clients' networks.
struct Street {
    site: Site,
}

impl Street {
    fn new(fixture: &Fixture, limits: &str) -> Self {
        let settings = format!("[server]\ntrusted_proxies = [\"127.0.0.0/8\"]\n[limits]\n{limits}");
        Self { site: Site::with(fixture, &settings) }
    }

    fn call(&self, network: &str, name: &str, password: &str) -> Answer {
        let forwarded = [("X-Forwarded-For", network)];
        self.site.send_with(&basic(name, password), "GET", "/api/account/", &forwarded, "")
    }

    fn wrong(&self, network: &str, name: &str, number: usize) -> u16 {
        self.call(network, name, &format!("wrong {number}")).status
    }
}

fn two_hundred_concurrent_correct_passwords_are_verified_once(fixture: &Fixture) {
    person(fixture, "ann@example.org");
    let auth = authenticator(fixture);
    let header = basic("ann@example.org", PASSWORD);
    let answers = runtime().block_on(async {
        let all: Vec<_> = (0..200)
            .map(|number: u8| {
                let (auth, header) = (Arc::clone(&auth), header.clone());
                // From several networks: it is one credential.
                let peer = Some([192, 0, 2, number % 3].into());
                tokio::spawn(async move { auth.from_header(&header, peer).await.map(|caller| caller.user) })
            })
            .collect();
        let mut answers = Vec::new();
        for one in all {
            answers.push(one.await.unwrap());
        }
        answers
    });
    let refused: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert!(refused.is_empty(), "{} of 200: {:?}", refused.len(), refused.first());
    assert_eq!(auth.passwords_hashed(), 1);
    // No budget has less than before.
    let now = fixture.now().timestamp_micros();
    assert_eq!(fixture.count("budgets", &format!("full_at > {now}")), 0);
    assert_eq!(fixture.count("sign_in_failures", "failures > 0"), 0);
}

fn many_identical_concurrent_wrong_passwords_are_one_failure(fixture: &Fixture) {
    person(fixture, "ann@example.org");
    let auth = authenticator(fixture);
    let header = basic("ann@example.org", "wrong horse");
    // Held until all have started: the first waits for a slot that others have.
    let answers = runtime().block_on(async {
        let all: Vec<_> = (0..60)
            .map(|_| {
                let (auth, header) = (Arc::clone(&auth), header.clone());
                tokio::spawn(async move { auth.from_header(&header, Some([192, 0, 2, 1].into())).await.map(drop) })
            })
            .collect();
        let mut answers = Vec::new();
        for one in all {
            answers.push(one.await.unwrap());
        }
        answers
    });
    assert!(answers.iter().all(|answer| matches!(answer, Err(AuthError::Wrong))), "{:?}", answers.iter().find(|one| one.is_ok()));
    let failures: u64 = fixture.texts("SELECT CAST(failures AS TEXT) AS value FROM sign_in_failures")[0].parse().unwrap();
    assert!(failures == auth.passwords_hashed() && failures < 10, "{failures} failures, {} hashes", auth.passwords_hashed());
}

fn two_hundred_concurrent_calls_at_the_start_are_all_answered(fixture: &Fixture) {
    let street = Street::new(fixture, "");
    street.site.user("ann@example.org");
    let start = Barrier::new(200);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..200)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    street.call("198.51.100.1", "ann@example.org", PASSWORD).status
                })
            })
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    assert_eq!(statuses, [200; 200]);
}

fn strangers_in_many_networks_lock_nobody_out(fixture: &Fixture) {
    let street = Street::new(fixture, "");
    let ann = street.site.user("ann@example.org");
    for network in ["203.0.113.1", "203.0.113.2", "2001:db8:0:1::1"] {
        let tried: Vec<u16> = (0..11).map(|number| street.wrong(network, "ann@example.org", number)).collect();
        assert_eq!(tried, [vec![401; 10], vec![429]].concat(), "{network}");
    }
    assert_eq!(street.wrong("2001:db8:0:1:ffff::2", "ann@example.org", 99), 429, "the /64 is one network");
    // Ann, from a new network, and from one where she just signed in.
    assert_eq!(street.call("198.51.100.1", "ann@example.org", PASSWORD).status, 200);
    assert_eq!(street.call("203.0.113.1", "ann@example.org", PASSWORD).status, 200, "right within the last minute");
    assert_eq!(fixture.count("sign_in_failures", "failures > 0"), 0, "and the row of failures is over");

    // After a hundred failures strangers wait, the name alone causes no refusal, and Ann gets one email.
    fixture.sql("UPDATE sign_in_failures SET failures = 100").unwrap();
    let begun = Instant::now();
    assert_eq!(street.wrong("203.0.113.3", "ann@example.org", 0), 401);
    assert!(begun.elapsed() >= Duration::from_secs(1), "a stranger waits");
    assert_eq!(street.wrong("203.0.113.4", "ann@example.org", 1), 401);
    assert_eq!(street.call("198.51.100.2", "ann@example.org", PASSWORD).status, 200);
    fixture.sql("UPDATE sign_in_failures SET failures = 100").unwrap();
    assert_eq!(street.wrong("203.0.113.3", "ann@example.org", 2), 401);
    assert_eq!(fixture.count("outbox", &format!("kind = 'sign_in_warning' AND user_id = {}", ann.id)), 1);
    street.site.fixture.deliver();
    let email = street.site.fixture.emails_to("ann@example.org").remove(0);
    assert_eq!(email.subject, "Someone is trying to guess your password for Countersign");
    assert!(email.text.contains("not locked"), "{}", email.text);
    // An unknown name is counted in the same way.
    street.wrong("203.0.113.9", "nobody@example.org", 0);
    assert_eq!(fixture.count("sign_in_failures", "failures = 1"), 1);
}

fn one_network_has_thirty_failures_a_minute_and_leaves_few_rows(fixture: &Fixture) {
    let street = Street::new(fixture, "");
    street.site.user("ann@example.org");
    street.site.user("bob@example.org");
    let tried: Vec<u16> =
        (0..40).map(|number| street.wrong("203.0.113.1", &format!("made{number}@up.example"), number)).collect();
    assert_eq!(tried, [vec![401; 30], vec![429; 10]].concat());
    let rows = fixture.count("budgets", "1 = 1") + fixture.count("sign_in_failures", "1 = 1");
    assert!(rows <= 61, "{rows} rows");
    assert_eq!(street.call("198.51.100.1", "ann@example.org", PASSWORD).status, 200, "from elsewhere");
    fixture.pass(TimeDelta::seconds(3));
    assert_eq!(street.call("203.0.113.1", "bob@example.org", PASSWORD).status, 200, "one more every other second");
    // Rows without effect are deleted.
    fixture.pass(TimeDelta::days(2));
    let old = fixture.read(|tx| store::sign_ins::old_failures(tx, 1_000)).unwrap();
    assert_eq!(old.len(), 32);
    fixture.write(move |tx| store::sign_ins::forget_failures(tx, &old)).unwrap();
    assert_eq!(fixture.count("sign_in_failures", "1 = 1"), 0);
}

fn all_names_and_endpoints_of_a_person_share_one_budget(fixture: &Fixture) {
    let street = Street::new(fixture, "sign_ins = 5");
    street.site.named("ann@example.org", "annie");
    let (_, key) = street.site.key(None, &[], &[]);
    let client = basic("", key.trim_start_matches("Bearer "));
    let network = ("X-Forwarded-For", "203.0.113.1");
    let form = [("Content-Type", "application/x-www-form-urlencoded"), network];
    let token = |path: &str, client: &str, name: &str, number: usize| {
        let body = format!("grant_type=password&username={name}&password=wrong{number}");
        street.site.send_with(client, "POST", path, &form, &body).status
    };
    let mut browser = Browser::new(&street.site.fixture);
    browser.open("/sign-in");
    let mut page = |number: usize| {
        let (action, mut fields) = browser.form("Sign in");
        fields.retain(|(name, _)| name != "name" && name != "password");
        fields.extend([("name".to_owned(), "annie".to_owned()), ("password".to_owned(), format!("wrong {number}"))]);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser
            .post(&action, &fields, &[("x-forwarded-for", "203.0.113.1"), ("origin", "null"), ("sec-fetch-site", "same-origin")])
            .status
    };
    assert_eq!(street.wrong("203.0.113.1", "ann@example.org", 0), 401);
    assert_eq!(street.wrong("203.0.113.1", "annie", 1), 401);
    assert_eq!(token("/api/connect/oauth2/token/", &client, "ANN%40Example.org", 2), 400);
    assert_eq!(token("/SASLogon/oauth/token", &basic("sas.ec", ""), "annie", 3), 401);
    assert_eq!(page(4), 422);
    // Five in all: none is left, under any of her names and on any endpoint.
    assert_eq!(street.wrong("203.0.113.1", "annie", 5), 429);
    assert_eq!(street.wrong("203.0.113.1", "ann@example.org", 6), 429);
    assert_eq!(token("/api/connect/oauth2/token/", &client, "annie", 7), 429);
    assert_eq!(token("/SASLogon/oauth/token", &basic("sas.ec", ""), "ann%40example.org", 8), 429);
    assert_eq!(page(9), 429);
    for (method, path, body) in [
        ("POST", "/access/v1/evaluation", "{}"),
        ("GET", "/api/bundle_permission_request/1/", ""),
        ("GET", "/api/bundle_permission_request/csr_nothing/", ""),
        ("GET", "/authorization/shares", ""),
        ("GET", "/rest", ""),
        ("GET", "/as/sharing/iten4TXq2en3qtu3JREnE5tSLRf9zLod/shares", ""),
    ] {
        let refused = street.site.send_with(&basic("annie", "wrong"), method, path, &[network], body);
        assert_eq!(refused.status, 429, "{path}: {refused}");
    }
    assert_eq!(street.wrong("203.0.113.1", "bob@example.org", 10), 401, "somebody else is");
}

/// A password that was correct within the last minute costs no budget, which would be a way around the budgets for a guesser in
/// the person's own network.
fn after_many_refusals_a_correct_guess_is_not_revealed(fixture: &Fixture) {
    let street = Street::new(fixture, "sign_ins = 2");
    street.site.user("ann@example.org");
    let ann = || street.call("203.0.113.1", "ann@example.org", PASSWORD).status;
    assert_eq!(ann(), 200);
    let guesses: Vec<u16> = (0..22).map(|number| street.wrong("203.0.113.1", "ann@example.org", number)).collect();
    assert_eq!(guesses, [vec![401; 2], vec![429; 20]].concat());
    assert_eq!(ann(), 200, "a neighbour who mistypes does not keep Ann out");
    for number in 22..104 {
        assert_eq!(street.wrong("203.0.113.1", "ann@example.org", number), 429);
    }
    assert_eq!(ann(), 429);
    assert_eq!(street.call("198.51.100.1", "ann@example.org", PASSWORD).status, 200, "from elsewhere");
    assert_eq!(street.wrong("203.0.113.1", "bob@example.org", 0), 401, "somebody else");
}

fn a_known_browser_and_the_holder_of_a_link_have_budgets_of_their_own(fixture: &Fixture) {
    let fixture = fixture.with("[limits]\nredeem_per_minute = 0");
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    set_password(&fixture, &ann, "correct horse");
    let (_, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let right = [("name", "ann@example.org"), ("password", "correct horse")];
    let mut known = Browser::new(&fixture);
    known.open("/sign-in");
    assert_eq!(known.press_only("Sign in", &right).status, 303);
    known.open("/inbox");
    known.press("Sign out", &[]);
    // A stranger in the same office uses up this network's budget.
    let mut stranger = Browser::new(&fixture);
    stranger.open("/sign-in");
    for number in 0..10 {
        let wrong = format!("wrong {number}");
        let tried = stranger.press_only("Sign in", &[("name", "ann@example.org"), ("password", &wrong)]);
        assert_eq!(tried.status, 422);
    }
    assert_eq!(stranger.press_only("Sign in", &right).status, 429);
    // Another daemon, without this one's cache of passwords.
    let jar = known.jar.clone();
    known = Browser::new(&fixture);
    known.jar = jar;
    known.open("/sign-in");
    assert_eq!(known.press_only("Sign in", &right).status, 303, "Ann's own browser");
    // A forged cookie has no effect.
    let mut forged = known.jar["countersign-known"].clone();
    let last = if forged.pop() == Some('A') { 'B' } else { 'A' };
    forged.push(last);
    stranger.jar.insert("countersign-known".into(), forged);
    assert_eq!(stranger.press_only("Sign in", &right).status, 429);
    // The holder of the link, in a new browser.
    let mut holder = Browser::new(&fixture);
    holder.open(&format!("/redeem?token={token}"));
    assert_eq!(holder.press("Sign in", &[("password", "correct horse")]).heading(), BOB_ASKS);
    // It gives only a budget: ten failures there as elsewhere, and a new password ends it.
    known.jar.remove("countersign");
    known.open("/sign-in");
    let tried: Vec<u16> = (0..11)
        .map(|number| {
            let wrong = format!("wrong again {number}");
            known.press_only("Sign in", &[("name", "ann@example.org"), ("password", &wrong)]).status
        })
        .collect();
    assert_eq!(tried, [vec![422; 10], vec![429]].concat());
    let cookie = known.jar["countersign-known"].clone();
    let source = || Source {
        peer: Some([127, 0, 0, 1].into()),
        browser: Some(KnownBrowser::read(fixture.links.clone(), &cookie)),
        link: None,
    };
    fixture.pass(TimeDelta::minutes(2));
    let auth = authenticator(&fixture);
    assert!(runtime().block_on(auth.by_password("ann@example.org", "correct horse", &source())).is_ok());
    set_password(&fixture, &ann, "another horse");
    fixture.sql("UPDATE budgets SET full_at = full_at + 3600000000 WHERE kind IN ('sign_in', 'sign_in_peer')").unwrap();
    let tried = runtime().block_on(auth.by_password("ann@example.org", "another horse", &source()));
    assert!(matches!(tried, Err(AuthError::TooMany(_))), "{tried:?}");
}

fn ten_colleagues_behind_one_address_can_all_answer(fixture: &Fixture) {
    let limits = "target_letters = 0\ninitiator_hourly = 0\ninitiator_daily = 0\ndomain_hourly = 0\n";
    let street = Street::new(fixture, limits);
    let bob = street.site.user("bob@example.org");
    let coach = street.site.fixture.relationship("coach");
    let office = [("X-Forwarded-For", "198.51.100.1:4711")];
    for number in 0..10 {
        let name = format!("p{number}@example.org");
        street.site.user(&name);
        let ask = json!({ "user_target": name, "user_allowed": bob.id.0, "bundle": coach.id.0 }).to_string();
        let filed = street.site.send("bob@example.org", "POST", "/api/bundle_permission_request/", &ask);
        assert_eq!(filed.status, 201, "{filed}");
        street.site.fixture.deliver();
        let path = format!("/api/bundle_permission_request/{}/", street.site.fixture.token_for(&name));
        // An app checks several times before a person approves.
        for method in ["GET", "GET", "GET", "PUT"] {
            let answer = street.site.send_with(&name, method, &path, &office, "");
            assert_eq!(answer.status, 200, "{number} {method}: {answer}");
        }
    }
    // The ids of requests are no tokens: an app polls them.
    for _ in 0..70 {
        assert_eq!(street.site.send("bob@example.org", "GET", "/api/bundle_permission_request/1/", "").status, 200);
    }
    // A person has sixty a minute, from all networks together.
    let token = format!("/api/bundle_permission_request/{}/", street.site.fixture.token_for("p0@example.org"));
    let look = |network: &str| street.site.send_with("p0@example.org", "GET", &token, &[("X-Forwarded-For", network)], "").status;
    let looked: Vec<u16> = (0..120).map(|number| look(&format!("198.51.100.{number}"))).collect();
    assert!(looked.contains(&429) && looked.iter().take(50).all(|status| *status == 410), "{looked:?}");
}

fn a_code_is_valid_only_in_the_browser_that_requested_it(fixture: &Fixture) {
    fixture.user("ann@example.org");
    fixture.sql("UPDATE users SET signed_in_at = 1").unwrap();
    let (mut ann, mut stranger) = (Browser::new(fixture), Browser::new(fixture));
    ann.open("/sign-in");
    ann.press("Email me a sign-in code", &[("name", "ann@example.org")]);
    fixture.deliver();
    let code = code_in(&fixture.emails_to("ann@example.org")[0].text);
    // A browser that requested no code, with a forged cookie. It is in another network, since in Ann's own network its wrong
    // codes would count as hers, as its wrong passwords do.
    stranger.peer = [203, 0, 113, 1].into();
    stranger.open("/sign-in");
    let name = ann.jar["countersign-name"].clone();
    stranger.jar.insert("countersign-name".into(), name);
    stranger.open("/sign-in/code");
    assert_eq!(stranger.press_only("Sign in", &[("code", &code)]).status, 422, "the right code, in another browser");
    for _ in 0..6 {
        assert_eq!(stranger.press_only("Sign in", &[("code", "000000")]).status, 422);
    }
    // A stranger's own code does not invalidate Ann's.
    stranger.peer = [203, 0, 113, 2].into();
    stranger.open("/sign-in");
    stranger.press("Email me a sign-in code", &[("name", "ann@example.org")]);
    fixture.deliver();
    for _ in 0..6 {
        assert_eq!(stranger.press_only("Sign in", &[("code", "000000")]).status, 422);
    }
    assert_eq!(ann.press("Sign in", &[("code", &code)]).heading(), "Inbox");
    // After its use it is invalid.
    let mut again = Browser::new(fixture);
    again.jar.clone_from(&ann.jar);
    again.jar.remove("countersign");
    again.open("/sign-in");
    again.press("Email me a sign-in code", &[("name", "ann@example.org")]);
    assert_eq!(again.press_only("Sign in", &[("code", &code)]).status, 422);
}

fn strangers_use_up_no_codes_of_a_network_with_recent_sign_ins(fixture: &Fixture) {
    let fixture = fixture.with("[limits]\ndomain_hourly = 40");
    let ann_id = fixture.user("ann@example.org").id;
    fixture.sql("UPDATE users SET signed_in_at = 1").unwrap();
    let ask = |peer: [u8; 4], name: &str| {
        let mut browser = Browser::new(&fixture);
        browser.peer = peer.into();
        browser.open("/sign-in");
        let status = browser.press_only("Email me a sign-in code", &[("name", name)]).status;
        browser.open("/sign-in/code");
        (browser, status)
    };
    let office = [198, 51, 100, 1];
    let (mut ann, _) = ask(office, "ann@example.org");
    fixture.deliver();
    ann.press("Sign in", &[("code", &code_in(&fixture.emails_to("ann@example.org")[0].text))]);
    assert_eq!(ann.page.heading(), "Inbox");
    // Strangers from more than ten networks use up the strangers' budget, and that of her mail domain.
    let auth = authenticator(&fixture);
    let mut browsers = 0..;
    let mut is_asked = |peer: [u8; 4], name: &str| {
        let browser = format!("browser {:?}", browsers.next());
        let source = Source::of_peer(Some(peer.into()));
        match runtime().block_on(auth.request_code(name, &browser, &source)) {
            Ok(()) => true,
            Err(AuthError::TooMany(_)) => false,
            Err(other) => panic!("{other}"),
        }
    };
    let mut refused = |name: &str| (0..42).filter(|number| !is_asked([203, 0, 113, 1 + number / 3], name)).count();
    assert_eq!((refused("ann@example.org"), refused("nobody@example.org")), (13, 12), "she has asked for one herself");
    for number in 0..4 {
        let name = format!("p{number}@example.org");
        fixture.user(&name);
        fixture.sql("UPDATE users SET signed_in_at = 1").unwrap();
        (0..3).for_each(|_| assert!(is_asked([203, 0, 113, 50 + number], &name)));
    }
    assert_eq!(ask([198, 51, 100, 2], "ann@example.org").1, 429, "a network that Ann never used");
    // A new browser in her office, on a restarted daemon.
    let codes = || fixture.count("outbox", &format!("kind = 'sign_in_code' AND user_id = {ann_id}"));
    fixture.deliver();
    let before = codes();
    let (mut again, status) = ask(office, "ann@example.org");
    assert_eq!((status, codes()), (303, before + 1));
    fixture.deliver();
    again.press("Sign in", &[("code", &code_in(&fixture.emails_to("ann@example.org")[0].text))]);
    assert_eq!(again.page.heading(), "Inbox");
    // It has the three of every network, and no more.
    assert_eq!([(); 2].map(|()| ask(office, "ann@example.org").1), [303, 429]);
}

fn wrong_codes_count_like_wrong_passwords(fixture: &Fixture) {
    let ann = fixture.user("ann@example.org");
    fixture.sql("UPDATE users SET signed_in_at = 1").unwrap();
    let with_code = |peer: [u8; 4], name: &str| {
        let mut browser = Browser::new(fixture);
        browser.peer = peer.into();
        browser.open("/sign-in");
        browser.press("Email me a sign-in code", &[("name", name)]);
        browser
    };
    // Ten wrong ones for a name from a network, whether the name exists or not, with the same text.
    let guess = |browser: &mut Browser, name: &str| {
        let answer = browser.press_only("Sign in", &[("code", "000000")]);
        (answer.status, answer.text().replace(name, "NAME"))
    };
    let mut answers = ["ann@example.org", "nobody@example.org"].map(|name| {
        let mut browser = with_code([203, 0, 113, 1], name);
        (0..11).map(|_| guess(&mut browser, name)).collect::<Vec<_>>()
    });
    let statuses: Vec<u16> = answers[0].iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [vec![422; 10], vec![429]].concat());
    let [known, unknown] = &mut answers;
    assert_eq!(known, unknown);
    assert_eq!(fixture.count("sign_in_failures", "failures = 10"), 2);
    // Passwords share the budget, and another network has its own.
    let mut elsewhere = with_code([203, 0, 113, 2], "ann@example.org");
    assert_eq!(guess(&mut elsewhere, "ann@example.org").0, 422);
    let auth = authenticator(fixture);
    let by_password = |peer: [u8; 4]| {
        runtime().block_on(auth.by_password("ann@example.org", "wrong horse", &Source::of_peer(Some(peer.into()))))
    };
    assert!(matches!(by_password([203, 0, 113, 1]), Err(AuthError::TooMany(_))));
    assert!(matches!(by_password([203, 0, 113, 2]), Err(AuthError::Wrong)));
    // After a hundred in a row Ann gets an email, and a correct code ends the row.
    fixture.sql("UPDATE sign_in_failures SET failures = 100").unwrap();
    assert_eq!(guess(&mut elsewhere, "ann@example.org").0, 422);
    assert_eq!(fixture.count("outbox", &format!("kind = 'sign_in_warning' AND user_id = {}", ann.id)), 1);
    fixture.deliver();
    let mut right = with_code([198, 51, 100, 1], "ann@example.org");
    fixture.deliver();
    let code = code_in(&fixture.emails_to("ann@example.org")[0].text);
    let now = fixture.now().timestamp_micros();
    let spent = || fixture.count("budgets", &format!("kind LIKE 'sign_in%' AND kind <> 'sign_in_code' AND full_at > {now}"));
    let before = spent();
    assert_eq!(right.press("Sign in", &[("code", &code)]).heading(), "Inbox");
    assert_eq!(spent(), before, "a right code costs nothing");
    assert_eq!(fixture.count("sign_in_failures", "failures > 0"), 1, "of the name that nobody has");
}

fn a_person_has_few_known_networks_for_thirty_days(fixture: &Fixture) {
    use countersign::domain::Network;
    let ann = fixture.user("ann@example.org").id;
    let bob = fixture.user("bob@example.org").id;
    let network = |number: u8| Network::of([198, 51, 100, number].into());
    for number in 0..25 {
        fixture.write(move |tx| store::sign_ins::note_network(tx, ann, network(number))).unwrap();
        fixture.pass(TimeDelta::minutes(1));
    }
    let known = |number| fixture.read(move |tx| store::sign_ins::is_known_network(tx, ann, network(number))).unwrap();
    assert_eq!((0..25).map(known).collect::<Vec<_>>(), [vec![false; 5], vec![true; 20]].concat());
    assert!(!fixture.read(move |tx| store::sign_ins::is_known_network(tx, bob, network(24))).unwrap());
    fixture.pass(TimeDelta::days(2));
    fixture.write(move |tx| store::sign_ins::note_network(tx, ann, network(24))).unwrap();
    fixture.pass(TimeDelta::days(29));
    assert_eq!((known(23), known(24)), (false, true));
    assert_eq!(fixture.write(|tx| store::sign_ins::forget_networks(tx, 15)).unwrap(), 15);
    assert_eq!(fixture.write(|tx| store::sign_ins::forget_networks(tx, 15)).unwrap(), 4);
    assert_eq!(fixture.count("sign_in_networks", "1 = 1"), 1);
}

fn a_network_gets_ten_codes_an_hour_for_all_people(fixture: &Fixture) {
    let mut browser = Browser::new(fixture);
    let people: Vec<String> = (0..6).map(|number| format!("p{number}@example.org")).collect();
    for name in &people {
        fixture.user(name);
    }
    browser.open("/sign-in");
    let mut ask = |name: &str| {
        let answer = browser.press_only("Email me a sign-in code", &[("name", name)]);
        (answer.status, answer.text().replace(name, "NAME"))
    };
    for (number, name) in people.iter().take(5).enumerate() {
        assert_eq!(ask(name).0, 303);
        assert_eq!(ask(&format!("made{number}@up.example")).0, 303);
    }
    let rows = fixture.count("budgets", "1 = 1");
    let (known, unknown) = (ask(&people[5]), ask("nobody@up.example"));
    assert_eq!((known.0, unknown.0), (429, 429));
    assert_eq!(known.1, unknown.1, "in the same words");
    assert_eq!(fixture.count("budgets", "1 = 1"), rows, "and no row for a name that was made up");
    assert_eq!(fixture.count("outbox", "kind = 'sign_in_code'"), 5);
    // The holder of a link is not in that budget.
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (_, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    browser.open(&format!("/redeem?token={token}"));
    assert_eq!(browser.sign_in_by_code(fixture, "ann@example.org").heading(), BOB_ASKS);
}

fn a_person_who_was_only_named_gets_one_code_an_hour(fixture: &Fixture) {
    let named = fixture.add_user("victim@else.example", |new| new.is_external = true);
    let codes = || fixture.count("outbox", &format!("kind = 'sign_in_code' AND user_id = {}", named.id));
    let mut browser = Browser::new(fixture);
    browser.open("/sign-in");
    let mut ask = || browser.press_only("Email me a sign-in code", &[("name", "victim@else.example")]).status;
    assert_eq!((ask(), ask(), ask()), (303, 303, 303), "as for everybody");
    assert_eq!(codes(), 1);
    fixture.pass(TimeDelta::hours(1));
    assert_eq!((ask(), codes()), (303, 2));
    assert_eq!((ask(), codes()), (303, 2));
    // A request to them gives them something here.
    let bob = fixture.user("bob@example.org");
    fixture.asked_by_mail(&fixture.bundle("Theirs", &named), &named, &bob);
    assert_eq!((ask(), codes()), (303, 3));
}

fn codes_count_for_their_mail_domain(fixture: &Fixture) {
    let fixture = fixture.with("[limits]\ndomain_hourly = 2\nown_domains = [\"own.example\"]");
    let mut browser = Browser::new(&fixture);
    browser.open("/sign-in");
    for number in 0..3 {
        fixture.user(&format!("p{number}@else.example"));
        fixture.user(&format!("p{number}@own.example"));
        for domain in ["else.example", "own.example"] {
            let asked = browser.press_only("Email me a sign-in code", &[("name", &format!("p{number}@{domain}"))]);
            assert_eq!(asked.status, 303, "{number} {domain}");
        }
    }
    let codes = |domain: &str| {
        let whose = format!("user_id IN (SELECT id FROM users WHERE email LIKE '%@{domain}')");
        fixture.count("outbox", &format!("kind = 'sign_in_code' AND {whose}"))
    };
    assert_eq!((codes("else.example"), codes("own.example")), (2, 3));
}

fn every_unicode_form_of_a_password_signs_in(fixture: &Fixture) {
    use base64::Engine;
    let site = Site::new(fixture);
    let hash = countersign::auth::Passwords::hash(&fixture.rng, "p\u{e4}sswort 9").unwrap();
    fixture.add_user("uml@example.org", |new| new.password_hash = Some(hash));
    let header = |bytes: &[u8]| {
        let pair = [b"uml@example.org:", bytes].concat();
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
    };
    for (how, bytes) in [
        ("UTF-8", "p\u{e4}sswort 9".as_bytes()),
        ("ISO-8859-1", b"p\xe4sswort 9"),
        ("taken apart", "pa\u{308}sswort 9".as_bytes()),
        ("with another space", "p\u{e4}sswort\u{a0}9".as_bytes()),
    ] {
        for path in ["/api/account/", "/authorization/shares", "/rest"] {
            let answer = site.send(&header(bytes), "GET", path, "");
            assert_eq!(answer.status, 200, "{how} {path}: {answer}");
        }
    }
    assert_eq!(site.send(&header(b"passwort 9"), "GET", "/api/account/", "").status, 401);
    let challenge = |path: &str, method: &str| {
        let answer = site.send("", method, path, if method == "POST" { "{}" } else { "" });
        assert_eq!(answer.status, 401, "{answer}");
        answer.header("www-authenticate").unwrap().to_owned()
    };
    assert_eq!(
        challenge("/access/v1/evaluation", "POST"),
        "Bearer realm=\"Countersign\", Basic realm=\"Countersign\", charset=\"UTF-8\""
    );
    assert_eq!(challenge("/rest", "GET"), "Basic realm=\"Novell Filr\"", "exactly as in its contract");
}

fn two_authorization_headers_are_refused_everywhere(fixture: &Fixture) {
    let site = Site::new(fixture);
    site.admin("ann@example.org");
    let second = [("Authorization", "Bearer csk_nothing")];
    for (method, path) in [
        ("GET", "/api/account/"),
        ("GET", "/api/bundle_permission_request/1/"),
        ("GET", "/authorization/shares"),
        ("GET", "/rest"),
        ("GET", "/as/sharing/iten4TXq2en3qtu3JREnE5tSLRf9zLod/shares"),
        ("POST", "/access/v1/evaluation"),
        ("POST", "/api/connect/oauth2/token/"),
        ("POST", "/SASLogon/oauth/token"),
    ] {
        let form = ("Content-Type", "application/x-www-form-urlencoded");
        let headers = if path.contains("token") { vec![second[0], form] } else { second.to_vec() };
        let body = match path {
            path if path.contains("token") => "grant_type=client_credentials",
            "/access/v1/evaluation" => "{}",
            _ => "",
        };
        let answer = site.send_with("ann@example.org", method, path, &headers, body);
        assert_eq!(answer.status, 400, "{method} {path}: {answer}");
    }
    assert_eq!(site.send("ann@example.org", "GET", "/api/account/", "").status, 200);
}

#[test]
fn a_forwarded_address_with_a_port_is_the_client() {
    let fixture = Fixture::new(Kind::Sqlite);
    let street = Street::new(&fixture, "sign_ins = 2");
    street.site.user("ann@example.org");
    for network in ["203.0.113.1:4711", "\"203.0.113.2:1\"", "[2001:db8::1]:443", "2001:db8:1::1%eth0"] {
        let tried: Vec<u16> = (0..3).map(|number| street.wrong(network, "ann@example.org", number)).collect();
        assert_eq!(tried, [401, 401, 429], "{network} is a network of its own");
    }
    assert_eq!(street.wrong("203.0.113.1:9", "ann@example.org", 9), 429, "whatever the port");
}
