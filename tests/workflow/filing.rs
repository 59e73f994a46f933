//! Filing: who may request from whom, and what.

use chrono::TimeDelta;
use countersign::domain::{Caller, Credential, Level, RequestKind, Scope, Until, UserRef};
use countersign::store::requests;
use countersign::workflow::WorkflowError;
use countersign::workflow::requests::file::Filing;
use countersign::workflow::requests::view;

use crate::support::fixture::{Fixture, address, ask, offer, on_both, person, word};

on_both![
    a_request_is_stored_whole_and_its_email_queued,
    an_ask_is_for_the_approvers_data_or_a_relationship,
    an_invite_is_for_data_that_the_initiator_may_give,
    a_person_requests_access_only_for_themselves,
    an_app_requests_for_others_only_with_the_scope,
    an_admin_may_request_for_others,
    a_holder_of_a_share_right_offers_up_to_their_own_level,
    a_read_only_token_files_nothing,
    an_unknown_person_becomes_an_external_user,
    each_invalid_member_is_refused_by_name,
    a_redeem_url_is_ours_or_the_keys,
    a_refused_request_leaves_no_row,
    a_request_is_seen_by_its_people_its_app_and_admins,
    a_list_contains_ones_own_requests,
];

fn a_request_is_stored_whole_and_its_email_queued(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let filing = Filing {
        level: Some(Level::View),
        message: Some("For the study".into()),
        ttl: Some(TimeDelta::hours(2)),
        until: Some(Until::For(TimeDelta::days(90))),
        resources: None,
        ..ask(&sleep, &ann, &bob)
    };
    let (request_view, is_new) = fixture.file(&person(&bob), &filing).unwrap();
    assert!(is_new);
    assert_eq!(
        (request_view.target.id, request_view.allowed.id, request_view.bundle.id, request_view.level),
        (ann.id, bob.id, sleep.id, Level::View)
    );
    let stored = fixture.request(request_view.request.id);
    assert_eq!(format!("{:?}", request_view.request), format!("{stored:?}"));
    assert_eq!((stored.kind, stored.initiator, stored.app), (RequestKind::Ask, Some(bob.id), None));
    assert_eq!((stored.message.as_deref(), stored.until), (Some("For the study"), filing.until));
    assert_eq!((stored.created_at, stored.expires_at), (fixture.now(), fixture.now() + TimeDelta::hours(2)));
    assert_eq!(stored.mail_state.as_str(), "queued");
    assert_eq!(fixture.emails(), [("decide", "queued")]);
    assert_eq!(fixture.events().last().map(String::as_str), Some("request.filed"));
}

fn an_ask_is_for_the_approvers_data_or_a_relationship(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let (sleep, coach) = (fixture.bundle("Sleep data", &ann), fixture.relationship("coach"));
    assert_eq!(word(fixture.file(&person(&bob), &ask(&sleep, &ann, &bob))), "ok");
    assert_eq!(word(fixture.file(&person(&bob), &ask(&coach, &ann, &bob))), "ok");
    assert_eq!(word(fixture.file(&person(&bob), &ask(&coach, &eve, &bob))), "ok");
    assert_eq!(word(fixture.file(&person(&bob), &ask(&sleep, &eve, &bob))), "bundle");
}

fn an_invite_is_for_data_that_the_initiator_may_give(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let (sleep, coach) = (fixture.bundle("Sleep data", &ann), fixture.relationship("coach"));
    let (request_view, _) = fixture.file(&person(&ann), &offer(&sleep, &bob)).unwrap();
    assert_eq!((request_view.request.kind, request_view.request.initiator), (RequestKind::Invite, Some(ann.id)));
    assert_eq!(fixture.emails(), [("invite", "queued")]);
    assert_eq!(word(fixture.file(&person(&eve), &offer(&sleep, &bob))), "forbidden");
    assert_eq!(word(fixture.file(&person(&bob), &offer(&sleep, &bob))), "forbidden");
    assert_eq!(word(fixture.file(&person(&ann), &offer(&sleep, &ann))), "user_allowed");
    assert_eq!(word(fixture.file(&person(&ann), &offer(&coach, &bob))), "user_target");
    // An admin has no right to give others' data.
    let admin = fixture.admin("root@example.org");
    assert_eq!(word(fixture.file(&person(&admin), &offer(&sleep, &bob))), "forbidden");
}

