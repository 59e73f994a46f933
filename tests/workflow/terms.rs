//! The terms of a request: what is asked while the same waits, and asking for some of a bundle's resources.

use chrono::TimeDelta;
use countersign::domain::{Level, RequestId, Scope, Until};
use countersign::workflow::Refusal;
use countersign::workflow::requests::file::Filing;
use countersign::workflow::requests::{ask_again, renew};

use crate::support::house::{House, ask, offer, on_both, person, word};

on_both![
    other_terms_are_refused_while_a_request_waits,
    the_same_terms_are_the_same_however_they_are_said,
    only_readers_of_a_request_learn_more_than_that_it_is_pending,
    a_renewal_on_other_terms_is_refused,
    some_of_a_bundles_resources_are_asked_for_and_given,
    resources_that_are_not_in_the_bundle_are_refused,
    nobody_offers_more_resources_than_they_hold,
    what_is_asked_again_is_for_the_same_resources,
    an_older_program_cannot_give_the_whole_bundle_for_some_of_it,
];

const DAY: TimeDelta = TimeDelta::days(1);

fn uris(list: &[&str]) -> Vec<String> {
    list.iter().map(|uri| (*uri).to_owned()).collect()
}

fn other_terms(
    result: Result<(countersign::workflow::requests::view::Told, bool), Refusal>,
) -> (Option<RequestId>, Vec<&'static str>) {
    match result {
        Err(Refusal::OtherTerms { pending, differs, .. }) => (pending, differs),
        other => panic!("{other:?}"),
    }
}

fn other_terms_are_refused_while_a_request_waits(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle_of("Sleep data", &ann, &["urn:one", "urn:two"]);
    let plain = ask(&sleep, &ann, &bob);
    let first = house.file(&person(&bob), &plain).unwrap().0.request;
    let (letters, events) = (house.letters(), house.events().len());
    let at = |days: i64| Some(Until::At(house.now() + DAY * i32::try_from(days).unwrap()));
    for (filing, differs) in [
        (Filing { level: Some(Level::View), ..plain.clone() }, &["level"] as &[&str]),
        (Filing { level: Some(Level::Contribute), ..plain.clone() }, &["level"]),
        (Filing { until: at(30), ..plain.clone() }, &["until"]),
        (Filing { until: Some(Until::For(DAY)), ..plain.clone() }, &["until"]),
        (Filing { message: Some("please".into()), ..plain.clone() }, &["message"]),
        (Filing { resources: Some(uris(&["urn:one"])), ..plain.clone() }, &["resources"]),
        // All of them today is not all of them for ever.
        (Filing { resources: Some(uris(&["urn:one", "urn:two"])), ..plain.clone() }, &["resources"]),
        (
            Filing { level: Some(Level::View), until: at(1), message: Some("x".into()), ..plain.clone() },
            &["level", "until", "message"],
        ),
    ] {
        assert_eq!(other_terms(house.file(&person(&bob), &filing)), (Some(first.id), differs.to_vec()), "{filing:?}");
    }
    assert_eq!((house.letters(), house.events().len()), (letters, events), "nothing was done");
    // Once it is answered, it is in nobody's way.
    house.delete(&person(&bob), first.id).unwrap();
    let lower = Filing { level: Some(Level::View), ..plain };
    assert!(house.file(&person(&bob), &lower).unwrap().1);
}

fn the_same_terms_are_the_same_however_they_are_said(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle_of("Sleep data", &ann, &["urn:one", "urn:two", "urn:three"]);
    let end = house.now() + DAY * 30;
    let asked = Filing {
        level: Some(Level::Edit),
        until: Some(Until::At(end)),
        message: Some("Please".into()),
        resources: Some(uris(&["urn:two", "urn:one"])),
        ..ask(&sleep, &ann, &bob)
    };
    let first = house.file(&person(&bob), &asked).unwrap().0.request;
    for filing in [
        // The bundle's own level.
        Filing { level: None, ..asked.clone() },
        Filing { until: Some(Until::At(end + TimeDelta::seconds(59))), ..asked.clone() },
        Filing { until: Some(Until::At(end - TimeDelta::seconds(59))), ..asked.clone() },
        Filing { message: Some(" Please\n".into()), ..asked.clone() },
        Filing { resources: Some(uris(&["urn:one", "urn:two", "urn:one"])), ..asked.clone() },
    ] {
        let (told, is_new) = house.file(&person(&bob), &filing).unwrap();
        assert_eq!((told.request.id, is_new), (first.id, false), "{filing:?}");
    }
    let later = Filing { until: Some(Until::At(end + TimeDelta::minutes(1))), ..asked };
    assert_eq!(word(house.file(&person(&bob), &later)), "other terms");
    assert_eq!(house.letters(), [("decide", "queued")]);
}

fn only_readers_of_a_request_learn_more_than_that_it_is_pending(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let scopes = [Scope::Requests, Scope::ActAs];
    let (one, other) = (house.app("one", None, &scopes), house.app("other", None, &scopes));
    let first = house.file(&one, &ask(&sleep, &ann, &bob)).unwrap().0.request;
    let lower = Filing { level: Some(Level::View), ..ask(&sleep, &ann, &bob) };
    assert_eq!(other_terms(house.file(&one, &lower)), (Some(first.id), vec!["level"]));
    assert_eq!(other_terms(house.file(&person(&bob), &lower)), (Some(first.id), vec!["level"]));
    match house.file(&other, &lower) {
        Err(refusal @ Refusal::OtherTerms { .. }) => assert_eq!(
            refusal.to_string(),
            "a request for this is pending until 2026-12-08 12:00:00 UTC; wait for its answer or withdraw it, then ask again"
        ),
        other => panic!("{other:?}"),
    }
    assert_eq!(other_terms(house.file(&other, &lower)), (None, Vec::new()));
}

