//! For less, never for more.

use chrono::TimeDelta;
use countersign::domain::{Level, Narrowing, Until, User};
use countersign::workflow::Refusal;
use countersign::workflow::requests::decide::Approved;
use countersign::workflow::requests::file::Filing;

use crate::support::house::{House, ask, offer, on_both, person, word};

on_both![
    a_lower_level_is_given,
    a_higher_level_is_not,
    an_earlier_end_is_given,
    a_later_end_is_not,
    an_end_where_none_was_asked_is_less,
    fewer_resources_are_given,
    resources_that_were_not_asked_for_are_not,
    naming_all_of_it_is_not_less,
    nobody_gives_for_longer_than_they_hold,
    nobody_gives_more_resources_than_they_hold,
    the_letter_says_what_differs,
];

const DAY: TimeDelta = TimeDelta::days(1);

/// A request for Ann's two files at `edit`, for ten days; its target and the token.
fn asked(house: &House, until: Option<Until>) -> (User, String) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle_of("Sleep data", &ann, &["urn:one", "urn:two"]);
    house.bundle_of("Steps", &ann, &["urn:steps"]);
    let filing = Filing { until, ..ask(&sleep, &ann, &bob) };
    house.file(&person(&bob), &filing).unwrap();
    house.deliver();
    let token = house.token_for("ann@example.org");
    (ann, token)
}

fn redeem(house: &House, (ann, token): &(User, String), to: &Narrowing) -> Result<Approved, Refusal> {
    house.redeem_as(&person(ann), token, to).map(|(_, approved)| approved)
}

fn a_lower_level_is_given(house: &House) {
    let asked = asked(house, None);
    let approved = redeem(house, &asked, &Narrowing { level: Some(Level::View), ..Narrowing::default() }).unwrap();
    assert_eq!((approved.grant.level, approved.asked_level), (Level::View, Some(Level::Edit)));
    assert!(house.request(approved.grant.request.unwrap()).decision.unwrap().is_narrowed);
    assert_eq!(house.grant(approved.grant.id).level, Level::View);
}

fn a_higher_level_is_not(house: &House) {
    let asked = asked(house, None);
    let higher = Narrowing { level: Some(Level::Contribute), ..Narrowing::default() };
    assert_eq!(word(redeem(house, &asked, &higher)), "level");
    // What was refused spent nothing.
    let same = Narrowing { level: Some(Level::Edit), ..Narrowing::default() };
    let approved = redeem(house, &asked, &same).unwrap();
    assert_eq!(approved.asked_level, None);
    assert!(!house.request(approved.grant.request.unwrap()).decision.unwrap().is_narrowed);
}

fn an_earlier_end_is_given(house: &House) {
    let asked = asked(house, Some(Until::For(DAY * 10)));
    let until = |until| Narrowing { until: Some(until), ..Narrowing::default() };
    assert_eq!(word(redeem(house, &asked, &until(Until::At(house.now())))), "until");
    assert_eq!(word(redeem(house, &asked, &until(Until::For(-DAY)))), "until");
    let approved = redeem(house, &asked, &until(Until::For(DAY))).unwrap();
    assert_eq!(approved.grant.ends_at, Some(house.now() + DAY));
    assert_eq!(approved.asked_until, Some(Some(house.now() + DAY * 10)));
    assert!(house.request(approved.grant.request.unwrap()).decision.unwrap().is_narrowed);
}

fn a_later_end_is_not(house: &House) {
    let asked = asked(house, Some(Until::For(DAY * 10)));
    let later = Narrowing { until: Some(Until::For(DAY * 10 + TimeDelta::microseconds(1))), ..Narrowing::default() };
    assert_eq!(word(redeem(house, &asked, &later)), "until");
    let same = Narrowing { until: Some(Until::At(house.now() + DAY * 10)), ..Narrowing::default() };
    assert_eq!(redeem(house, &asked, &same).unwrap().asked_until, None);
}