fn a_person_requests_access_only_for_themselves(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    assert_eq!(word(fixture.file(&person(&eve), &ask(&sleep, &ann, &bob))), "forbidden");
    // Not even the approver files in another's name.
    assert_eq!(word(fixture.file(&person(&ann), &ask(&sleep, &ann, &bob))), "forbidden");
    assert_eq!(word(fixture.file(&person(&bob), &ask(&sleep, &ann, &bob))), "ok");
}

fn an_app_requests_for_others_only_with_the_scope(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (sleep, coach) = (fixture.bundle("Sleep data", &ann), fixture.relationship("coach"));
    let none = fixture.app("none", None, &[Scope::Check]);
    let weak = fixture.app("weak", None, &[Scope::Requests]);
    let strong = fixture.app("strong", None, &[Scope::Requests, Scope::ActAs]);
    let bobs = fixture.app("bobs", Some(&bob), &[Scope::Requests]);
    let filing = ask(&sleep, &ann, &bob);
    assert!(matches!(fixture.file(&none, &filing), Err(WorkflowError::MissingScope(Scope::Requests))));
    assert!(matches!(fixture.file(&weak, &filing), Err(WorkflowError::MissingScope(Scope::ActAs))));
    let (request_view, _) = fixture.file(&strong, &filing).unwrap();
    assert_eq!((request_view.request.initiator, request_view.request.app), (None, strong.app));
    let (request_view, _) = fixture.file(&bobs, &ask(&coach, &ann, &bob)).unwrap();
    assert_eq!((request_view.request.initiator, request_view.request.app), (Some(bob.id), bobs.app));
    // An offer comes from a person.
    assert_eq!(word(fixture.file(&strong, &offer(&sleep, &bob))), "forbidden");
    let anns = fixture.app("anns", Some(&ann), &[Scope::Requests]);
    let eve = fixture.user("eve@example.org");
    assert_eq!(word(fixture.file(&anns, &offer(&sleep, &eve))), "ok");
}

fn an_admin_may_request_for_others(fixture: &Fixture) {
    let (ann, bob, admin) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.admin("root@example.org"));
    let (sleep, coach) = (fixture.bundle("Sleep data", &ann), fixture.relationship("coach"));
    let (request_view, _) = fixture.file(&person(&admin), &ask(&sleep, &ann, &bob)).unwrap();
    assert_eq!(request_view.request.initiator, Some(admin.id));
    fixture.deliver();
    let email = &fixture.emails_to("ann@example.org")[0];
    assert!(email.text.contains("Root"), "the email says who filed it: {}", email.text);
    assert_eq!(word(fixture.redeem(&ann, &fixture.token_for("ann@example.org"))), "ok");
    // Also by a key, if both the key and its user have the right.
    let key = fixture.app("ops", Some(&admin), &[Scope::Requests, Scope::Admin]);
    fixture.file(&key, &ask(&coach, &ann, &bob)).unwrap();
    fixture.deliver();
    assert_eq!(word(fixture.redeem(&ann, &fixture.token_for("ann@example.org"))), "ok");
    let weak = fixture.app("weak", Some(&bob), &[Scope::Requests, Scope::Admin]);
    let eve = fixture.user("eve@example.org");
    assert_eq!(word(fixture.file(&weak, &ask(&coach, &ann, &eve))), "missing scope");
}