fn a_renewal_on_other_terms_is_refused(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle_of("Sleep data", &ann, &["urn:one", "urn:two"]);
    let until = Some(Until::For(DAY * 10));
    house.file(&person(&bob), &Filing { until, resources: Some(uris(&["urn:one"])), ..ask(&sleep, &ann, &bob) }).unwrap();
    house.deliver();
    let grant = house.redeem(&ann, &house.token_for("ann@example.org")).unwrap().1.grant;
    let config = house.config.clone();
    let renew = |message: Option<&'static str>| {
        let (config, caller) = (config.clone(), person(&bob));
        house.write(move |tx| renew::ask(tx, &config, &caller, grant.id, message))
    };
    let first = renew(None).unwrap().0.request;
    assert!(!renew(None).unwrap().1, "the same renewal is found");
    assert_eq!(other_terms(renew(Some("please"))), (Some(first.id), vec!["message"]));
    // What is asked for beside it, too: the renewal is of one resource.
    let end = first.until;
    let whole = Filing { until: end, ..ask(&sleep, &ann, &bob) };
    assert_eq!(other_terms(house.file(&person(&bob), &whole)), (Some(first.id), vec!["resources"]));
    let same = Filing { until: end, resources: Some(uris(&["urn:one"])), ..ask(&sleep, &ann, &bob) };
    assert_eq!(house.file(&person(&bob), &same).unwrap().0.request.id, first.id);
}

fn some_of_a_bundles_resources_are_asked_for_and_given(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle_of("Sleep data", &ann, &["urn:one", "urn:two", "urn:three"]);
    let asked = Filing { resources: Some(uris(&["urn:two", "urn:one", "urn:two"])), ..ask(&sleep, &ann, &bob) };
    let request = house.file(&person(&bob), &asked).unwrap().0.request;
    assert_eq!(request.resources, ["urn:one", "urn:two"]);
    assert_eq!(house.request(request.id).resources, ["urn:one", "urn:two"]);
    house.deliver();
    let letter = &house.letters_to("ann@example.org")[0];
    assert!(letter.text.contains("urn:one") && letter.text.contains("urn:two"), "{}", letter.text);
    assert!(!letter.text.contains("urn:three"), "{}", letter.text);
    let token = house.token_for("ann@example.org");
    let more = countersign::domain::Narrowing { resources: Some(uris(&["urn:three"])), ..Default::default() };
    assert_eq!(word(house.redeem_as(&person(&ann), &token, &more)), "resources", "never more than was asked");
    let (told, approved) = house.redeem(&ann, &token).unwrap();
    let given = told.given.unwrap();
    assert_eq!(
        (given.level, given.until, given.resources),
        (Level::Edit, None, vec!["urn:one".to_owned(), "urn:two".to_owned()])
    );
    let limits = house.read(|tx| countersign::store::grants::limited_to(tx, approved.grant.id)).unwrap();
    assert_eq!(limits, ["urn:one", "urn:two"]);
    assert!(!told.request.decision.unwrap().is_narrowed, "all that was asked was given");
}

fn resources_that_are_not_in_the_bundle_are_refused(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle_of("Sleep data", &ann, &["urn:one"]);
    house.bundle_of("Steps", &ann, &["urn:steps"]);
    let coach = house.relationship("coach");
    for (bundle, list) in [
        (&sleep, &["urn:steps"] as &[&str]),
        (&sleep, &["urn:one", "urn:nothing"]),
        (&sleep, &[""]),
        (&sleep, &[]),
        (&coach, &["urn:one"]),
    ] {
        let filing = Filing { resources: Some(uris(list)), ..ask(bundle, &ann, &bob) };
        assert_eq!(word(house.file(&person(&bob), &filing)), "resources", "{list:?}");
    }
    assert_eq!(house.count("requests", "1 = 1") + house.count("outbox", "1 = 1"), 0);
}

fn nobody_offers_more_resources_than_they_hold(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let sleep = house.bundle_of("Sleep data", &ann, &["urn:one", "urn:two"]);
    let one = house.read(|tx| countersign::store::bundles::find_resource(tx, "urn:one")).unwrap().unwrap();
    house.entitle_with(&sleep, bob.id.into(), Level::Edit, 1, None, &[one.id]);
    let of = |list: &[&str]| Filing { resources: Some(uris(list)), ..offer(&sleep, &eve) };
    assert_eq!(word(house.file(&person(&bob), &of(&["urn:two"]))), "forbidden");
    assert_eq!(word(house.file(&person(&bob), &of(&["urn:one"]))), "ok");
}

fn what_is_asked_again_is_for_the_same_resources(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle_of("Sleep data", &ann, &["urn:one", "urn:two"]);
    let asked = Filing { resources: Some(uris(&["urn:two"])), ..ask(&sleep, &ann, &bob) };
    let first = house.file(&person(&bob), &asked).unwrap().0.request;
    house.pass(DAY * 8);
    let (config, caller) = (house.config.clone(), person(&bob));
    let (told, is_new) = house.write(move |tx| ask_again::ask_again(tx, &config, &caller, first.id)).unwrap();
    assert_eq!((told.request.resources, is_new), (vec!["urn:two".to_owned()], true));
}

/// It knows the request without its resources, and writes what it decides without what was given.
fn an_older_program_cannot_give_the_whole_bundle_for_some_of_it(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle_of("Sleep data", &ann, &["urn:one", "urn:two"]);
    house.file(&person(&bob), &Filing { resources: Some(uris(&["urn:one"])), ..ask(&sleep, &ann, &bob) }).unwrap();
    house.sql("UPDATE requests SET state = 'approved'").unwrap_err();
    house.sql("UPDATE requests SET state = 'declined'").unwrap();
}
