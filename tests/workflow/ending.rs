//! Taking back: requests, grants, people, bundles.

use chrono::TimeDelta;
use countersign::domain::{Caller, Level, Scope};
use countersign::workflow::accounts;

use crate::support::house::{House, ask, offer, on_both, person, word};

on_both![
    who_asked_withdraws,
    an_app_withdraws_what_it_filed,
    the_decider_of_a_pending_request_declines_by_removing_it,
    a_withdrawal_is_told_to_whom_a_letter_reached,
    what_has_ended_is_not_taken_back,
    both_sides_and_admins_revoke_and_nobody_else,
    revoking_ends_what_was_shared_on_under_it,
    an_owner_revokes_what_others_shared_on,
    a_revoked_grant_is_revoked_once,
    removing_a_user_ends_all_that_hangs_on_them,
    removing_a_user_with_an_heir_keeps_what_their_data_gave,
    an_heir_is_somebody_else_who_is_here,
    a_deleted_bundle_ends_its_requests_and_grants,
    a_removed_grantee_gains_nothing,
    time_ends_a_request_and_tells_who_asked,
    a_request_whose_letter_never_arrived_failed,
    only_admins_remove,
];

fn who_asked_withdraws(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (request, token) = house.asked_by_mail(&sleep, &ann, &bob);
    assert_eq!(word(house.delete(&person(&eve), request.id)), "not found");
    house.delete(&person(&bob), request.id).unwrap();
    assert_eq!(house.state(request.id), "withdrawn");
    assert_eq!([word(house.check(&ann, &token)), word(house.redeem(&ann, &token))], ["withdrawn"; 2]);
    assert_eq!(word(house.approve(&ann, request.id)), "withdrawn");
    assert_eq!(word(house.delete(&person(&bob), request.id)), "not found");
    assert_eq!(house.events().last().map(String::as_str), Some("request.withdrawn"));
}

fn an_app_withdraws_what_it_filed(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (app, other) =
        (house.app("app", None, &[Scope::Requests, Scope::ActAs]), house.app("other", None, &[Scope::Requests, Scope::ActAs]));
    let request = house.file(&app, &ask(&sleep, &ann, &bob)).unwrap().0.request;
    assert_eq!(word(house.delete(&other, request.id)), "not found");
    house.delete(&app, request.id).unwrap();
    assert_eq!(house.state(request.id), "withdrawn");
}

fn the_decider_of_a_pending_request_declines_by_removing_it(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let asked = house.asked(&sleep, &ann, &bob);
    house.delete(&person(&ann), asked.id).unwrap();
    assert_eq!(house.state(asked.id), "declined");
    // Of an offer, the decider is who would gain; and who made it withdraws it.
    let offered = house.file(&person(&ann), &offer(&sleep, &bob)).unwrap().0.request;
    house.delete(&person(&bob), offered.id).unwrap();
    assert_eq!(house.state(offered.id), "declined");
    let eve = house.user("eve@example.org");
    let offered = house.file(&person(&ann), &offer(&sleep, &eve)).unwrap().0.request;
    house.delete(&person(&ann), offered.id).unwrap();
    assert_eq!(house.state(offered.id), "withdrawn");
}

fn a_withdrawal_is_told_to_whom_a_letter_reached(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (request, _) = house.asked_by_mail(&sleep, &ann, &bob);
    house.delete(&person(&bob), request.id).unwrap();
    assert_eq!(house.deliver(), 1);
    assert_eq!(house.letters_to("ann@example.org").len(), 2);
    // Nobody is told that what they never heard of is over.
    let request = house.asked(&sleep, &ann, &eve);
    house.delete(&person(&eve), request.id).unwrap();
    assert_eq!(house.deliver(), 0);
    assert_eq!(house.letters(), [("decide", "sent"), ("withdrawn", "sent"), ("decide", "cancelled")]);
}

fn what_has_ended_is_not_taken_back(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let request = house.asked(&sleep, &ann, &bob);
    house.pass(TimeDelta::days(7));
    assert_eq!(word(house.delete(&person(&bob), request.id)), "expired");
    assert_eq!(word(house.delete(&person(&ann), request.id)), "expired");
}

