//! Repeated requests: while pending, after the end, after a decline; resending; and limits of emails.

use chrono::TimeDelta;
use countersign::domain::{Level, Scope, User, UserId, UserRef};
use countersign::store::blocks::{self, Blocked};
use countersign::store::rate_limits;
use countersign::workflow::requests::file::Filing;
use countersign::workflow::{WhyTooMany, WorkflowError};

use crate::support::fixture::{Fixture, address, ask, offer, on_both, person, word};

const LAVISH: &str = "[limits]\ntarget_letters = 0";

on_both![
    the_same_pending_request_is_found_and_no_second_email_is_sent,
    the_same_request_from_another_caller_is_found_again,
    after_its_end_the_same_can_be_requested_again,
    after_a_decline_the_waiting_time_is_a_week_and_doubles_to_ninety_days,
    a_waiting_time_is_for_the_same_people_and_bundle,
    a_blocked_person_cannot_file,
    a_blocked_person_cannot_resend_the_email,
    an_email_is_sent_again_every_ten_minutes_and_five_times,
    old_links_stay_valid_until_one_of_them_decides,
    only_the_requester_resends_the_email,
    no_email_of_an_ended_request_is_resent,
    one_person_causes_an_approver_three_emails_and_then_one_an_hour,
    nobody_uses_up_the_budget_of_others_for_an_approver,
    a_person_causes_twenty_emails_an_hour_and_a_hundred_a_day,
    an_app_causes_two_hundred_emails_a_day,
    a_mail_domain_gets_a_thousand_emails_an_hour_from_everybody,
    emails_to_own_domains_are_not_counted_by_domain,
    a_refusal_by_one_budget_takes_nothing_from_the_others,
    a_budget_that_is_off_refuses_nobody,
    only_full_budgets_are_deleted,
];

fn the_same_pending_request_is_found_and_no_second_email_is_sent(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (first, is_new) = fixture.file(&person(&bob), &ask(&sleep, &ann, &bob)).unwrap();
    assert!(is_new);
    let events = fixture.events().len();
    for _ in 0..5 {
        let (again, is_new) = fixture.file(&person(&bob), &ask(&sleep, &ann, &bob)).unwrap();
        assert_eq!((again.request.id, is_new), (first.request.id, false));
    }
    // The TTL and the link's target are no terms.
    let page = Some("http://127.0.0.1:8080/redeem".to_owned());
    let filing = Filing { ttl: Some(TimeDelta::days(1)), redeem_url: page, ..ask(&sleep, &ann, &bob) };
    let (again, is_new) = fixture.file(&person(&bob), &filing).unwrap();
    assert_eq!((again.request.id, is_new, again.request.ttl), (first.request.id, false, TimeDelta::days(7)));
    assert_eq!(fixture.emails(), [("decide", "queued")]);
    assert_eq!(fixture.events().len(), events);
    assert_eq!(fixture.deliver(), 1);
}

fn the_same_request_from_another_caller_is_found_again(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let first = fixture.asked(&sleep, &ann, &bob);
    let app = fixture.app("app", None, &[Scope::Requests, Scope::ActAs]);
    let (again, is_new) = fixture.file(&app, &ask(&sleep, &ann, &bob)).unwrap();
    assert_eq!((again.request.id, is_new, again.request.app), (first.id, false, None));
    // With the roles exchanged it is another request.
    let coach = fixture.relationship("coach");
    let one = fixture.asked(&coach, &ann, &bob);
    let other = fixture.asked(&coach, &bob, &ann);
    assert_ne!(one.id, other.id);
}

fn after_its_end_the_same_can_be_requested_again(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let first = fixture.asked(&sleep, &ann, &bob);
    fixture.pass(TimeDelta::days(7) - TimeDelta::microseconds(1));
    assert!(!fixture.file(&person(&bob), &ask(&sleep, &ann, &bob)).unwrap().1);
    fixture.pass(TimeDelta::microseconds(1));
    // No job has recorded the end, and none is needed.
    let (second, is_new) = fixture.file(&person(&bob), &ask(&sleep, &ann, &bob)).unwrap();
    assert!(is_new);
    assert_ne!(second.request.id, first.id);
    assert_eq!((fixture.state(first.id), fixture.state(second.request.id)), ("expired", "pending"));
    assert_eq!(fixture.sweep(), 0);
}

