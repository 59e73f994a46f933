//! The terms of a request: other terms while the same is pending, and requests for some of a bundle's resources.

use chrono::TimeDelta;
use countersign::domain::{Level, RequestId, Scope, Until};
use countersign::workflow::WorkflowError;
use countersign::workflow::requests::file::Filing;
use countersign::workflow::requests::{ask_again, renew};

use crate::support::fixture::{Fixture, ask, offer, on_both, person, word};

on_both![
    other_terms_are_refused_while_a_request_is_pending,
    the_same_terms_are_equal_in_every_spelling,
    only_readers_of_a_request_learn_more_than_that_it_is_pending,
    a_renewal_on_other_terms_is_refused,
    some_of_a_bundles_resources_are_requested_and_given,
    resources_that_are_not_in_the_bundle_are_refused,
    nobody_offers_more_resources_than_they_hold,
    filing_again_requests_the_same_resources,
    an_older_version_cannot_give_the_whole_bundle_for_a_part,
];

const DAY: TimeDelta = TimeDelta::days(1);

fn uris(list: &[&str]) -> Vec<String> {
    list.iter().map(|uri| (*uri).to_owned()).collect()
}

fn other_terms(
    result: Result<(countersign::workflow::requests::view::RequestView, bool), WorkflowError>,
) -> (Option<RequestId>, Vec<&'static str>) {
    match result {
        Err(WorkflowError::OtherTerms { pending, differs, .. }) => (pending, differs),
        other => panic!("{other:?}"),
    }
}

fn other_terms_are_refused_while_a_request_is_pending(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle_of("Sleep data", &ann, &["urn:one", "urn:two"]);
    let plain = ask(&sleep, &ann, &bob);
    let first = fixture.file(&person(&bob), &plain).unwrap().0.request;
    let (emails, events) = (fixture.emails(), fixture.events().len());
    let at = |days: i64| Some(Until::At(fixture.now() + DAY * i32::try_from(days).unwrap()));
    for (filing, differs) in [
        (Filing { level: Some(Level::View), ..plain.clone() }, &["level"] as &[&str]),
        (Filing { level: Some(Level::Contribute), ..plain.clone() }, &["level"]),
        (Filing { until: at(30), ..plain.clone() }, &["until"]),
        (Filing { until: Some(Until::For(DAY)), ..plain.clone() }, &["until"]),
        (Filing { message: Some("please".into()), ..plain.clone() }, &["message"]),
        (Filing { resources: Some(uris(&["urn:one"])), ..plain.clone() }, &["resources"]),
        // All of today's resources are not all resources for ever.
        (Filing { resources: Some(uris(&["urn:one", "urn:two"])), ..plain.clone() }, &["resources"]),
        (
            Filing { level: Some(Level::View), until: at(1), message: Some("x".into()), ..plain.clone() },
            &["level", "until", "message"],
        ),
    ] {
        assert_eq!(other_terms(fixture.file(&person(&bob), &filing)), (Some(first.id), differs.to_vec()), "{filing:?}");
    }
    assert_eq!((fixture.emails(), fixture.events().len()), (emails, events), "nothing was done");
    // Once it is decided, it blocks nothing.
    fixture.delete(&person(&bob), first.id).unwrap();
    let lower = Filing { level: Some(Level::View), ..plain };
    assert!(fixture.file(&person(&bob), &lower).unwrap().1);
}

