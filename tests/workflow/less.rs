//! Approvals with limits.

use chrono::TimeDelta;
use countersign::domain::{ApprovalLimits, Level, Until, User};
use countersign::workflow::WorkflowError;
use countersign::workflow::requests::decide::Approved;
use countersign::workflow::requests::file::Filing;

use crate::support::fixture::{Fixture, ask, offer, on_both, person, word};

on_both![
    a_lower_level_is_given,
    a_higher_level_is_refused,
    an_earlier_end_is_given,
    a_later_end_is_refused,
    an_end_for_a_request_without_one_is_a_limit,
    fewer_resources_are_given,
    resources_that_were_not_requested_are_refused,
    naming_everything_is_no_limit,
    nobody_gives_for_longer_than_they_hold,
    nobody_gives_more_resources_than_they_hold,
    the_email_says_what_differs,
];

const DAY: TimeDelta = TimeDelta::days(1);

/// A request for Ann's two files at `edit`, for ten days. Returns its approver and token.
fn asked(fixture: &Fixture, until: Option<Until>) -> (User, String) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle_of("Sleep data", &ann, &["urn:one", "urn:two"]);
    fixture.bundle_of("Steps", &ann, &["urn:steps"]);
    let filing = Filing { until, ..ask(&sleep, &ann, &bob) };
    fixture.file(&person(&bob), &filing).unwrap();
    fixture.deliver();
    let token = fixture.token_for("ann@example.org");
    (ann, token)
}

fn redeem(fixture: &Fixture, (ann, token): &(User, String), to: &ApprovalLimits) -> Result<Approved, WorkflowError> {
    fixture.redeem_as(&person(ann), token, to).map(|(_, approved)| approved)
}

fn a_lower_level_is_given(fixture: &Fixture) {
    let asked = asked(fixture, None);
    let approved = redeem(fixture, &asked, &ApprovalLimits { level: Some(Level::View), ..ApprovalLimits::default() }).unwrap();
    assert_eq!((approved.grant.level, approved.asked_level), (Level::View, Some(Level::Edit)));
    assert!(fixture.request(approved.grant.request.unwrap()).decision.unwrap().is_narrowed);
    assert_eq!(fixture.grant(approved.grant.id).level, Level::View);
}

fn a_higher_level_is_refused(fixture: &Fixture) {
    let asked = asked(fixture, None);
    let higher = ApprovalLimits { level: Some(Level::Contribute), ..ApprovalLimits::default() };
    assert_eq!(word(redeem(fixture, &asked, &higher)), "level");
    // The refusals spent nothing.
    let same = ApprovalLimits { level: Some(Level::Edit), ..ApprovalLimits::default() };
    let approved = redeem(fixture, &asked, &same).unwrap();
    assert_eq!(approved.asked_level, None);
    assert!(!fixture.request(approved.grant.request.unwrap()).decision.unwrap().is_narrowed);
}

fn an_earlier_end_is_given(fixture: &Fixture) {
    let asked = asked(fixture, Some(Until::For(DAY * 10)));
    let until = |until| ApprovalLimits { until: Some(until), ..ApprovalLimits::default() };
    assert_eq!(word(redeem(fixture, &asked, &until(Until::At(fixture.now())))), "until");
    assert_eq!(word(redeem(fixture, &asked, &until(Until::For(-DAY)))), "until");
    let approved = redeem(fixture, &asked, &until(Until::For(DAY))).unwrap();
    assert_eq!(approved.grant.ends_at, Some(fixture.now() + DAY));
    assert_eq!(approved.asked_until, Some(Some(fixture.now() + DAY * 10)));
    assert!(fixture.request(approved.grant.request.unwrap()).decision.unwrap().is_narrowed);
}

fn a_later_end_is_refused(fixture: &Fixture) {
    let asked = asked(fixture, Some(Until::For(DAY * 10)));
    let later = ApprovalLimits { until: Some(Until::For(DAY * 10 + TimeDelta::microseconds(1))), ..ApprovalLimits::default() };
    assert_eq!(word(redeem(fixture, &asked, &later)), "until");
    let same = ApprovalLimits { until: Some(Until::At(fixture.now() + DAY * 10)), ..ApprovalLimits::default() };
    assert_eq!(redeem(fixture, &asked, &same).unwrap().asked_until, None);
}

