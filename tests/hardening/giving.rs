//! Shares without a request, while their basis is removed at the same moment.

use std::sync::Arc;

use countersign::domain::{ApprovalLimits, Bundle, BundleId, Caller, Level, Page, RequestId, User, UserRef};
use countersign::store::{Tx, requests};
use countersign::workflow::requests::decide;
use countersign::workflow::shares::bundle_permissions;
use countersign::workflow::{WorkflowError, accounts, inbox};

use super::overlapping;
use crate::support::fixture::{Fixture, offer, on_both, person, word};

on_both![
    two_identical_concurrent_shares_are_one_grant,
    a_former_owner_cannot_share,
    a_removed_bundle_cannot_be_shared,
    a_removed_person_neither_shares_nor_receives,
    approvals_of_a_request_and_an_offer_at_once_make_one_grant,
    the_owner_sees_reshares,
];

fn give(
    fixture: &Fixture,
    bundle: &Bundle,
    from: &User,
    to: &User,
) -> impl FnMut(&mut Tx<'_>) -> Result<bool, WorkflowError> + Send + use<> {
    let (config, caller, bundle) = (Arc::clone(&fixture.config), person(from), bundle.id);
    let (from, to) = (UserRef::Id(from.id), UserRef::Id(to.id));
    move |tx| bundle_permissions::give(tx, &config, &caller, bundle, &from, &to, "").map(|(_, is_new)| is_new)
}

fn two_identical_concurrent_shares_are_one_grant(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (first, second) =
        overlapping(fixture, give(fixture, &sleep, &ann, &bob), || fixture.write(give(fixture, &sleep, &ann, &bob)));
    assert_eq!((first.unwrap(), second.unwrap()), (true, false));
    assert_eq!(fixture.count("grants", "revoked_at IS NULL"), 1);
}

fn hand_over(bundle: BundleId, to: &User) -> impl FnMut(&mut Tx<'_>) -> Result<(), WorkflowError> + Send + use<> {
    let to = to.id;
    move |tx| accounts::hand_over(tx, &Caller::operator(), bundle, to)
}

fn a_former_owner_cannot_share(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let (sleep, steps) = (fixture.bundle("Sleep data", &ann), fixture.bundle("Steps", &ann));
    let (given, moved) = overlapping(fixture, give(fixture, &sleep, &ann, &eve), || fixture.hand_over(sleep.id, &bob));
    assert_eq!((word(given), word(moved)), ("ok", "ok"));
    let (moved, given) = overlapping(fixture, hand_over(steps.id, &bob), || fixture.write(give(fixture, &steps, &ann, &eve)));
    assert_eq!((word(moved), word(given)), ("ok", "bundle"));
    assert_eq!(fixture.count("grants", &format!("revoked_at IS NULL AND grantor_id = {}", ann.id)), 0);
}

fn a_removed_bundle_cannot_be_shared(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (sleep, steps) = (fixture.bundle("Sleep data", &ann), fixture.bundle("Steps", &ann));
    let remove = |id: BundleId| move |tx: &mut Tx<'_>| accounts::remove_bundle(tx, &Caller::operator(), id);
    let (given, removed) = overlapping(fixture, give(fixture, &sleep, &ann, &bob), || fixture.write(remove(sleep.id)));
    assert_eq!((word(given), word(removed)), ("ok", "ok"));
    let (removed, given) = overlapping(fixture, remove(steps.id), || fixture.write(give(fixture, &steps, &ann, &bob)));
    assert_eq!((word(removed), word(given)), ("ok", "unknown"));
    assert_eq!(fixture.count("grants", "revoked_at IS NULL"), 0);
}

fn a_removed_person_neither_shares_nor_receives(fixture: &Fixture) {
    let coach = fixture.relationship("coach");
    for (round, is_giver) in [(0, true), (1, false)] {
        let (ann, bob) = (fixture.user(&format!("ann{round}@example.org")), fixture.user(&format!("bob{round}@example.org")));
        let gone = if is_giver { &ann } else { &bob };
        let (given, removed) = overlapping(fixture, give(fixture, &coach, &ann, &bob), || fixture.remove_user(gone, None));
        assert_eq!((word(given), word(removed)), ("ok", "ok"));
    }
    assert_eq!(fixture.count("grants", "revoked_at IS NULL"), 0);
}

fn yes(caller: &Caller, id: RequestId) -> impl FnMut(&mut Tx<'_>) -> Result<(), WorkflowError> + Send + use<> {
    let caller = caller.clone();
    move |tx| {
        let request = requests::find(tx, id)?.unwrap();
        decide::approve(tx, &caller, &request, &ApprovalLimits::default()).map(drop)
    }
}

/// Bob requests from Ann and Ann offers to Bob: two requests, and the newest approval counts.
fn approvals_of_a_request_and_an_offer_at_once_make_one_grant(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let asked = fixture.asked(&sleep, &ann, &bob).id;
    let offered = fixture.file(&person(&ann), &offer(&sleep, &bob)).unwrap().0.request.id;
    let (first, second) = overlapping(fixture, yes(&person(&ann), asked), || fixture.write(yes(&person(&bob), offered)));
    assert_eq!((word(first), word(second)), ("ok", "ok"));
    assert_eq!(fixture.count("grants", "revoked_at IS NULL"), 1);
}

fn the_owner_sees_reshares(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    fixture.entitle(&sleep, &bob, Level::Edit);
    let offered = fixture.file(&person(&bob), &offer(&sleep, &eve)).unwrap().0.request.id;
    let grant = fixture.approve(&eve, offered).unwrap().1.grant.id;
    let ids = |user: &User| -> Vec<_> {
        let page = Page { limit: 20, offset: 0 };
        let listed = fixture.read(|tx| bundle_permissions::list(tx, &person(user), Vec::new(), page)).unwrap();
        assert_eq!(listed.total, i64::try_from(listed.items.len()).unwrap());
        listed.items.iter().map(|share| share.grant.id).collect()
    };
    assert!(ids(&ann).contains(&grant) && ids(&bob).contains(&grant) && ids(&eve) == [grant]);
    assert!(ids(&fixture.user("joe@example.org")).is_empty());
    assert_eq!(fixture.read(|tx| bundle_permissions::find(tx, &person(&ann), grant)).unwrap().grant.id, grant);
    let page = Page { limit: 20, offset: 0 };
    let given = fixture.read(|tx| inbox::given(tx, &person(&ann), inbox::Standing::Open, page)).unwrap();
    assert!(given.items.iter().any(|given| given.grant.id == grant));
    assert_eq!(fixture.revoke(&person(&ann), grant).unwrap(), [grant]);
}
