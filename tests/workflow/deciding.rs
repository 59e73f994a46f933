//! Who decides, with what, and until when.

use chrono::TimeDelta;
use countersign::domain::{Address, Caller, Credential, Narrowing, Scope, Until};
use countersign::random::Chance;
use countersign::secret::{FreshSecret, SecretKind};
use countersign::store::tokens;
use countersign::workflow::accounts;
use countersign::workflow::requests::file::Filing;

use crate::support::house::{House, ask, offer, on_both, person, word};

on_both![
    a_redeem_makes_the_grant_that_was_asked_for,
    a_second_redeem_is_gone,
    a_check_changes_nothing,
    only_the_target_checks_and_redeems,
    a_key_never_decides,
    a_read_only_token_looks_and_does_not_decide,
    an_admin_never_decides,
    the_initiator_reads_how_it_ended,
    what_is_no_token_is_not_found,
    a_token_of_one_row_with_the_secret_of_another_is_nothing,
    a_request_is_over_exactly_at_its_end,
    access_is_over_exactly_at_its_end,
    the_wanted_length_runs_from_the_decision,
    an_end_that_has_passed_can_only_be_declined,
    a_decline_carries_a_reason,
    a_declined_request_can_be_approved_while_its_time_runs,
    an_approved_request_cannot_be_declined,
    a_changed_address_kills_the_token,
    a_restored_backup_kills_the_tokens,
    the_newest_yes_ends_the_older_grant,
    news_of_a_decision_go_to_who_asked,
];

fn a_redeem_makes_the_grant_that_was_asked_for(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (request, token) = house.asked_by_mail(&sleep, &ann, &bob);
    house.pass(TimeDelta::days(1));
    let (told, approved) = house.redeem(&ann, &token).unwrap();
    let grant = house.grant(approved.grant.id);
    assert_eq!(format!("{:?}", approved.grant), format!("{grant:?}"));
    assert_eq!((grant.grantor, grant.grantee, grant.bundle), (ann.id, Some(bob.id.into()), Some(sleep.id)));
    assert_eq!((grant.level.as_str(), grant.request, grant.parent, grant.reshare), ("edit", Some(request.id), None, 0));
    assert_eq!((grant.starts_at, grant.ends_at), (house.now(), None));
    assert_eq!((approved.asked_level, approved.asked_until, approved.resources.len()), (None, None, 0));
    let stored = house.request(request.id);
    assert_eq!(format!("{:?}", told.request), format!("{stored:?}"));
    let decision = stored.decision.unwrap();
    assert_eq!((decision.at, decision.by, decision.grant.map(|grant| grant.id)), (house.now(), Some(ann.id), Some(grant.id)));
    assert!(!decision.is_narrowed);
    assert_eq!(house.events().last().map(String::as_str), Some("request.approved"));
}

fn a_second_redeem_is_gone(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (_, token) = house.asked_by_mail(&sleep, &ann, &bob);
    house.redeem(&ann, &token).unwrap();
    assert_eq!(word(house.redeem(&ann, &token)), "approved");
    assert_eq!(house.count("grants", "1 = 1"), 1);
}

fn a_check_changes_nothing(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (request, token) = house.asked_by_mail(&sleep, &ann, &bob);
    let dump = || (format!("{:?}", house.request(request.id)), house.events(), house.letters(), house.count("tokens", "1 = 1"));
    let before = dump();
    for _ in 0..3 {
        assert_eq!(house.check(&ann, &token).unwrap().request.id, request.id);
    }
    assert_eq!(dump(), before);
}

fn only_the_target_checks_and_redeems(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (request, token) = house.asked_by_mail(&sleep, &ann, &bob);
    for other in [&bob, &eve] {
        assert_eq!(word(house.check(other, &token)), "forbidden");
        assert_eq!(word(house.redeem(other, &token)), "forbidden");
        assert_eq!(word(house.decline(other, &token, None)), "forbidden");
    }
    assert_eq!(word(house.approve(&bob, request.id)), "forbidden");
    assert_eq!(word(house.approve(&eve, request.id)), "not found");
    assert_eq!((house.state(request.id), house.count("grants", "1 = 1")), ("pending", 0));
    // Of an offer, who made it does not decide.
    let (told, _) = house.file(&person(&ann), &offer(&sleep, &eve)).unwrap();
    house.deliver();
    let token = house.token_for("eve@example.org");
    assert_eq!(word(house.redeem(&ann, &token)), "forbidden");
    assert_eq!(word(house.approve(&ann, told.request.id)), "forbidden");
    assert_eq!(word(house.redeem(&eve, &token)), "ok");
}