fn the_same_terms_are_equal_in_every_spelling(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle_of("Sleep data", &ann, &["urn:one", "urn:two", "urn:three"]);
    let end = fixture.now() + DAY * 30;
    let asked = Filing {
        level: Some(Level::Edit),
        until: Some(Until::At(end)),
        message: Some("Please".into()),
        resources: Some(uris(&["urn:two", "urn:one"])),
        ..ask(&sleep, &ann, &bob)
    };
    let first = fixture.file(&person(&bob), &asked).unwrap().0.request;
    for filing in [
        // The bundle's own level.
        Filing { level: None, ..asked.clone() },
        Filing { until: Some(Until::At(end + TimeDelta::seconds(59))), ..asked.clone() },
        Filing { until: Some(Until::At(end - TimeDelta::seconds(59))), ..asked.clone() },
        Filing { message: Some(" Please\n".into()), ..asked.clone() },
        Filing { resources: Some(uris(&["urn:one", "urn:two", "urn:one"])), ..asked.clone() },
    ] {
        let (request_view, is_new) = fixture.file(&person(&bob), &filing).unwrap();
        assert_eq!((request_view.request.id, is_new), (first.id, false), "{filing:?}");
    }
    let later = Filing { until: Some(Until::At(end + TimeDelta::minutes(1))), ..asked };
    assert_eq!(word(fixture.file(&person(&bob), &later)), "other terms");
    assert_eq!(fixture.emails(), [("decide", "queued")]);
}

fn only_readers_of_a_request_learn_more_than_that_it_is_pending(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let scopes = [Scope::Requests, Scope::ActAs];
    let (one, other) = (fixture.app("one", None, &scopes), fixture.app("other", None, &scopes));
    let first = fixture.file(&one, &ask(&sleep, &ann, &bob)).unwrap().0.request;
    let lower = Filing { level: Some(Level::View), ..ask(&sleep, &ann, &bob) };
    assert_eq!(other_terms(fixture.file(&one, &lower)), (Some(first.id), vec!["level"]));
    assert_eq!(other_terms(fixture.file(&person(&bob), &lower)), (Some(first.id), vec!["level"]));
    match fixture.file(&other, &lower) {
        Err(refusal @ WorkflowError::OtherTerms { .. }) => assert_eq!(
            refusal.to_string(),
            "a request for this is pending until 2026-12-08 12:00:00 UTC; wait for its answer or withdraw it, then ask again"
        ),
        other => panic!("{other:?}"),
    }
    assert_eq!(other_terms(fixture.file(&other, &lower)), (None, Vec::new()));
}

fn a_renewal_on_other_terms_is_refused(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle_of("Sleep data", &ann, &["urn:one", "urn:two"]);
    let until = Some(Until::For(DAY * 10));
    fixture.file(&person(&bob), &Filing { until, resources: Some(uris(&["urn:one"])), ..ask(&sleep, &ann, &bob) }).unwrap();
    fixture.deliver();
    let grant = fixture.redeem(&ann, &fixture.token_for("ann@example.org")).unwrap().1.grant;
    let config = fixture.config.clone();
    let renew = |message: Option<&'static str>| {
        let (config, caller) = (config.clone(), person(&bob));
        fixture.write(move |tx| renew::ask(tx, &config, &caller, grant.id, message))
    };
    let first = renew(None).unwrap().0.request;
    assert!(!renew(None).unwrap().1, "the same renewal is found");
    assert_eq!(other_terms(renew(Some("please"))), (Some(first.id), vec!["message"]));
    // The resources of a renewal are terms too: the renewal is for one resource.
    let end = first.until;
    let whole = Filing { until: end, ..ask(&sleep, &ann, &bob) };
    assert_eq!(other_terms(fixture.file(&person(&bob), &whole)), (Some(first.id), vec!["resources"]));
    let same = Filing { until: end, resources: Some(uris(&["urn:one"])), ..ask(&sleep, &ann, &bob) };
    assert_eq!(fixture.file(&person(&bob), &same).unwrap().0.request.id, first.id);
}