fn after_a_decline_the_waiting_time_is_a_week_and_doubles_to_ninety_days(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    for days in [7, 14, 28, 56, 90, 90] {
        let (_, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
        fixture.decline(&ann, &token, None).unwrap();
        let end = fixture.now() + TimeDelta::days(days);
        fixture.pass(TimeDelta::days(days) - TimeDelta::microseconds(1));
        match fixture.file(&person(&bob), &ask(&sleep, &ann, &bob)) {
            Err(WorkflowError::TooMany { retry_at, .. }) => assert_eq!(retry_at, end),
            other => panic!("{other:?}"),
        }
        fixture.pass(TimeDelta::microseconds(1));
    }
    assert_eq!(word(fixture.file(&person(&bob), &ask(&sleep, &ann, &bob))), "ok");
}

fn a_waiting_time_is_for_the_same_people_and_bundle(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let (sleep, steps) = (fixture.bundle("Sleep data", &ann), fixture.bundle("Steps", &ann));
    let (_, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    fixture.decline(&ann, &token, None).unwrap();
    let app = fixture.app("app", None, &[Scope::Requests, Scope::ActAs]);
    assert_eq!(word(fixture.file(&app, &ask(&sleep, &ann, &bob))), "too many", "another caller is no way around it");
    let lower = Filing { level: Some(Level::View), ..ask(&sleep, &ann, &bob) };
    assert_eq!(word(fixture.file(&person(&bob), &lower)), "too many", "nor is another level");
    assert_eq!(word(fixture.file(&person(&eve), &ask(&sleep, &ann, &eve))), "ok");
    assert_eq!(word(fixture.file(&person(&bob), &ask(&steps, &ann, &bob))), "ok");
    // A withdrawn request starts no waiting time.
    let coach = fixture.relationship("coach");
    let fixture = fixture.with(LAVISH);
    let request = fixture.asked(&coach, &ann, &bob);
    fixture.delete(&person(&bob), request.id).unwrap();
    assert_eq!(word(fixture.file(&person(&bob), &ask(&coach, &ann, &bob))), "ok");
}

fn block(fixture: &Fixture, approver: UserId, blocked: Blocked) {
    fixture.write(move |tx| blocks::add(tx, approver, blocked)).unwrap();
    fixture.write(move |tx| blocks::add(tx, approver, blocked)).unwrap();
}

fn a_blocked_person_cannot_file(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let coach = fixture.relationship("coach");
    let app = fixture.app("app", None, &[Scope::Requests, Scope::ActAs]);
    block(fixture, ann.id, Blocked::User(bob.id));
    assert_eq!(word(fixture.file(&person(&bob), &ask(&coach, &ann, &bob))), "forbidden");
    assert_eq!(word(fixture.file(&app, &ask(&coach, &ann, &bob))), "forbidden", "nor has an app ask for them");
    assert_eq!(word(fixture.file(&person(&bob), &ask(&coach, &eve, &bob))), "ok", "a block applies to its own approver");
    block(fixture, ann.id, Blocked::App(app.app.unwrap()));
    assert_eq!(word(fixture.file(&app, &ask(&coach, &ann, &eve))), "forbidden");
    assert_eq!(word(fixture.file(&person(&eve), &ask(&coach, &ann, &eve))), "ok");
    // A key's id is not a person's.
    let (ann, bob) = (ann.id, bob.id);
    fixture.write(move |tx| blocks::remove(tx, ann, Blocked::User(bob))).unwrap();
    let (ann, bob) = (fixture.user("ann2@example.org"), fixture.user("bob2@example.org"));
    block(fixture, ann.id, Blocked::App(countersign::domain::AppId(bob.id.0)));
    assert_eq!(word(fixture.file(&person(&bob), &ask(&coach, &ann, &bob))), "ok");
}

fn a_blocked_person_cannot_resend_the_email(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let coach = fixture.relationship("coach");
    let request = fixture.asked(&coach, &ann, &bob);
    block(fixture, ann.id, Blocked::User(bob.id));
    fixture.pass(TimeDelta::minutes(10));
    assert_eq!(word(fixture.resend(&person(&bob), request.id)), "forbidden");
}

fn an_email_is_sent_again_every_ten_minutes_and_five_times(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let request = fixture.asked(&sleep, &ann, &bob);
    for _ in 0..5 {
        fixture.pass(TimeDelta::minutes(10) - TimeDelta::microseconds(1));
        assert_eq!(word(fixture.resend(&person(&bob), request.id)), "too many");
        fixture.pass(TimeDelta::microseconds(1));
        let resent = fixture.resend(&person(&bob), request.id).unwrap();
        assert_eq!((resent.last_letter_at, resent.expires_at), (fixture.now(), request.expires_at));
        assert_eq!(fixture.deliver(), if resent.letters == 2 { 2 } else { 1 });
    }
    fixture.pass(TimeDelta::days(1));
    assert_eq!(word(fixture.resend(&person(&bob), request.id)), "too many");
    assert_eq!(fixture.emails(), [("decide", "sent"); 6]);
}

fn old_links_stay_valid_until_one_of_them_decides(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, _) = fixture.asked_by_mail(&sleep, &ann, &bob);
    for _ in 0..2 {
        fixture.pass(TimeDelta::minutes(10));
        fixture.resend(&person(&bob), request.id).unwrap();
        fixture.deliver();
    }
    let tokens = fixture.tokens_for("ann@example.org");
    assert_eq!(tokens.len(), 3);
    for token in &tokens {
        assert_eq!(fixture.check(&ann, token).unwrap().request.id, request.id);
    }
    fixture.redeem(&ann, &tokens[2]).unwrap();
    for token in &tokens {
        assert_eq!(word(fixture.redeem(&ann, token)), "approved");
        assert_eq!(word(fixture.check(&ann, token)), "approved");
        assert_eq!(word(fixture.decline(&ann, token, None)), "approved");
    }
}

fn only_the_requester_resends_the_email(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let app = fixture.app("app", None, &[Scope::Requests, Scope::ActAs]);
    let request = fixture.file(&app, &ask(&sleep, &ann, &bob)).unwrap().0.request;
    fixture.pass(TimeDelta::hours(1));
    assert_eq!(word(fixture.resend(&person(&eve), request.id)), "not found");
    assert_eq!(word(fixture.resend(&person(&ann), request.id)), "forbidden");
    assert_eq!(word(fixture.resend(&app, request.id)), "ok");
}

fn no_email_of_an_ended_request_is_resent(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (sleep, coach) = (fixture.bundle("Sleep data", &ann), fixture.relationship("coach"));
    let (request, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    fixture.redeem(&ann, &token).unwrap();
    fixture.pass(TimeDelta::minutes(10));
    assert_eq!(word(fixture.resend(&person(&bob), request.id)), "approved");
    let request = fixture.asked(&coach, &ann, &bob);
    fixture.pass(TimeDelta::days(7));
    assert_eq!(word(fixture.resend(&person(&bob), request.id)), "expired");
}

fn one_person_causes_an_approver_three_emails_and_then_one_an_hour(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let mut bundles = (0..).map(|number| fixture.relationship(&format!("coach {number}")));
    let mut ask_again = |fixture: &Fixture| fixture.file(&person(&bob), &ask(&bundles.next().unwrap(), &ann, &bob));
    for _ in 0..3 {
        assert_eq!(word(ask_again(fixture)), "ok");
    }
    match ask_again(fixture) {
        Err(WorkflowError::TooMany { retry_at, .. }) => assert_eq!(retry_at, fixture.now() + TimeDelta::hours(1)),
        other => panic!("{other:?}"),
    }
    // A restart forgets nothing.
    let fixture = &fixture.with("");
    fixture.pass(TimeDelta::hours(1) - TimeDelta::microseconds(1));
    assert_eq!(word(ask_again(fixture)), "too many");
    fixture.pass(TimeDelta::microseconds(1));
    assert_eq!([word(ask_again(fixture)), word(ask_again(fixture))], ["ok", "too many"]);
    fixture.pass(TimeDelta::days(30));
    assert_eq!([(); 4].map(|()| word(ask_again(fixture))), ["ok", "ok", "ok", "too many"], "a rest saves up three at most");
}

fn nobody_uses_up_the_budget_of_others_for_an_approver(fixture: &Fixture) {
    let fixture = &fixture.with("[limits]\ntarget_letters_in_all = 5");
    let ann = fixture.user("ann@example.org");
    let [bob, eve, max] = ["bob", "eve", "max"].map(|name| fixture.user(&format!("{name}@example.org")));
    let bundles: Vec<_> = (0..4).map(|number| fixture.relationship(&format!("coach {number}"))).collect();
    let asks = |requester: &User| {
        bundles.iter().map(|bundle| word(fixture.file(&person(requester), &ask(bundle, &ann, requester)))).collect()
    };
    let of_each: Vec<Vec<&str>> = [&bob, &eve, &max].map(asks).into();
    assert_eq!(of_each[0], ["ok", "ok", "ok", "too many"], "three of Bob's");
    assert_eq!(of_each[1], ["ok", "ok", "too many", "too many"], "Eve reaches her all the same, and five is all together");
    assert_eq!(of_each[2], ["too many"; 4]);
}

fn a_person_causes_twenty_emails_an_hour_and_a_hundred_a_day(fixture: &Fixture) {
    const FEWER: &str = "[limits]\ninitiator_hourly = 2\ninitiator_daily = 6";
    let ann = fixture.user("ann@example.org");
    let sleep = fixture.bundle("Sleep data", &ann);
    let mut readers = (0..).map(|number| fixture.user(&format!("reader{number}@example.org")));
    let mut offer_again = |fixture: &Fixture| word(fixture.file(&person(&ann), &offer(&sleep, &readers.next().unwrap())));
    let limits = &fixture.config.limits;
    assert_eq!((limits.initiator_hourly, limits.initiator_daily), (20, 100));
    let mut offered = Vec::new();
    for _ in 0..48 {
        // A restart forgets nothing.
        let fixture = fixture.with(FEWER);
        offered.push((0..4).filter(|_| offer_again(&fixture) == "ok").count());
        fixture.pass(TimeDelta::hours(1));
    }
    assert_eq!(offered[..3], [2, 2, 2]);
    assert!(offered.iter().all(|count| *count <= 2), "{offered:?}");
    assert_eq!(offered[24..].iter().sum::<usize>(), 6, "{offered:?}");
}

fn an_app_causes_two_hundred_emails_a_day(fixture: &Fixture) {
    let coach = fixture.relationship("coach");
    let bob = fixture.user("bob@example.org");
    let app = fixture.app("app", None, &[Scope::Requests, Scope::ActAs]);
    let fixture = &fixture.with("[limits]\napp_daily = 4");
    for number in 0..4 {
        let target = fixture.user(&format!("t{number}@example.org"));
        assert_eq!(word(fixture.file(&app, &ask(&coach, &target, &bob))), "ok");
    }
    let last = fixture.user("last@example.org");
    let fixture = &fixture.with("[limits]\napp_daily = 4");
    assert_eq!(word(fixture.file(&app, &ask(&coach, &last, &bob))), "too many");
    fixture.pass(TimeDelta::hours(6));
    assert_eq!(word(fixture.file(&app, &ask(&coach, &last, &bob))), "ok");
    assert_eq!(fixture.with("").config.limits.app_daily, 200);
}

fn a_mail_domain_gets_a_thousand_emails_an_hour_from_everybody(fixture: &Fixture) {
    const FEW: &str = "[limits]\ndomain_hourly = 4";
    assert_eq!(fixture.config.limits.domain_hourly, 1_000);
    let coach = fixture.relationship("coach");
    let ann = fixture.user("ann@mail.example");
    let sleep = fixture.bundle("Sleep data", &ann);
    let app = fixture.app("app", None, &[Scope::Requests, Scope::ActAs]);
    let mut people = (0..).map(|number| fixture.user(&format!("p{number}@example.org")));
    // Each to another person, from another person.
    let mut numbers = 0..;
    let mut ask_at = |fixture: &Fixture, domain: &str| {
        let target = fixture.user(&format!("t{}@{domain}", numbers.next().unwrap()));
        let requester = people.next().unwrap();
        fixture.file(&person(&requester), &ask(&coach, &target, &requester))
    };
    let fixture = &fixture.with(FEW);
    assert_eq!(word(ask_at(fixture, "mail.example")), "ok");
    assert_eq!(word(fixture.file(&app, &ask(&sleep, &ann, &fixture.user("bob@example.org")))), "ok");
    assert_eq!(word(fixture.file(&person(&ann), &offer(&sleep, &fixture.user("eve@mail.example")))), "ok");
    // The domain of an unknown person is that of the given address.
    let eve = fixture.user("eve@example.org");
    let by_address = |text: &str| Filing { target: UserRef::Address(address(text)), ..ask(&coach, &eve, &eve) };
    assert_eq!(word(fixture.file(&person(&eve), &by_address("New@MAIL.example"))), "ok");
    // A restart forgets nothing.
    let fixture = &fixture.with(FEW);
    match ask_at(fixture, "mail.example") {
        Err(WorkflowError::TooMany { what, retry_at }) => {
            assert_eq!(what, WhyTooMany::EmailsToDomain);
            assert_eq!(retry_at, fixture.now() + TimeDelta::minutes(15));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(word(fixture.file(&person(&eve), &by_address("newer@mail.example"))), "too many");
    assert_eq!(word(fixture.file(&app, &ask(&coach, &ann, &fixture.user("joe@example.org")))), "too many");
    // Another domain, even one that contains or is contained in the name.
    for other in ["example", "a.mail.example", "xmail.example", "example.org"] {
        let other = if other == "example" { "mail.example.example" } else { other };
        assert_eq!(word(ask_at(fixture, other)), "ok", "{other}");
    }
    fixture.pass(TimeDelta::minutes(15) - TimeDelta::microseconds(1));
    assert_eq!(word(ask_at(fixture, "mail.example")), "too many");
    fixture.pass(TimeDelta::microseconds(1));
    assert_eq!([word(ask_at(fixture, "mail.example")), word(ask_at(fixture, "mail.example"))], ["ok", "too many"]);
    // The table does not reveal the domain.
    assert_eq!(fixture.count("budgets", "kind = 'domain_hour'"), 5);
}

fn emails_to_own_domains_are_not_counted_by_domain(fixture: &Fixture) {
    let fixture = &fixture.with("[limits]\ndomain_hourly = 1\nown_domains = [\"Example.ORG\", \" bücher.example\"]");
    let coach = fixture.relationship("coach");
    for (number, domain) in ["example.org", "bücher.example", "example.org", "xn--bcher-kva.example"].into_iter().enumerate() {
        let (target, requester) = (fixture.user(&format!("t{number}@{domain}")), fixture.user(&format!("a{number}@example.net")));
        assert_eq!(word(fixture.file(&person(&requester), &ask(&coach, &target, &requester))), "ok");
    }
    assert_eq!(fixture.count("budgets", "kind = 'domain_hour'"), 0);
    // A subdomain is another domain, and the other budgets still apply.
    let bob = fixture.user("bob@example.org");
    for (address, words) in [("ann@mail.example.org", ["ok", "too many"]), ("eve@example.org", ["ok", "ok"])] {
        let target = fixture.user(address);
        let sleep = fixture.bundle(address, &target);
        assert_eq!([&coach, &sleep].map(|of| word(fixture.file(&person(&bob), &ask(of, &target, &bob)))), words, "{address}");
    }
}

fn a_refusal_by_one_budget_takes_nothing_from_the_others(fixture: &Fixture) {
    let coach = fixture.relationship("coach");
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.net"));
    let eve = fixture.user("eve@example.org");
    // A full budget is equivalent to a missing one.
    let now = fixture.now().timestamp_micros();
    let left = format!("SELECT kind || subject || '=' || full_at AS value FROM budgets WHERE full_at > {now} ORDER BY kind");
    let left = || fixture.texts(&left);
    fixture.asked(&coach, &ann, &bob);
    let before = left();
    // Bob has caused one email, Ann and her domain have had one.
    for (few, requester, target) in [
        ("domain_hourly = 1", &bob, &eve),
        ("target_letters = 1\ntarget_letters_in_all = 1", &eve, &ann),
        ("initiator_hourly = 1", &bob, &eve),
    ] {
        let fixture = fixture.with(&format!("[limits]\n{few}"));
        assert_eq!(word(fixture.file(&person(requester), &ask(&coach, target, requester))), "too many", "{few}");
        assert_eq!(left(), before, "{few}");
    }
}

fn a_budget_that_is_off_refuses_nobody(fixture: &Fixture) {
    let ann = fixture.user("ann@example.org");
    let coach = fixture.relationship("coach");
    let fixture = &fixture
        .with("[limits]\ntarget_letters = 0\ninitiator_hourly = 0\ninitiator_daily = 0\napp_daily = 0\ndomain_hourly = 0\nnew_people_hourly = 0");
    for number in 0..10 {
        let requester = fixture.user(&format!("asker{number}@example.org"));
        assert_eq!(word(fixture.file(&person(&requester), &ask(&coach, &ann, &requester))), "ok");
    }
    assert_eq!(fixture.count("budgets", "1 = 1"), 0);
}

fn only_full_budgets_are_deleted(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let coach = fixture.relationship("coach");
    fixture.asked(&coach, &ann, &bob);
    fixture.pass(TimeDelta::minutes(30));
    let forget = || {
        fixture
            .write(|tx| {
                let full = rate_limits::full(tx, 100)?;
                rate_limits::forget(tx, &full)
            })
            .unwrap();
    };
    // Bob's hour and day have room for many; one email to Ann is an hour's worth.
    let taken = fixture.count("budgets", "1 = 1");
    forget();
    assert!(fixture.count("budgets", "1 = 1") < taken);
    assert_eq!(fixture.count("budgets", "kind = 'target_from'"), 1);
    fixture.pass(TimeDelta::minutes(30));
    forget();
    assert_eq!(fixture.count("budgets", "1 = 1"), 0);
}