fn an_end_for_a_request_without_one_is_a_limit(fixture: &Fixture) {
    let asked = asked(fixture, None);
    let approved =
        redeem(fixture, &asked, &ApprovalLimits { until: Some(Until::For(DAY)), ..ApprovalLimits::default() }).unwrap();
    assert_eq!((approved.grant.ends_at, approved.asked_until), (Some(fixture.now() + DAY), Some(None)));
}

fn resources(uris: &[&str]) -> ApprovalLimits {
    ApprovalLimits { resources: Some(uris.iter().map(|uri| (*uri).to_owned()).collect()), ..ApprovalLimits::default() }
}

fn limited_to(fixture: &Fixture, approved: &Approved) -> Vec<String> {
    let id = approved.grant.id;
    fixture.read(|tx| countersign::store::grants::limited_to(tx, id)).unwrap()
}

fn fewer_resources_are_given(fixture: &Fixture) {
    let asked = asked(fixture, None);
    let approved = redeem(fixture, &asked, &resources(&["urn:two", "urn:two"])).unwrap();
    assert_eq!((&approved.resources, limited_to(fixture, &approved)), (&vec!["urn:two".to_owned()], vec!["urn:two".to_owned()]));
    assert!(fixture.request(approved.grant.request.unwrap()).decision.unwrap().is_narrowed);
}

fn resources_that_were_not_requested_are_refused(fixture: &Fixture) {
    let asked = asked(fixture, None);
    for uris in [&["urn:steps"] as &[&str], &["urn:one", "urn:nothing"], &[]] {
        assert_eq!(word(redeem(fixture, &asked, &resources(uris))), "resources", "{uris:?}");
    }
    assert_eq!(fixture.count("grants", "1 = 1"), 0);
}

fn naming_everything_is_no_limit(fixture: &Fixture) {
    let asked = asked(fixture, None);
    let approved = redeem(fixture, &asked, &resources(&["urn:two", "urn:one"])).unwrap();
    assert!(approved.resources.is_empty() && limited_to(fixture, &approved).is_empty());
    assert!(!fixture.request(approved.grant.request.unwrap()).decision.unwrap().is_narrowed);
}

fn nobody_gives_for_longer_than_they_hold(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let end = fixture.now() + DAY * 3;
    fixture.entitle_with(&sleep, bob.id.into(), Level::Edit, 1, Some(end), &[]);
    fixture.file(&person(&bob), &offer(&sleep, &eve)).unwrap();
    fixture.deliver();
    let (_, approved) = fixture.redeem(&eve, &fixture.token_for("eve@example.org")).unwrap();
    assert_eq!((approved.grant.ends_at, approved.asked_until), (Some(end), Some(None)));
    assert!(fixture.request(approved.grant.request.unwrap()).decision.unwrap().is_narrowed);
}

fn nobody_gives_more_resources_than_they_hold(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle_of("Sleep data", &ann, &["urn:one", "urn:two"]);
    let one = fixture.read(|tx| countersign::store::bundles::find_resource(tx, "urn:one")).unwrap().unwrap();
    fixture.entitle_with(&sleep, bob.id.into(), Level::Edit, 1, None, &[one.id]);
    fixture.file(&person(&bob), &offer(&sleep, &eve)).unwrap();
    fixture.deliver();
    let token = fixture.token_for("eve@example.org");
    assert_eq!(word(fixture.redeem_as(&person(&eve), &token, &resources(&["urn:two"]))), "resources");
    let (_, approved) = fixture.redeem(&eve, &token).unwrap();
    assert_eq!(limited_to(fixture, &approved), ["urn:one"]);
}

fn the_email_says_what_differs(fixture: &Fixture) {
    let asked = asked(fixture, None);
    redeem(fixture, &asked, &ApprovalLimits { level: Some(Level::View), ..resources(&["urn:two"]) }).unwrap();
    fixture.deliver();
    let email = &fixture.emails_to("bob@example.org")[0];
    assert!(email.text.contains("urn:two") && email.text.contains("urn:one"), "{}", email.text);
    assert_eq!(fixture.emails(), [("decide", "sent"), ("approved_less", "sent")]);
}