fn a_holder_of_a_share_right_offers_up_to_their_own_level(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    assert_eq!(word(fixture.file(&person(&bob), &offer(&sleep, &eve))), "forbidden");
    let held = fixture.entitle(&sleep, &bob, Level::View);
    // The bundle's level is `edit`, which is more than Bob has.
    assert_eq!(word(fixture.file(&person(&bob), &offer(&sleep, &eve))), "forbidden");
    let filing = Filing { level: Some(Level::View), ..offer(&sleep, &eve) };
    fixture.file(&person(&bob), &filing).unwrap();
    fixture.deliver();
    let (_, approved) = fixture.redeem(&eve, &fixture.token_for("eve@example.org")).unwrap();
    assert_eq!((approved.grant.grantor, approved.grant.parent, approved.grant.level), (bob.id, Some(held.id), Level::View));
    assert_eq!(approved.grant.reshare, 0, "what came of an offer is not shared on");
}

fn a_read_only_token_files_nothing(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let reader = Caller::person(bob.id, false, Credential::ReadOnlyToken);
    assert_eq!(word(fixture.file(&reader, &ask(&sleep, &ann, &bob))), "forbidden");
    let request = fixture.asked(&sleep, &ann, &bob);
    assert_eq!(word(fixture.delete(&reader, request.id)), "forbidden");
    assert_eq!(word(fixture.resend(&reader, request.id)), "forbidden");
    assert_eq!(word(fixture.read(|tx| view::find(tx, &reader, request.id))), "ok");
}

fn an_unknown_person_becomes_an_external_user(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (sleep, coach) = (fixture.bundle("Sleep data", &ann), fixture.relationship("coach"));
    let target = UserRef::Address(address(" New@Example.NET "));
    let filing = Filing { target: target.clone(), ..ask(&coach, &ann, &bob) };
    let (request_view, _) = fixture.file(&person(&bob), &filing).unwrap();
    assert_eq!(request_view.target.email.as_str(), "new@example.net");
    assert_eq!(fixture.count("users", "email = 'new@example.net' AND is_external"), 1);
    // The next request finds them.
    let filing = Filing { target: target.clone(), allowed: target, ..ask(&sleep, &ann, &ann) };
    let (offered, _) = fixture.file(&person(&ann), &filing).unwrap();
    assert_eq!((offered.request.kind, offered.target.id), (RequestKind::Invite, request_view.target.id));
    fixture.deliver();
    let (_, approved) = fixture.redeem(&request_view.target, &fixture.token_for("new@example.net")).unwrap();
    assert_eq!(approved.grant.grantee_kind.as_str(), if approved.grant.grantor == ann.id { "external_user" } else { "user" });
    assert_eq!(fixture.count("users", "email = 'new@example.net'"), 1);
}

fn each_invalid_member_is_refused_by_name(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let plain = ask(&sleep, &ann, &bob);
    let nobody = UserRef::Id(countersign::domain::UserId(999));
    let now = fixture.now();
    for (expected, filing) in [
        ("unknown", Filing { target: nobody.clone(), ..plain.clone() }),
        ("unknown", Filing { allowed: nobody, ..plain.clone() }),
        ("unknown", Filing { bundle: countersign::domain::BundleId(999), ..plain.clone() }),
        ("ttl", Filing { ttl: Some(TimeDelta::seconds(59)), ..plain.clone() }),
        ("ttl", Filing { ttl: Some(TimeDelta::seconds(-1)), ..plain.clone() }),
        ("ttl", Filing { ttl: Some(TimeDelta::days(30) + TimeDelta::seconds(1)), ..plain.clone() }),
        ("ttl", Filing { ttl: Some(TimeDelta::MAX), ..plain.clone() }),
        ("until", Filing { until: Some(Until::At(now)), ..plain.clone() }),
        ("until", Filing { until: Some(Until::For(TimeDelta::seconds(59))), ..plain.clone() }),
        ("until", Filing { until: Some(Until::For(TimeDelta::MAX)), ..plain.clone() }),
        ("message", Filing { message: Some("x".repeat(1_001)), ..plain.clone() }),
        ("message", Filing { message: Some("a\u{7}b".into()), ..plain.clone() }),
        ("ok", Filing { ttl: Some(TimeDelta::days(30)), message: Some("é\n\t".repeat(333)), ..plain.clone() }),
    ] {
        assert_eq!(word(fixture.file(&person(&bob), &filing)), expected, "{filing:?}");
    }
}

