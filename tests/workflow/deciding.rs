//! Decisions: by whom, with which credential, and until when.

use chrono::TimeDelta;
use countersign::domain::{Address, ApprovalLimits, Caller, Credential, Scope, Until};
use countersign::random::Rng;
use countersign::secret::{FreshSecret, SecretKind};
use countersign::store::tokens;
use countersign::workflow::accounts;
use countersign::workflow::requests::file::Filing;

use crate::support::fixture::{Fixture, ask, offer, on_both, person, word};

on_both![
    a_redeem_adds_the_requested_grant,
    a_second_redeem_is_gone,
    a_check_changes_nothing,
    only_the_approver_checks_and_redeems,
    a_key_never_decides,
    a_read_only_token_checks_and_does_not_decide,
    an_admin_never_decides,
    the_initiator_reads_how_it_ended,
    a_malformed_token_is_not_found,
    an_id_with_the_secret_of_another_token_is_not_found,
    a_request_expires_exactly_at_its_end,
    access_ends_exactly_at_its_end,
    the_requested_length_starts_at_the_decision,
    an_end_that_has_passed_can_only_be_declined,
    a_decline_carries_a_reason,
    a_declined_request_can_be_approved_until_its_end,
    an_approved_request_cannot_be_declined,
    a_changed_address_invalidates_the_token,
    a_restored_backup_invalidates_the_tokens,
    the_newest_approval_ends_the_older_grant,
    the_requester_is_notified_of_the_decision,
];

fn a_redeem_adds_the_requested_grant(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    fixture.pass(TimeDelta::days(1));
    let (view, approved) = fixture.redeem(&ann, &token).unwrap();
    let grant = fixture.grant(approved.grant.id);
    assert_eq!(format!("{:?}", approved.grant), format!("{grant:?}"));
    assert_eq!((grant.grantor, grant.grantee, grant.bundle), (ann.id, Some(bob.id.into()), Some(sleep.id)));
    assert_eq!((grant.level.as_str(), grant.request, grant.parent, grant.reshare), ("edit", Some(request.id), None, 0));
    assert_eq!((grant.starts_at, grant.ends_at), (fixture.now(), None));
    assert_eq!((approved.asked_level, approved.asked_until, approved.resources.len()), (None, None, 0));
    let stored = fixture.request(request.id);
    assert_eq!(format!("{:?}", view.request), format!("{stored:?}"));
    let decision = stored.decision.unwrap();
    assert_eq!((decision.at, decision.by, decision.grant.map(|grant| grant.id)), (fixture.now(), Some(ann.id), Some(grant.id)));
    assert!(!decision.is_narrowed);
    assert_eq!(fixture.events().last().map(String::as_str), Some("request.approved"));
}