fn both_sides_and_admins_revoke_and_nobody_else(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let admin = house.admin("root@example.org");
    for (number, who) in [&ann, &bob, &admin].into_iter().enumerate() {
        let grant = house.given(&house.bundle(&format!("Data {number}"), &ann), &ann, &bob);
        assert_eq!(word(house.revoke(&person(&eve), grant.id)), "not found");
        assert_eq!(house.revoke(&person(who), grant.id).unwrap(), [grant.id]);
        assert!(!house.is_live(grant.id));
        assert_eq!(house.grant(grant.id).version, 2);
        house.pass(TimeDelta::hours(1));
    }
    let grant = house.given(&house.bundle("Data", &ann), &ann, &bob);
    let reader = Caller::person(ann.id, false, countersign::domain::Credential::ReadOnlyToken);
    assert_eq!(word(house.revoke(&reader, grant.id)), "forbidden");
    let key = house.app("weak", Some(&ann), &[Scope::Requests]);
    assert_eq!(word(house.revoke(&key, grant.id)), "missing scope");
}

fn revoking_ends_what_was_shared_on_under_it(house: &House) {
    let (ann, bob, eve, joe) = (
        house.user("ann@example.org"),
        house.user("bob@example.org"),
        house.user("eve@example.org"),
        house.user("joe@example.org"),
    );
    let sleep = house.bundle("Sleep data", &ann);
    let held = house.entitle(&sleep, &bob, Level::Edit);
    let own = house.given(&sleep, &ann, &joe);
    house.file(&person(&bob), &offer(&sleep, &eve)).unwrap();
    house.deliver();
    let child = house.redeem(&eve, &house.token_for("eve@example.org")).unwrap().1.grant;
    // A grandchild, as an API that shares on makes it.
    house.sql(&format!("UPDATE grants SET reshare = 1 WHERE id = {}", child.id)).unwrap();
    house.file(&person(&eve), &offer(&sleep, &joe)).unwrap();
    house.deliver();
    let grandchild = house.redeem(&joe, &house.token_for("joe@example.org")).unwrap().1.grant;
    assert_eq!(house.revoke(&person(&ann), held.id).unwrap(), [held.id, child.id, grandchild.id]);
    assert_eq!([held.id, child.id, grandchild.id, own.id].map(|id| house.is_live(id)), [false, false, false, true]);
    assert_eq!(house.count("audit", "event = 'grant.revoked'"), 3);
}

fn an_owner_revokes_what_others_shared_on(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    house.entitle(&sleep, &bob, Level::Edit);
    house.file(&person(&bob), &offer(&sleep, &eve)).unwrap();
    house.deliver();
    let child = house.redeem(&eve, &house.token_for("eve@example.org")).unwrap().1.grant;
    assert_eq!(house.revoke(&person(&ann), child.id).unwrap(), [child.id]);
}

fn a_revoked_grant_is_revoked_once(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let grant = house.given(&house.bundle("Sleep data", &ann), &ann, &bob);
    house.revoke(&person(&ann), grant.id).unwrap();
    assert_eq!(word(house.revoke(&person(&ann), grant.id)), "not found");
    assert_eq!(house.count("audit", "event = 'grant.revoked'"), 1);
}

fn removing_a_user_ends_all_that_hangs_on_them(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let house = &house.with("[limits]\ntarget_letters = 0");
    let (sleep, steps, coach) = (house.bundle("Sleep data", &ann), house.bundle("Steps", &bob), house.relationship("coach"));
    let held = house.given(&steps, &bob, &ann);
    let gave = house.given(&sleep, &ann, &bob);
    let coached = house.given(&coach, &ann, &eve);
    let between = house.given(&coach, &bob, &eve);
    let asks = house.asked(&coach, &eve, &ann);
    let decides = house.asked(&sleep, &ann, &eve);
    let key = house.app("anns", Some(&ann), &[Scope::Requests]);
    let filed = house.file(&key, &ask(&coach, &bob, &ann)).unwrap().0.request;
    house.deliver();
    let token = house.token_for("ann@example.org");
    house.remove_user(&ann, None).unwrap();
    assert_eq!([held.id, gave.id, coached.id].map(|id| house.is_live(id)), [false; 3]);
    assert!(house.is_live(between.id));
    assert_eq!([asks.id, decides.id, filed.id].map(|id| house.state(id)), ["cancelled"; 3]);
    assert_eq!(house.count("bundles", "deleted_at IS NULL"), 2);
    assert_eq!(house.count("api_keys", "revoked_at IS NULL"), 0);
    assert_eq!(word(house.check(&ann, &token)), "cancelled");
    // Their address is free, and whoever has it next is somebody else.
    let next = house.user("ann@example.org");
    assert_ne!(next.id, ann.id);
    assert_eq!(word(house.check(&next, &token)), "forbidden");
    house.deliver();
    assert!(house.queue().iter().all(|letter| letter.state.as_str() != "queued"));
}