fn a_redeem_url_is_ours_or_the_keys(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let app = fixture.app("app", None, &[Scope::Requests, Scope::ActAs]);
    let at = |url: &str| Filing { redeem_url: Some(url.into()), ..ask(&sleep, &ann, &bob) };
    for url in [
        "https://evil.example/redeem",
        "https://app.example.evil.example/redeem",
        "https://app.example/redeemer",
        "https://app.example/",
        "https://app.example/redeem/../admin",
        "https://app.example:444/redeem",
        "http://app.example/redeem",
        "https://user@app.example/redeem",
        "https://app.example/redeem#x",
        "https://app.example/redeem?token=1",
        "javascript:alert(1)",
        "redeem",
    ] {
        assert_eq!(word(fixture.file(&app, &at(url))), "redeem_url", "{url}");
    }
    assert_eq!(word(fixture.file(&person(&bob), &at("https://app.example/redeem"))), "redeem_url");
    fixture.file(&app, &at("https://app.example/redeem/here?study=7")).unwrap();
    fixture.deliver();
    let text = &fixture.emails_to("ann@example.org")[0].text;
    assert!(text.contains("https://app.example/redeem/here?study=7&token=csr_"), "{text}");
}

fn a_refused_request_leaves_no_row(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let before = fixture.events().len();
    let stranger = UserRef::Address(address("new@example.net"));
    let filing = Filing { target: stranger, ..ask(&sleep, &ann, &bob) };
    assert_eq!(word(fixture.file(&person(&bob), &filing)), "bundle");
    assert_eq!(fixture.count("users", "email = 'new@example.net'"), 0);
    assert_eq!((fixture.count("budgets", "1 = 1"), fixture.count("requests", "1 = 1"), fixture.emails().len()), (0, 0, 0));
    assert_eq!(fixture.events().len(), before);
}

fn a_request_is_seen_by_its_people_its_app_and_admins(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (app, other) = (
        fixture.app("app", None, &[Scope::Requests, Scope::ActAs]),
        fixture.app("other", None, &[Scope::Requests, Scope::ActAs]),
    );
    let request = fixture.file(&app, &ask(&sleep, &ann, &bob)).unwrap().0.request;
    let admin = fixture.admin("root@example.org");
    let see = |caller: &Caller| word(fixture.read(|tx| view::find(tx, caller, request.id)));
    assert_eq!([see(&person(&ann)), see(&person(&bob)), see(&app), see(&person(&admin))], ["ok"; 4]);
    assert_eq!([see(&person(&eve)), see(&other)], ["not found"; 2]);
}

fn a_list_contains_ones_own_requests(fixture: &Fixture) {
    use countersign::domain::Page;
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let (sleep, coach) = (fixture.bundle("Sleep data", &ann), fixture.relationship("coach"));
    let asked = fixture.asked(&sleep, &ann, &bob);
    let other = fixture.asked(&coach, &eve, &bob);
    let withdrawn = fixture.asked(&coach, &ann, &bob);
    fixture.delete(&person(&bob), withdrawn.id).unwrap();
    let list = |caller: &Caller, limit, offset| {
        let slice = fixture.read(|tx| view::list(tx, caller, &[], (requests::Order::Id, false), Page { limit, offset })).unwrap();
        (slice.items.iter().map(|request_view| request_view.request.id).collect::<Vec<_>>(), slice.total)
    };
    assert_eq!(list(&person(&bob), 10, 0), (vec![asked.id, other.id], 2));
    assert_eq!(list(&person(&bob), 1, 1), (vec![other.id], 2));
    assert_eq!(list(&person(&ann), 10, 0), (vec![asked.id], 1));
    assert_eq!(list(&person(&eve), 10, 0), (vec![other.id], 1));
}
