//! From the email to the decision and back.

use chrono::TimeDelta;
use countersign::domain::{Level, Until};

use super::browser::{BOB_ASKS, Browser, roomy, set_password};
use crate::support::fixture::{Fixture, Kind, ask, offer, on_both, person};

on_both![from_the_email_to_an_approval_and_its_undoing, a_decline_can_become_an_approval_until_the_end];

fn from_the_email_to_an_approval_and_its_undoing(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle_of("Sleep data", &ann, &["https://sleep.example/1", "https://sleep.example/2"]);
    let mut filing = ask(&sleep, &ann, &bob);
    filing.message = Some("Hi Ann,\nmay I look?".into());
    filing.until = Some(Until::At("2027-03-03T12:00:00Z".parse().unwrap()));
    filing.level = Some(Level::View);
    let request = fixture.file(&person(&bob), &filing).unwrap().0.request;
    fixture.deliver();

    let mut browser = Browser::new(fixture);
    let token = fixture.token_for("ann@example.org");
    let arrived = browser.get(&format!("/redeem?token={token}"));
    assert_eq!((arrived.status, arrived.header("location"), arrived.body.as_str()), (303, "/redeem?opened", ""));
    let gate = browser.open("/redeem");
    assert_eq!((gate.status, gate.heading().as_str()), (200, "Confirm it’s you"));
    assert!(gate.says("a•••@example.org") && !gate.says("Bob") && !gate.says("Sleep"), "{}", gate.text());

    let review = browser.sign_in_by_code(fixture, "ann@example.org");
    assert_eq!(
        (review.status, review.heading().as_str()),
        (200, "Bob wants to view your “Sleep data” until Wednesday 3 March 2027, 12:00")
    );
    for words in [
        "bob@example.org",
        "https://sleep.example/1 https://sleep.example/2",
        "Permissions View only",
        "How long until Wednesday 3 March 2027, 12:00",
        "Everything. This covers all of “Sleep data” and anything added to it later.",
        "First request. Bob has not asked you before.",
        "About Bob Has an account here since 1 December Has not asked you before Has no access to your data now",
        "Reply by Tuesday 8 December, 12:00",
        "Message from Bob: Hi Ann, may I look?",
        "You can stop sharing at any time. If you do nothing, the request expires on 8 December.",
    ] {
        assert!(review.says(words), "{words:?} in {}", review.text());
    }
    assert_eq!(fixture.state(request.id), "pending");

    let answered = browser.press_only("Approve", &[]);
    assert_eq!((answered.status, answered.header("location")), (303, "/redeem/done"));
    let done = browser.open("/redeem/done");
    assert_eq!((done.status, done.heading().as_str()), (200, "Bob can now view “Sleep data” until 3 March 2027"));
    let grant = fixture.request(request.id).decision.unwrap().grant.unwrap();
    assert!(fixture.is_live(grant.id));
    assert_eq!(browser.open("/redeem").status, 410);

    let undone = browser.press("Stop sharing", &[]);
    assert_eq!((undone.status, undone.heading().as_str()), (200, "Bob no longer has access"));
    assert!(!fixture.is_live(grant.id));
    fixture.deliver();
    assert_eq!(fixture.emails().iter().filter(|(_, state)| *state == "queued").count(), 0);
}

fn a_decline_can_become_an_approval_until_the_end(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let request = fixture.asked(&sleep, &ann, &bob);
    fixture.deliver();
    let mut browser = Browser::new(fixture);
    browser.follow(fixture, "ann@example.org");
    let no = browser.press("Decline with this reason", &[("reason", "Not <now>, Bob")]);
    assert_eq!((no.status, no.heading().as_str()), (200, "You declined"));
    assert!(no.says("Your reason: Not <now>, Bob"), "{}", no.text());
    assert_eq!(fixture.state(request.id), "declined");
    let yes = browser.press("Approve instead", &[]);
    assert_eq!((yes.status, yes.heading().as_str()), (200, "Bob can now view and change “Sleep data”"));
    assert_eq!(fixture.state(request.id), "approved");
    fixture.deliver();
}