fn removing_a_user_with_an_heir_keeps_what_their_data_gave(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let (sleep, coach) = (house.bundle_of("Sleep data", &ann, &["urn:one"]), house.relationship("coach"));
    let gave = house.given(&sleep, &ann, &bob);
    let coached = house.given(&coach, &ann, &bob);
    let joe = house.user("joe@example.org");
    let pending = house.asked(&sleep, &ann, &joe);
    house.remove_user(&ann, Some(&eve)).unwrap();
    assert_eq!([gave.id, coached.id].map(|id| house.is_live(id)), [true, false]);
    assert_eq!(house.grant(gave.id).grantor, eve.id);
    house.deliver();
    assert_eq!(word(house.redeem(&eve, &house.token_for("eve@example.org"))), "ok");
    assert_eq!(house.state(pending.id), "approved");
    let resource = house.read(|tx| countersign::store::bundles::find_resource(tx, "urn:one")).unwrap().unwrap();
    assert_eq!(resource.owner, eve.id);
}

fn an_heir_is_somebody_else_who_is_here(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    house.bundle("Sleep data", &ann);
    assert_eq!(word(house.remove_user(&ann, Some(&ann))), "heir");
    house.remove_user(&bob, None).unwrap();
    assert_eq!(word(house.remove_user(&ann, Some(&bob))), "not found");
    assert_eq!(word(house.remove_user(&bob, None)), "not found");
    assert_eq!(house.count("users", "deleted_at IS NULL"), 1);
}

fn a_deleted_bundle_ends_its_requests_and_grants(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let (sleep, steps) = (house.bundle("Sleep data", &ann), house.bundle("Steps", &ann));
    let grant = house.given(&sleep, &ann, &bob);
    let other = house.given(&steps, &ann, &bob);
    let (request, token) = house.asked_by_mail(&sleep, &ann, &eve);
    let id = sleep.id;
    house.write(move |tx| accounts::remove_bundle(tx, &Caller::operator(), id)).unwrap();
    assert_eq!((house.is_live(grant.id), house.is_live(other.id)), (false, true));
    assert_eq!((house.state(request.id), word(house.redeem(&ann, &token))), ("cancelled", "cancelled"));
    assert_eq!(word(house.file(&person(&eve), &ask(&sleep, &ann, &eve))), "unknown");
    assert_eq!(word(house.write(move |tx| accounts::remove_bundle(tx, &Caller::operator(), id))), "not found");
    house.bundle("Sleep data", &bob);
}

fn a_removed_grantee_gains_nothing(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (request, token) = house.asked_by_mail(&sleep, &ann, &bob);
    house.decline(&ann, &token, None).unwrap();
    house.remove_user(&bob, None).unwrap();
    // A declined request is not cancelled; the change of mind finds nobody to give to.
    assert_eq!(word(house.approve(&ann, request.id)), "forbidden");
}

fn time_ends_a_request_and_tells_who_asked(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (request, _) = house.asked_by_mail(&sleep, &ann, &bob);
    house.pass(TimeDelta::days(7) - TimeDelta::microseconds(1));
    assert_eq!(house.sweep(), 0);
    house.pass(TimeDelta::microseconds(1));
    assert_eq!((house.sweep(), house.sweep()), (1, 0));
    assert_eq!(house.state(request.id), "expired");
    house.deliver();
    assert_eq!(house.letters(), [("decide", "sent"), ("expired", "sent")]);
    assert_eq!(house.letters_to("bob@example.org").len(), 1);
    // A clock that is set back brings nothing to life again.
    house.pass(TimeDelta::days(-3));
    assert_eq!(word(house.approve(&ann, request.id)), "expired");
}

fn a_request_whose_letter_never_arrived_failed(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let request = house.asked(&sleep, &ann, &bob);
    house.sql("UPDATE requests SET mail_state = 'bounced'").unwrap();
    assert_eq!(house.state(request.id), "pending");
    house.pass(TimeDelta::days(7));
    // Whether it is written down already makes no difference to who reads it.
    assert_eq!(house.state(request.id), "failed");
    assert_eq!(house.sweep(), 1);
    assert_eq!(house.state(request.id), "failed");
    house.deliver();
    assert_eq!(house.letters(), [("decide", "cancelled")]);
}

fn only_admins_remove(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (caller, id, user) = (person(&bob), sleep.id, ann.id);
    let other = caller.clone();
    assert_eq!(word(house.write(move |tx| accounts::remove_user(tx, &caller, user, None))), "forbidden");
    assert_eq!(word(house.write(move |tx| accounts::remove_bundle(tx, &other, id))), "forbidden");
}