fn a_second_redeem_is_gone(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (_, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    fixture.redeem(&ann, &token).unwrap();
    assert_eq!(word(fixture.redeem(&ann, &token)), "approved");
    assert_eq!(fixture.count("grants", "1 = 1"), 1);
}

fn a_check_changes_nothing(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    let dump =
        || (format!("{:?}", fixture.request(request.id)), fixture.events(), fixture.emails(), fixture.count("tokens", "1 = 1"));
    let before = dump();
    for _ in 0..3 {
        assert_eq!(fixture.check(&ann, &token).unwrap().request.id, request.id);
    }
    assert_eq!(dump(), before);
}

fn only_the_approver_checks_and_redeems(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    for other in [&bob, &eve] {
        assert_eq!(word(fixture.check(other, &token)), "forbidden");
        assert_eq!(word(fixture.redeem(other, &token)), "forbidden");
        assert_eq!(word(fixture.decline(other, &token, None)), "forbidden");
    }
    assert_eq!(word(fixture.approve(&bob, request.id)), "forbidden");
    assert_eq!(word(fixture.approve(&eve, request.id)), "not found");
    assert_eq!((fixture.state(request.id), fixture.count("grants", "1 = 1")), ("pending", 0));
    // The maker of an offer does not decide it.
    let (view, _) = fixture.file(&person(&ann), &offer(&sleep, &eve)).unwrap();
    fixture.deliver();
    let token = fixture.token_for("eve@example.org");
    assert_eq!(word(fixture.redeem(&ann, &token)), "forbidden");
    assert_eq!(word(fixture.approve(&ann, view.request.id)), "forbidden");
    assert_eq!(word(fixture.redeem(&eve, &token)), "ok");
}

fn a_key_never_decides(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    // Not even the approver's own key with every scope.
    for key in [fixture.app("anns", Some(&ann), Scope::ALL), fixture.app("nobodys", None, Scope::ALL)] {
        assert_eq!(word(fixture.check_as(&key, &token)), "forbidden");
        assert_eq!(word(fixture.redeem_as(&key, &token, &ApprovalLimits::default())), "forbidden");
        assert_ne!(word(fixture.delete(&key, request.id)), "ok");
    }
    assert_eq!(word(fixture.redeem_as(&Caller::operator(), &token, &ApprovalLimits::default())), "unauthenticated");
    assert_eq!(fixture.state(request.id), "pending");
}

fn a_read_only_token_checks_and_does_not_decide(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    let reader = Caller::person(ann.id, false, Credential::ReadOnlyToken);
    assert_eq!(word(fixture.check_as(&reader, &token)), "ok");
    assert_eq!(word(fixture.redeem_as(&reader, &token, &ApprovalLimits::default())), "forbidden");
    assert_eq!(fixture.state(request.id), "pending");
}

fn an_admin_never_decides(fixture: &Fixture) {
    let (ann, bob, admin) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.admin("root@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    assert_eq!(word(fixture.check(&admin, &token)), "forbidden");
    assert_eq!(word(fixture.redeem(&admin, &token)), "forbidden");
    assert_eq!(word(fixture.approve(&admin, request.id)), "forbidden");
    // They may cancel it, which gives nobody access.
    fixture.delete(&person(&admin), request.id).unwrap();
    assert_eq!((fixture.state(request.id), fixture.count("grants", "1 = 1")), ("cancelled", 0));
}

fn the_initiator_reads_how_it_ended(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (_, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    assert_eq!(word(fixture.check(&bob, &token)), "forbidden");
    fixture.redeem(&ann, &token).unwrap();
    assert_eq!(word(fixture.check(&bob, &token)), "approved");
    assert_eq!(word(fixture.redeem(&bob, &token)), "approved");
    assert_eq!(word(fixture.check(&eve, &token)), "forbidden");
    let (_, token) = fixture.asked_by_mail(&sleep, &ann, &eve);
    fixture.pass(TimeDelta::days(7));
    assert_eq!([word(fixture.check(&ann, &token)), word(fixture.check(&eve, &token))], ["expired"; 2]);
}

fn a_malformed_token_is_not_found(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    let secret = || FreshSecret::draw(&Rng::System).unwrap();
    let id = fixture.texts("SELECT CAST(id AS TEXT) AS value FROM tokens")[0].parse().unwrap();
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
        assert_eq!(word(fixture.redeem(&ann, &text)), "not found", "{text:?}");
    }
    assert_eq!(fixture.state(request.id), "pending");
    // Mail programs leave a blank before it.
    assert_eq!(word(fixture.redeem(&ann, &format!(" {token}"))), "ok");
}

fn an_id_with_the_secret_of_another_token_is_not_found(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (_, one) = fixture.asked_by_mail(&sleep, &ann, &bob);
    let (_, other) = fixture.asked_by_mail(&sleep, &ann, &eve);
    // Eleven characters are 66 bits: the id's 64 and two more.
    let mixed = format!("{}{}", &one[..15], &other[15..]);
    assert!(mixed != one && mixed != other);
    assert_eq!(word(fixture.redeem(&ann, &mixed)), "not found");
}

fn a_request_expires_exactly_at_its_end(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (sleep, coach) = (fixture.bundle("Sleep data", &ann), fixture.relationship("coach"));
    let filing = Filing { ttl: Some(TimeDelta::seconds(60)), ..ask(&sleep, &ann, &bob) };
    fixture.file(&person(&bob), &filing).unwrap();
    fixture.deliver();
    let token = fixture.token_for("ann@example.org");
    fixture.pass(TimeDelta::seconds(60));
    assert_eq!(word(fixture.check(&ann, &token)), "expired");
    assert_eq!(word(fixture.redeem(&ann, &token)), "expired");
    assert_eq!(word(fixture.decline(&ann, &token, None)), "expired");
    assert_eq!(fixture.count("grants", "1 = 1"), 0);
    // A microsecond before, it is not.
    let filing = Filing { ttl: Some(TimeDelta::seconds(60)), ..ask(&coach, &ann, &bob) };
    fixture.file(&person(&bob), &filing).unwrap();
    fixture.deliver();
    let token = fixture.token_for("ann@example.org");
    fixture.pass(TimeDelta::seconds(60) - TimeDelta::microseconds(1));
    assert_eq!(word(fixture.redeem(&ann, &token)), "ok");
}

fn access_ends_exactly_at_its_end(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let until = fixture.now() + TimeDelta::days(3);
    let filing = Filing { until: Some(Until::At(until)), ..ask(&sleep, &ann, &bob) };
    fixture.file(&person(&bob), &filing).unwrap();
    fixture.deliver();
    let (_, approved) = fixture.redeem(&ann, &fixture.token_for("ann@example.org")).unwrap();
    assert_eq!(approved.grant.ends_at, Some(until));
    fixture.pass(TimeDelta::days(3) - TimeDelta::microseconds(1));
    assert!(fixture.is_live(approved.grant.id));
    let live = |fixture: &Fixture| {
        let (bundle, ann, bob) = (sleep.id, ann.id, bob.id);
        fixture.read(|tx| countersign::store::grants::find_live(tx, bundle, ann, bob)).unwrap().is_some()
    };
    assert!(live(fixture));
    fixture.pass(TimeDelta::microseconds(1));
    assert!(!fixture.is_live(approved.grant.id) && !live(fixture));
}

fn the_requested_length_starts_at_the_decision(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let filing = Filing { until: Some(Until::For(TimeDelta::days(90))), ..ask(&sleep, &ann, &bob) };
    fixture.file(&person(&bob), &filing).unwrap();
    fixture.deliver();
    fixture.pass(TimeDelta::days(5));
    let (_, approved) = fixture.redeem(&ann, &fixture.token_for("ann@example.org")).unwrap();
    assert_eq!(approved.grant.ends_at, Some(fixture.now() + TimeDelta::days(90)));
    assert_eq!(approved.asked_until, None);
}

fn an_end_that_has_passed_can_only_be_declined(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let filing = Filing { until: Some(Until::At(fixture.now() + TimeDelta::hours(1))), ..ask(&sleep, &ann, &bob) };
    fixture.file(&person(&bob), &filing).unwrap();
    fixture.deliver();
    let token = fixture.token_for("ann@example.org");
    fixture.pass(TimeDelta::hours(1));
    assert_eq!(word(fixture.redeem(&ann, &token)), "until");
    assert_eq!(word(fixture.decline(&ann, &token, None)), "ok");
}

fn a_decline_carries_a_reason(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    assert_eq!(word(fixture.decline(&ann, &token, Some(&"x".repeat(1_001)))), "reason");
    let view = fixture.decline(&ann, &token, Some("  Ask my doctor \n")).unwrap();
    assert_eq!(view.request.words(), Some("Ask my doctor"));
    assert_eq!(fixture.state(request.id), "declined");
    assert_eq!(word(fixture.decline(&ann, &token, None)), "declined");
    fixture.deliver();
    let email = &fixture.emails_to("bob@example.org")[0];
    assert!(email.text.contains("Ask my doctor"), "{}", email.text);
    assert_eq!(fixture.count("grants", "1 = 1"), 0);
}

fn a_declined_request_can_be_approved_until_its_end(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (sleep, coach) = (fixture.bundle("Sleep data", &ann), fixture.relationship("coach"));
    let (request, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    fixture.decline(&ann, &token, Some("no")).unwrap();
    assert_eq!(word(fixture.redeem(&ann, &token)), "declined", "the link itself is spent");
    assert_eq!(word(fixture.approve(&bob, request.id)), "forbidden");
    let (_, approved) = fixture.approve(&ann, request.id).unwrap();
    assert!(fixture.is_live(approved.grant.id));
    assert_eq!((fixture.state(request.id), fixture.request(request.id).decision.unwrap().reason), ("approved", None));
    let events = fixture.events();
    assert_eq!(events[events.len() - 2..], ["request.declined", "request.approved"]);
    // The approval ends the waiting time.
    fixture.revoke(&person(&ann), approved.grant.id).unwrap();
    assert_eq!(word(fixture.file(&person(&bob), &ask(&sleep, &ann, &bob))), "ok");
    // After the end, a decline is final.
    let (request, token) = fixture.asked_by_mail(&coach, &ann, &bob);
    fixture.decline(&ann, &token, None).unwrap();
    fixture.pass(TimeDelta::days(7));
    assert_eq!(word(fixture.approve(&ann, request.id)), "declined");
    assert_eq!(fixture.state(request.id), "declined");
}

fn an_approved_request_cannot_be_declined(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    fixture.redeem(&ann, &token).unwrap();
    assert_eq!(word(fixture.decline(&ann, &token, None)), "approved");
    assert_eq!(word(fixture.delete(&person(&ann), request.id)), "approved");
    assert_eq!(word(fixture.delete(&person(&bob), request.id)), "approved");
    assert_eq!(word(fixture.approve(&ann, request.id)), "approved");
}

fn a_changed_address_invalidates_the_token(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    let (id, new) = (ann.id, Address::parse("ann.lee@example.org").unwrap());
    fixture.write(move |tx| accounts::change_address(tx, &Caller::operator(), id, &new)).unwrap();
    assert_eq!(word(fixture.check(&ann, &token)), "address_changed");
    assert_eq!(word(fixture.redeem(&ann, &token)), "address_changed");
    // A fresh link goes to the new address, and works.
    fixture.pass(TimeDelta::minutes(10));
    fixture.resend(&person(&bob), request.id).unwrap();
    fixture.deliver();
    fixture.confirm_change("ann@example.org");
    assert_eq!(word(fixture.redeem(&ann, &fixture.token_for("ann.lee@example.org"))), "ok");
    assert_eq!(word(fixture.redeem(&ann, &token)), "approved");
}

fn a_restored_backup_invalidates_the_tokens(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    assert_eq!(fixture.write(tokens::begin_epoch).unwrap(), 2);
    assert_eq!(word(fixture.check(&ann, &token)), "restored");
    assert_eq!(word(fixture.redeem(&ann, &token)), "restored");
    fixture.pass(TimeDelta::minutes(10));
    fixture.resend(&person(&bob), request.id).unwrap();
    fixture.deliver();
    assert_eq!(word(fixture.redeem(&ann, &fixture.token_for("ann@example.org"))), "ok");
}

fn the_newest_approval_ends_the_older_grant(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let older = fixture.given(&sleep, &ann, &bob);
    let newer = fixture.given(&sleep, &ann, &bob);
    assert_eq!([fixture.is_live(older.id), fixture.is_live(newer.id)], [false, true]);
    assert_eq!(fixture.events().iter().filter(|event| *event == "grant.superseded").count(), 1);
}

fn the_requester_is_notified_of_the_decision(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    fixture.given(&sleep, &ann, &bob);
    fixture.file(&person(&ann), &offer(&sleep, &eve)).unwrap();
    fixture.deliver();
    fixture.redeem(&eve, &fixture.token_for("eve@example.org")).unwrap();
    fixture.deliver();
    let heads = |email: &str| fixture.emails_to(email).into_iter().map(|email| email.subject).collect::<Vec<_>>();
    assert_eq!((heads("bob@example.org").len(), heads("eve@example.org").len(), heads("ann@example.org").len()), (1, 1, 2));
    assert_eq!(fixture.emails(), [("decide", "sent"), ("approved", "sent"), ("invite", "sent"), ("approved", "sent")]);
}