fn reviewing(fixture: &Fixture) -> Browser {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle_of("Sleep data", &ann, &["https://sleep.example/1", "https://sleep.example/2"]);
    let mut filing = ask(&sleep, &ann, &bob);
    filing.until = Some(Until::For(TimeDelta::days(60)));
    fixture.file(&person(&bob), &filing).unwrap();
    fixture.deliver();
    let mut browser = Browser::new(fixture);
    browser.follow(fixture, "ann@example.org");
    browser
}

#[test]
fn an_approval_can_be_limited_by_level_time_and_resources() {
    let fixture = Fixture::new(Kind::Sqlite);
    let mut browser = reviewing(&fixture);
    let shown = browser.page.text();
    assert!(shown.contains("For 30 days") && !shown.contains("For 90 days"), "only what is shorter: {shown}");
    assert!(!browser.page.body.contains("value=\"contribute\""), "only what is less");
    let done = browser
        .press("Approve with these limits", &[("level", "view"), ("ends", "7d"), ("resources", "https://sleep.example/2")]);
    assert_eq!(done.heading(), "Bob can now view “Sleep data” until 8 December");
    for row in [
        "Requested Approved",
        "Permissions View and change View only",
        "Parts All 2 parts https://sleep.example/2 1 of 2 parts",
        "How long for 60 days from when you approve until Tuesday 8 December, 12:00",
    ] {
        assert!(done.says(row), "{row:?} in {}", done.text());
    }
    fixture.deliver();
    assert!(fixture.emails_to("bob@example.org")[0].subject.contains("with limits"));
}

#[test]
fn a_last_day_includes_the_whole_day() {
    let fixture = Fixture::new(Kind::Sqlite);
    let mut browser = reviewing(&fixture);
    let done = browser.press("Approve with these limits", &[("ends", "date"), ("date", "2026-12-24")]);
    assert!(done.says("Thursday 24 December, 23:59"), "{}", done.text());
}

#[test]
fn an_invalid_field_is_explained_above_and_beside_and_changes_nothing() {
    let fixture = roomy();
    let mut browser = reviewing(&fixture);
    for (filled, words, field) in [
        (&[("ends", "date"), ("date", "")][..], "Enter the last day", "date"),
        (&[("ends", "date"), ("date", "2026-11-30")], "The last day has passed", "date"),
        (&[("ends", "date"), ("date", "2027-06-01")], "The requested end is 30 January 2027", "date"),
        (&[("level", "contribute")], "Select the requested permissions, or fewer", "level"),
        (&[("resources", "https://elsewhere.example/")], "One of these parts was not requested", "resources"),
    ] {
        let page = browser.press("Approve with these limits", filled);
        assert_eq!(page.status, 422, "{filled:?}");
        assert!(page.says("There is a problem") && page.says(words), "{}", page.text());
        assert!(page.body.contains(&format!("href=\"#{field}\"")) && page.body.contains(&format!("id=\"{field}\"")));
        assert!(page.body.contains("<title>Error: "));
        browser.open("/redeem");
    }
    let (action, mut fields) = browser.form("Approve with these limits");
    fields.retain(|(name, _)| name != "resources");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let none = browser.post(&action, &fields, &[]);
    assert_eq!(none.status, 422);
    assert!(none.says("Select at least one part"));
    let long = browser.press("Decline with this reason", &[("reason", &"x".repeat(1_001))]);
    assert_eq!(long.status, 422);
    assert!(long.says("Enter at most 1000 characters.") && long.body.contains("id=\"reason\""), "{}", long.text());
    assert_eq!(fixture.count("requests", "state = 'pending'"), 1);
}

#[test]
fn an_offer_has_its_own_texts_for_accepting_and_giving_up() {
    let fixture = Fixture::new(Kind::Sqlite);
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    fixture.file(&person(&ann), &offer(&sleep, &bob)).unwrap();
    fixture.deliver();
    let mut browser = Browser::new(&fixture);
    let review = browser.follow(&fixture, "bob@example.org");
    assert_eq!(review.heading(), "Ann invites you to view and change “Sleep data” until Ann stops sharing");
    assert!(!review.says("Check before you approve"), "{}", review.text());
    let done = browser.press("Accept", &[]);
    assert_eq!(done.heading(), "You can now view and change “Sleep data”");
    let undone = browser.press("Give up access", &[]);
    assert_eq!(undone.heading(), "You no longer have access");
    assert_eq!(fixture.count("grants", "revoked_at IS NULL"), 0);
    fixture.deliver();
}