fn some_of_a_bundles_resources_are_requested_and_given(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle_of("Sleep data", &ann, &["urn:one", "urn:two", "urn:three"]);
    let asked = Filing { resources: Some(uris(&["urn:two", "urn:one", "urn:two"])), ..ask(&sleep, &ann, &bob) };
    let request = fixture.file(&person(&bob), &asked).unwrap().0.request;
    assert_eq!(request.resources, ["urn:one", "urn:two"]);
    assert_eq!(fixture.request(request.id).resources, ["urn:one", "urn:two"]);
    fixture.deliver();
    let email = &fixture.emails_to("ann@example.org")[0];
    assert!(email.text.contains("urn:one") && email.text.contains("urn:two"), "{}", email.text);
    assert!(!email.text.contains("urn:three"), "{}", email.text);
    let token = fixture.token_for("ann@example.org");
    let more = countersign::domain::ApprovalLimits { resources: Some(uris(&["urn:three"])), ..Default::default() };
    assert_eq!(word(fixture.redeem_as(&person(&ann), &token, &more)), "resources", "never more than was asked");
    let (request_view, approved) = fixture.redeem(&ann, &token).unwrap();
    let given = request_view.given.unwrap();
    assert_eq!(
        (given.level, given.until, given.resources),
        (Level::Edit, None, vec!["urn:one".to_owned(), "urn:two".to_owned()])
    );
    let limits = fixture.read(|tx| countersign::store::grants::limited_to(tx, approved.grant.id)).unwrap();
    assert_eq!(limits, ["urn:one", "urn:two"]);
    assert!(!request_view.request.decision.unwrap().is_narrowed, "all that was asked was given");
}

fn resources_that_are_not_in_the_bundle_are_refused(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle_of("Sleep data", &ann, &["urn:one"]);
    fixture.bundle_of("Steps", &ann, &["urn:steps"]);
    let coach = fixture.relationship("coach");
    for (bundle, list) in [
        (&sleep, &["urn:steps"] as &[&str]),
        (&sleep, &["urn:one", "urn:nothing"]),
        (&sleep, &[""]),
        (&sleep, &[]),
        (&coach, &["urn:one"]),
    ] {
        let filing = Filing { resources: Some(uris(list)), ..ask(bundle, &ann, &bob) };
        assert_eq!(word(fixture.file(&person(&bob), &filing)), "resources", "{list:?}");
    }
    assert_eq!(fixture.count("requests", "1 = 1") + fixture.count("outbox", "1 = 1"), 0);
}

fn nobody_offers_more_resources_than_they_hold(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle_of("Sleep data", &ann, &["urn:one", "urn:two"]);
    let one = fixture.read(|tx| countersign::store::bundles::find_resource(tx, "urn:one")).unwrap().unwrap();
    fixture.entitle_with(&sleep, bob.id.into(), Level::Edit, 1, None, &[one.id]);
    let of = |list: &[&str]| Filing { resources: Some(uris(list)), ..offer(&sleep, &eve) };
    assert_eq!(word(fixture.file(&person(&bob), &of(&["urn:two"]))), "forbidden");
    assert_eq!(word(fixture.file(&person(&bob), &of(&["urn:one"]))), "ok");
}

fn filing_again_requests_the_same_resources(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle_of("Sleep data", &ann, &["urn:one", "urn:two"]);
    let asked = Filing { resources: Some(uris(&["urn:two"])), ..ask(&sleep, &ann, &bob) };
    let first = fixture.file(&person(&bob), &asked).unwrap().0.request;
    fixture.pass(DAY * 8);
    let (config, caller) = (fixture.config.clone(), person(&bob));
    let (request_view, is_new) = fixture.write(move |tx| ask_again::ask_again(tx, &config, &caller, first.id)).unwrap();
    assert_eq!((request_view.request.resources, is_new), (vec!["urn:two".to_owned()], true));
}

/// It knows the request without its resources, and records its decision without what was given.
fn an_older_version_cannot_give_the_whole_bundle_for_a_part(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle_of("Sleep data", &ann, &["urn:one", "urn:two"]);
    fixture.file(&person(&bob), &Filing { resources: Some(uris(&["urn:one"])), ..ask(&sleep, &ann, &bob) }).unwrap();
    fixture.sql("UPDATE requests SET state = 'approved'").unwrap_err();
    fixture.sql("UPDATE requests SET state = 'declined'").unwrap();
}