fn an_end_where_none_was_asked_is_less(house: &House) {
    let asked = asked(house, None);
    let approved = redeem(house, &asked, &Narrowing { until: Some(Until::For(DAY)), ..Narrowing::default() }).unwrap();
    assert_eq!((approved.grant.ends_at, approved.asked_until), (Some(house.now() + DAY), Some(None)));
}

fn resources(uris: &[&str]) -> Narrowing {
    Narrowing { resources: Some(uris.iter().map(|uri| (*uri).to_owned()).collect()), ..Narrowing::default() }
}

fn limited_to(house: &House, approved: &Approved) -> Vec<String> {
    let id = approved.grant.id;
    house.read(|tx| countersign::store::grants::limited_to(tx, id)).unwrap()
}

fn fewer_resources_are_given(house: &House) {
    let asked = asked(house, None);
    let approved = redeem(house, &asked, &resources(&["urn:two", "urn:two"])).unwrap();
    assert_eq!((&approved.resources, limited_to(house, &approved)), (&vec!["urn:two".to_owned()], vec!["urn:two".to_owned()]));
    assert!(house.request(approved.grant.request.unwrap()).decision.unwrap().is_narrowed);
}

fn resources_that_were_not_asked_for_are_not(house: &House) {
    let asked = asked(house, None);
    for uris in [&["urn:steps"] as &[&str], &["urn:one", "urn:nothing"], &[]] {
        assert_eq!(word(redeem(house, &asked, &resources(uris))), "resources", "{uris:?}");
    }
    assert_eq!(house.count("grants", "1 = 1"), 0);
}

fn naming_all_of_it_is_not_less(house: &House) {
    let asked = asked(house, None);
    let approved = redeem(house, &asked, &resources(&["urn:two", "urn:one"])).unwrap();
    assert!(approved.resources.is_empty() && limited_to(house, &approved).is_empty());
    assert!(!house.request(approved.grant.request.unwrap()).decision.unwrap().is_narrowed);
}

fn nobody_gives_for_longer_than_they_hold(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let end = house.now() + DAY * 3;
    house.entitle_with(&sleep, bob.id.into(), Level::Edit, 1, Some(end), &[]);
    house.file(&person(&bob), &offer(&sleep, &eve)).unwrap();
    house.deliver();
    let (_, approved) = house.redeem(&eve, &house.token_for("eve@example.org")).unwrap();
    assert_eq!((approved.grant.ends_at, approved.asked_until), (Some(end), Some(None)));
    assert!(house.request(approved.grant.request.unwrap()).decision.unwrap().is_narrowed);
}

fn nobody_gives_more_resources_than_they_hold(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let sleep = house.bundle_of("Sleep data", &ann, &["urn:one", "urn:two"]);
    let one = house.read(|tx| countersign::store::bundles::find_resource(tx, "urn:one")).unwrap().unwrap();
    house.entitle_with(&sleep, bob.id.into(), Level::Edit, 1, None, &[one.id]);
    house.file(&person(&bob), &offer(&sleep, &eve)).unwrap();
    house.deliver();
    let token = house.token_for("eve@example.org");
    assert_eq!(word(house.redeem_as(&person(&eve), &token, &resources(&["urn:two"]))), "resources");
    let (_, approved) = house.redeem(&eve, &token).unwrap();
    assert_eq!(limited_to(house, &approved), ["urn:one"]);
}

fn the_letter_says_what_differs(house: &House) {
    let asked = asked(house, None);
    redeem(house, &asked, &Narrowing { level: Some(Level::View), ..resources(&["urn:two"]) }).unwrap();
    house.deliver();
    let letter = &house.letters_to("bob@example.org")[0];
    assert!(letter.text.contains("urn:two") && letter.text.contains("urn:one"), "{}", letter.text);
    assert_eq!(house.letters(), [("decide", "sent"), ("approved_less", "sent")]);
}