#[test]
fn an_offer_to_reshare_shows_no_more_than_its_maker_holds() {
    let fixture = roomy();
    let (ann, bob, carl) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("carl@example.org"));
    let uris = ["https://sleep.example/1", "https://sleep.example/2"];
    let sleep = fixture.bundle_of("Sleep data", &ann, &uris);
    let second = fixture.read(|tx| countersign::store::bundles::find_resource(tx, uris[1])).unwrap().unwrap();
    let end = Some(fixture.now() + TimeDelta::days(9));
    fixture.entitle_with(&sleep, bob.id.into(), Level::Edit, 1, end, &[second.id]);
    fixture.file(&person(&bob), &offer(&sleep, &carl)).unwrap();
    fixture.deliver();
    let mut browser = Browser::new(&fixture);
    let review = browser.follow(&fixture, "carl@example.org");
    assert!(review.says("Owner Ann (ann@example.org)"), "{}", review.text());
    assert!(review.says("at most until Thursday 10 December, 12:00") && !review.says(uris[0]), "{}", review.text());
    let done = browser.press("Accept with these limits", &[("level", "view")]);
    assert_eq!(done.heading(), "You can now view “Sleep data” until 10 December");
    assert!(done.says(&format!("Parts {uri} {uri}", uri = uris[1])), "{}", done.text());
    fixture.deliver();
}

#[test]
fn a_relationship_has_its_own_texts() {
    let fixture = Fixture::new(Kind::Sqlite);
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let coach = fixture.relationship("coach");
    fixture.asked(&coach, &ann, &bob);
    fixture.deliver();
    let mut browser = Browser::new(&fixture);
    let review = browser.follow(&fixture, "ann@example.org");
    assert_eq!(review.heading(), "Bob wants to view your data as coach, until you stop sharing");
    assert!(review.says("Everything. This covers all your data."), "{}", review.text());
}