fn a_key_never_decides(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (request, token) = house.asked_by_mail(&sleep, &ann, &bob);
    // Not even the target's own key with every scope.
    for key in [house.app("anns", Some(&ann), Scope::ALL), house.app("nobodys", None, Scope::ALL)] {
        assert_eq!(word(house.check_as(&key, &token)), "forbidden");
        assert_eq!(word(house.redeem_as(&key, &token, &Narrowing::default())), "forbidden");
        assert_ne!(word(house.delete(&key, request.id)), "ok");
    }
    assert_eq!(word(house.redeem_as(&Caller::operator(), &token, &Narrowing::default())), "unauthenticated");
    assert_eq!(house.state(request.id), "pending");
}

fn a_read_only_token_looks_and_does_not_decide(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (request, token) = house.asked_by_mail(&sleep, &ann, &bob);
    let reader = Caller::person(ann.id, false, Credential::ReadOnlyToken);
    assert_eq!(word(house.check_as(&reader, &token)), "ok");
    assert_eq!(word(house.redeem_as(&reader, &token, &Narrowing::default())), "forbidden");
    assert_eq!(house.state(request.id), "pending");
}

fn an_admin_never_decides(house: &House) {
    let (ann, bob, admin) = (house.user("ann@example.org"), house.user("bob@example.org"), house.admin("root@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (request, token) = house.asked_by_mail(&sleep, &ann, &bob);
    assert_eq!(word(house.check(&admin, &token)), "forbidden");
    assert_eq!(word(house.redeem(&admin, &token)), "forbidden");
    assert_eq!(word(house.approve(&admin, request.id)), "forbidden");
    // They may remove it, which gives nobody anything.
    house.delete(&person(&admin), request.id).unwrap();
    assert_eq!((house.state(request.id), house.count("grants", "1 = 1")), ("cancelled", 0));
}

fn the_initiator_reads_how_it_ended(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (_, token) = house.asked_by_mail(&sleep, &ann, &bob);
    assert_eq!(word(house.check(&bob, &token)), "forbidden");
    house.redeem(&ann, &token).unwrap();
    assert_eq!(word(house.check(&bob, &token)), "approved");
    assert_eq!(word(house.redeem(&bob, &token)), "approved");
    assert_eq!(word(house.check(&eve, &token)), "forbidden");
    let (_, token) = house.asked_by_mail(&sleep, &ann, &eve);
    house.pass(TimeDelta::days(7));
    assert_eq!([word(house.check(&ann, &token)), word(house.check(&eve, &token))], ["expired"; 2]);
}

fn what_is_no_token_is_not_found(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (request, token) = house.asked_by_mail(&sleep, &ann, &bob);
    let secret = || FreshSecret::draw(&Chance::System).unwrap();
    let id = house.texts("SELECT CAST(id AS TEXT) AS value FROM tokens")[0].parse().unwrap();
    let forged = [
        String::new(),
        "csr_".into(),
        token[..token.len() - 1].into(),
        format!("{token}A"),
        token.to_uppercase(),
        token.replacen("csr_", "csk_", 1),
        format!("\0{token}"),
        secret().with_id(SecretKind::Redeem, id).reveal().to_string(),
        secret().with_id(SecretKind::Redeem, 4_242).reveal().to_string(),
        secret().with_id(SecretKind::Redeem, i64::MAX).reveal().to_string(),
        secret().with_id(SecretKind::Key, id).reveal().to_string(),
        "1 OR 1=1".into(),
        "*".into(),
        "{\"$ne\":1}".into(),
        "\0".into(),
        "é".repeat(29),
    ];
    for text in forged {
        assert_eq!(word(house.redeem(&ann, &text)), "not found", "{text:?}");
    }
    assert_eq!(house.state(request.id), "pending");
    // A blank before it is what a mail program leaves there.
    assert_eq!(word(house.redeem(&ann, &format!(" {token}"))), "ok");
}

fn a_token_of_one_row_with_the_secret_of_another_is_nothing(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (_, one) = house.asked_by_mail(&sleep, &ann, &bob);
    let (_, other) = house.asked_by_mail(&sleep, &ann, &eve);
    // Eleven characters are 66 bits: the id's 64 and two more.
    let mixed = format!("{}{}", &one[..15], &other[15..]);
    assert!(mixed != one && mixed != other);
    assert_eq!(word(house.redeem(&ann, &mixed)), "not found");
}

fn a_request_is_over_exactly_at_its_end(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let (sleep, coach) = (house.bundle("Sleep data", &ann), house.relationship("coach"));
    let filing = Filing { ttl: Some(TimeDelta::seconds(60)), ..ask(&sleep, &ann, &bob) };
    house.file(&person(&bob), &filing).unwrap();
    house.deliver();
    let token = house.token_for("ann@example.org");
    house.pass(TimeDelta::seconds(60));
    assert_eq!(word(house.check(&ann, &token)), "expired");
    assert_eq!(word(house.redeem(&ann, &token)), "expired");
    assert_eq!(word(house.decline(&ann, &token, None)), "expired");
    assert_eq!(house.count("grants", "1 = 1"), 0);
    // A microsecond before, it is not.
    let filing = Filing { ttl: Some(TimeDelta::seconds(60)), ..ask(&coach, &ann, &bob) };
    house.file(&person(&bob), &filing).unwrap();
    house.deliver();
    let token = house.token_for("ann@example.org");
    house.pass(TimeDelta::seconds(60) - TimeDelta::microseconds(1));
    assert_eq!(word(house.redeem(&ann, &token)), "ok");
}

fn access_is_over_exactly_at_its_end(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let until = house.now() + TimeDelta::days(3);
    let filing = Filing { until: Some(Until::At(until)), ..ask(&sleep, &ann, &bob) };
    house.file(&person(&bob), &filing).unwrap();
    house.deliver();
    let (_, approved) = house.redeem(&ann, &house.token_for("ann@example.org")).unwrap();
    assert_eq!(approved.grant.ends_at, Some(until));
    house.pass(TimeDelta::days(3) - TimeDelta::microseconds(1));
    assert!(house.is_live(approved.grant.id));
    let live = |house: &House| {
        let (bundle, ann, bob) = (sleep.id, ann.id, bob.id);
        house.read(|tx| countersign::store::grants::find_live(tx, bundle, ann, bob)).unwrap().is_some()
    };
    assert!(live(house));
    house.pass(TimeDelta::microseconds(1));
    assert!(!house.is_live(approved.grant.id) && !live(house));
}

fn the_wanted_length_runs_from_the_decision(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let filing = Filing { until: Some(Until::For(TimeDelta::days(90))), ..ask(&sleep, &ann, &bob) };
    house.file(&person(&bob), &filing).unwrap();
    house.deliver();
    house.pass(TimeDelta::days(5));
    let (_, approved) = house.redeem(&ann, &house.token_for("ann@example.org")).unwrap();
    assert_eq!(approved.grant.ends_at, Some(house.now() + TimeDelta::days(90)));
    assert_eq!(approved.asked_until, None);
}

fn an_end_that_has_passed_can_only_be_declined(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let filing = Filing { until: Some(Until::At(house.now() + TimeDelta::hours(1))), ..ask(&sleep, &ann, &bob) };
    house.file(&person(&bob), &filing).unwrap();
    house.deliver();
    let token = house.token_for("ann@example.org");
    house.pass(TimeDelta::hours(1));
    assert_eq!(word(house.redeem(&ann, &token)), "until");
    assert_eq!(word(house.decline(&ann, &token, None)), "ok");
}

fn a_decline_carries_a_reason(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (request, token) = house.asked_by_mail(&sleep, &ann, &bob);
    assert_eq!(word(house.decline(&ann, &token, Some(&"x".repeat(1_001)))), "reason");
    let told = house.decline(&ann, &token, Some("  Ask my doctor \n")).unwrap();
    assert_eq!(told.request.decision.unwrap().reason.as_deref(), Some("Ask my doctor"));
    assert_eq!(house.state(request.id), "declined");
    assert_eq!(word(house.decline(&ann, &token, None)), "declined");
    house.deliver();
    let letter = &house.letters_to("bob@example.org")[0];
    assert!(letter.text.contains("Ask my doctor"), "{}", letter.text);
    assert_eq!(house.count("grants", "1 = 1"), 0);
}

fn a_declined_request_can_be_approved_while_its_time_runs(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let (sleep, coach) = (house.bundle("Sleep data", &ann), house.relationship("coach"));
    let (request, token) = house.asked_by_mail(&sleep, &ann, &bob);
    house.decline(&ann, &token, Some("no")).unwrap();
    assert_eq!(word(house.redeem(&ann, &token)), "declined", "the link itself is spent");
    assert_eq!(word(house.approve(&bob, request.id)), "forbidden");
    let (_, approved) = house.approve(&ann, request.id).unwrap();
    assert!(house.is_live(approved.grant.id));
    assert_eq!((house.state(request.id), house.request(request.id).decision.unwrap().reason), ("approved", None));
    let events = house.events();
    assert_eq!(events[events.len() - 2..], ["request.declined", "request.approved"]);
    // With it the pause is over.
    house.revoke(&person(&ann), approved.grant.id).unwrap();
    assert_eq!(word(house.file(&person(&bob), &ask(&sleep, &ann, &bob))), "ok");
    // When the time is over, a no stays a no.
    let (request, token) = house.asked_by_mail(&coach, &ann, &bob);
    house.decline(&ann, &token, None).unwrap();
    house.pass(TimeDelta::days(7));
    assert_eq!(word(house.approve(&ann, request.id)), "declined");
    assert_eq!(house.state(request.id), "declined");
}

fn an_approved_request_cannot_be_declined(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (request, token) = house.asked_by_mail(&sleep, &ann, &bob);
    house.redeem(&ann, &token).unwrap();
    assert_eq!(word(house.decline(&ann, &token, None)), "approved");
    assert_eq!(word(house.delete(&person(&ann), request.id)), "approved");
    assert_eq!(word(house.delete(&person(&bob), request.id)), "approved");
    assert_eq!(word(house.approve(&ann, request.id)), "approved");
}

fn a_changed_address_kills_the_token(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (request, token) = house.asked_by_mail(&sleep, &ann, &bob);
    let (id, new) = (ann.id, Address::parse("ann.lee@example.org").unwrap());
    house.write(move |tx| accounts::change_address(tx, &Caller::operator(), id, &new)).unwrap();
    assert_eq!(word(house.check(&ann, &token)), "address_changed");
    assert_eq!(word(house.redeem(&ann, &token)), "address_changed");
    // A fresh link goes to the new address, and decides.
    house.pass(TimeDelta::minutes(10));
    house.resend(&person(&bob), request.id).unwrap();
    house.deliver();
    assert_eq!(word(house.redeem(&ann, &house.token_for("ann.lee@example.org"))), "ok");
    assert_eq!(word(house.redeem(&ann, &token)), "approved");
}

fn a_restored_backup_kills_the_tokens(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (request, token) = house.asked_by_mail(&sleep, &ann, &bob);
    assert_eq!(house.write(tokens::begin_epoch).unwrap(), 2);
    assert_eq!(word(house.check(&ann, &token)), "restored");
    assert_eq!(word(house.redeem(&ann, &token)), "restored");
    house.pass(TimeDelta::minutes(10));
    house.resend(&person(&bob), request.id).unwrap();
    house.deliver();
    assert_eq!(word(house.redeem(&ann, &house.token_for("ann@example.org"))), "ok");
}

fn the_newest_yes_ends_the_older_grant(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let older = house.given(&sleep, &ann, &bob);
    let newer = house.given(&sleep, &ann, &bob);
    assert_eq!([house.is_live(older.id), house.is_live(newer.id)], [false, true]);
    assert_eq!(house.events().iter().filter(|event| *event == "grant.superseded").count(), 1);
}

fn news_of_a_decision_go_to_who_asked(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    house.given(&sleep, &ann, &bob);
    house.file(&person(&ann), &offer(&sleep, &eve)).unwrap();
    house.deliver();
    house.redeem(&eve, &house.token_for("eve@example.org")).unwrap();
    house.deliver();
    let heads = |email: &str| house.letters_to(email).into_iter().map(|letter| letter.subject).collect::<Vec<_>>();
    assert_eq!((heads("bob@example.org").len(), heads("eve@example.org").len(), heads("ann@example.org").len()), (1, 1, 2));
    assert_eq!(house.letters(), [("decide", "sent"), ("approved", "sent"), ("invite", "sent"), ("approved", "sent")]);
}