#[test]
fn a_password_works_like_a_code() {
    let fixture = Fixture::new(Kind::Sqlite);
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    set_password(&fixture, &ann, "correct horse");
    let (_, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let mut browser = Browser::new(&fixture);
    browser.open(&format!("/redeem?token={token}"));
    let wrong = browser.press("Sign in", &[("password", "correct house")]);
    assert_eq!(wrong.status, 422);
    assert!(wrong.says("Wrong password"));
    assert_eq!(browser.press("Sign in", &[("password", "correct horse")]).heading(), BOB_ASKS);
}

#[test]
fn a_wrong_code_is_reported_and_five_invalidate_it() {
    let fixture = Fixture::new(Kind::Sqlite);
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (_, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let mut browser = Browser::new(&fixture);
    browser.open(&format!("/redeem?token={token}"));
    browser.press("Email me a sign-in code", &[]);
    fixture.deliver();
    let code = super::browser::code_in(&fixture.emails_to("ann@example.org")[0].text);
    let wrong = if code == "123456" { "654321" } else { "123456" };
    for left in ["You have 4 attempts left", "You have 3 attempts left", "You have 2 attempts left", "You have 1 attempt left"] {
        let page = browser.press("Sign in", &[("code", wrong)]);
        assert_eq!(page.status, 422);
        assert!(page.says("That code is incorrect.") && page.says(left), "{left}: {}", page.text());
    }
    for late in [wrong, &code] {
        let page = browser.press("Sign in", &[("code", late)]);
        assert_eq!(page.status, 422);
        assert!(page.says("That code no longer works"), "{}", page.text());
    }
    let again = browser.press("Send a new code", &[]);
    assert_eq!(again.heading(), "Enter your sign-in code");
    fixture.deliver();
    let code = super::browser::code_in(&fixture.emails_to("ann@example.org")[0].text);
    assert_eq!(browser.press("Sign in", &[("code", &code)]).heading(), BOB_ASKS);
}

#[test]
fn too_many_tries_name_the_time_to_retry_and_keep_the_link() {
    let fixture = roomy();
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    set_password(&fixture, &ann, "correct horse");
    let (_, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let mut browser = Browser::new(&fixture);
    for _ in 0..10 {
        browser.open(&format!("/redeem?token={token}"));
        assert_eq!(browser.press("Sign in", &[("password", "correct house")]).status, 422);
    }
    browser.open("/redeem");
    let wait = browser.press("Sign in", &[("password", "correct horse")]);
    assert_eq!((wait.status, wait.heading().as_str()), (429, "Try again later"));
    assert_eq!(wait.header("retry-after"), "61");
    assert!(wait.says("Nothing was changed") && wait.says("Try again in 1 minute."), "{}", wait.text());
    assert!(wait.body.contains("href=\"/redeem\""), "{}", wait.body);
    // A code still works, and so does the password after the stated time.
    let mut other = browser.beside();
    other.open(&format!("/redeem?token={token}"));
    assert_eq!(other.sign_in_by_code(&fixture, "ann@example.org").heading(), BOB_ASKS);
    fixture.pass(TimeDelta::seconds(61));
    browser.open("/redeem");
    assert_eq!(browser.press("Sign in", &[("password", "correct horse")]).heading(), BOB_ASKS);
}

#[test]
fn too_many_codes_for_an_email_name_the_time_to_retry() {
    let fixture = roomy();
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (_, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let mut browser = Browser::new(&fixture);
    browser.open(&format!("/redeem?token={token}"));
    for _ in 0..3 {
        assert_eq!(browser.press("Email me a sign-in code", &[]).heading(), "Enter your sign-in code");
        fixture.deliver();
        browser.open("/redeem");
    }
    let wait = browser.press("Email me a sign-in code", &[]);
    assert_eq!((wait.status, wait.heading().as_str()), (429, "Try again later"));
    assert!(wait.says("Try again in 10 minutes.") && wait.body.contains("href=\"/redeem\""), "{}", wait.text());
    // The newest of the delivered codes is still valid.
    let code = super::browser::code_in(&fixture.emails_to("ann@example.org")[0].text);
    browser.open("/redeem/code");
    assert_eq!(browser.press("Sign in", &[("code", &code)]).heading(), BOB_ASKS);
}

#[test]
fn somebody_else_sees_their_own_address_and_the_other_one_masked_and_may_switch() {
    let fixture = Fixture::new(Kind::Sqlite);
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let carl = fixture.user("carl@example.net");
    set_password(&fixture, &carl, "correct horse");
    let (request, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let mut browser = Browser::new(&fixture);
    browser.open("/sign-in");
    browser.press("Sign in", &[("name", "carl@example.net"), ("password", "correct horse")]);
    let page = browser.open(&format!("/redeem?token={token}"));
    assert_eq!((page.status, page.heading().as_str()), (403, "This link is for someone else"));
    assert!(page.says("carl@example.net") && page.says("a•••@example.org") && !page.body.contains("ann@example.org"));
    assert!(!page.says("Bob") && !page.says("Sleep"));
    for button in ["Approve", "Decline"] {
        assert!(!page.body.contains(button), "{button}");
    }
    let mark = browser.form("Switch account").1[0].1.clone();
    for path in ["/redeem/approve", "/redeem/decline", "/redeem/undo"] {
        let answer = browser.post(path, &[("form", &mark)], &[]);
        assert_eq!((answer.status, answer.header("location")), (303, "/redeem"), "{path}");
    }
    assert_eq!(fixture.state(request.id), "pending");
    let gate = browser.press("Switch account", &[]);
    assert_eq!(gate.heading(), "Confirm it’s you");
    assert_eq!(browser.sign_in_by_code(&fixture, "ann@example.org").heading(), BOB_ASKS);
}

#[test]
fn a_session_that_ended_meanwhile_leads_to_the_sign_in_without_a_change() {
    let fixture = Fixture::new(Kind::Sqlite);
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let request = fixture.asked(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    fixture.deliver();
    let mut browser = Browser::new(&fixture);
    browser.follow(&fixture, "ann@example.org");
    fixture.pass(TimeDelta::minutes(31));
    let page = browser.press("Approve", &[]);
    assert_eq!((page.status, page.heading().as_str()), (200, "Confirm it’s you"));
    assert_eq!(fixture.state(request.id), "pending");
}

#[test]
fn hostile_text_stays_text() {
    let fixture = Fixture::new(Kind::Sqlite);
    let ann = fixture.user("ann@example.org");
    let bob = fixture.add_user("bob@example.org", |new| {
        new.first_name = "<script>alert(1)</script>".into();
        new.last_name = "\"><img src=x>".into();
    });
    // A name that an older version stored.
    fixture.sql("UPDATE users SET last_name = last_name || '\u{202E}' WHERE username = 'bob@example.org'").unwrap();
    let sleep = fixture.bundle("Sleep</h1><b onclick=x> & co", &ann);
    let mut filing = ask(&sleep, &ann, &bob);
    filing.message = Some("</blockquote><a href=https://evil.example>click</a>\n{{ 7*7 }}".into());
    fixture.file(&person(&bob), &filing).unwrap();
    fixture.deliver();
    let mut browser = Browser::new(&fixture);
    browser.follow(&fixture, "ann@example.org");
    let review = std::mem::take(&mut browser.page.body);
    browser.open("/inbox");
    let inbox = browser.page.body.clone();
    for page in [&review, &inbox] {
        for bad in ["<script", "<img", "<b onclick", "<a href=https", "\u{202E}"] {
            assert!(!page.contains(bad), "{bad}");
        }
    }
    assert!(review.contains("{{ 7*7 }}") && review.contains("https[:]//evil[.]example"));
}

#[test]
fn a_person_checks_sixty_times_a_minute_and_a_network_without_limit() {
    let fixture = Fixture::new(Kind::Sqlite).with("[limits]\nredeem_per_minute = 6");
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (_, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let mut browser = Browser::new(&fixture);
    browser.get(&format!("/redeem?token={token}"));
    // Not signed in: the page says where to sign in.
    let statuses: Vec<u16> = (0..20).map(|_| browser.get("/redeem").status).collect();
    assert_eq!(statuses, [200; 20]);
    browser.open("/redeem");
    browser.sign_in_by_code(&fixture, "ann@example.org");
    let statuses: Vec<u16> = (0..6).map(|_| browser.get("/redeem").status).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 429]);
    let wait = browser.get("/redeem");
    assert!(wait.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(wait.heading(), "Try again later");
    // Bob, from the same address.
    let (_, token) = fixture.asked_by_mail(&fixture.bundle("Walks", &bob), &bob, &ann);
    let mut other = browser.beside();
    other.open(&format!("/redeem?token={token}"));
    assert_eq!(other.sign_in_by_code(&fixture, "bob@example.org").status, 200);
}

#[test]
fn unknown_tokens_are_not_found_and_count_against_a_limit() {
    let fixture = Fixture::new(Kind::Sqlite).with("[limits]\nredeem_per_minute = 0\nbad_tokens_per_hour = 3");
    let mut browser = Browser::new(&fixture);
    for odd in
        ["", "csr_", "csr_AAAA", "csk_AAAAAAAAAAGL5TA7woAgyBgNoJwSR_MQvhmpsh9cn06ONZrpq7_Vpg", "x&token=y", "%FF", "%3Cb%3E"]
    {
        let page = browser.get(&format!("/redeem?token={odd}"));
        assert_eq!(page.status, 404, "{odd}");
        assert!(browser.jar.is_empty(), "{odd}");
    }
    let none = "csr_AAAAAAAAAAGL5TA7woAgyBgNoJwSR_MQvhmpsh9cn06ONZrpq7_Vpg";
    assert_eq!(browser.get(&format!("/redeem?token={none}")).status, 303);
    let statuses: Vec<u16> = (0..4).map(|_| browser.get("/redeem").status).collect();
    assert_eq!(statuses, [404, 404, 404, 429]);
}

#[test]
fn without_a_token_the_page_says_what_to_do() {
    let fixture = Fixture::new(Kind::Sqlite);
    let mut browser = Browser::new(&fixture);
    let page = browser.open("/redeem");
    assert_eq!((page.status, page.heading().as_str()), (200, "Open the link in our email"));
    assert_eq!(browser.open("/redeem/done").heading(), "Open the link in our email");
}
