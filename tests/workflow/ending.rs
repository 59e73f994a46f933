//! Withdrawing requests, revoking grants, removing people and bundles.

use chrono::TimeDelta;
use countersign::domain::{Caller, Level, Reason, RequestState, Scope, WhyCancelled};
use countersign::store::StoreError;
use countersign::store::requests::{self, Transition};
use countersign::workflow::accounts;
use countersign::workflow::requests::close;

use crate::support::fixture::{Fixture, ask, offer, on_both, person, word};

on_both![
    the_requester_withdraws,
    an_app_withdraws_what_it_filed,
    an_approver_who_deletes_a_pending_request_declines_it,
    a_withdrawal_is_notified_to_those_an_email_reached,
    an_ended_request_is_not_withdrawn,
    both_sides_and_admins_revoke_and_nobody_else,
    revoking_ends_all_reshares,
    an_owner_revokes_reshares_of_others,
    a_revoked_grant_is_revoked_once,
    removing_a_user_ends_their_requests_and_grants,
    removing_a_user_with_an_heir_keeps_grants_of_their_data,
    an_heir_is_another_existing_person,
    a_deleted_bundle_ends_its_requests_and_grants,
    a_removed_grantee_gains_nothing,
    an_expired_request_notifies_the_requester,
    a_request_whose_email_never_arrived_failed,
    only_admins_remove,
    an_illegal_transition_does_not_reach_the_database,
    the_cause_of_a_cancellation_is_kept_as_a_code,
    a_cancellation_of_an_older_program_is_read_by_its_sentence,
    the_words_of_a_decline_are_no_code,
];

/// Every transition from every state that the row can have: an illegal one is an error, and the row stays as it was.
fn an_illegal_transition_does_not_reach_the_database(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let request = fixture.asked(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    for from in RequestState::ALL.iter().copied() {
        fixture.sql(&format!("UPDATE requests SET state = '{from}', decided_at = NULL WHERE id = {}", request.id)).unwrap();
        for to in RequestState::ALL.iter().copied().filter(|to| !from.may_become(*to)) {
            let (request, target) = (request.id, request.target);
            let change = Transition { request, from, to, target, by: None, reason: None, is_narrowed: false, given: None };
            let refused = fixture.write(move |tx| requests::make_transition(tx, &change)).unwrap_err();
            let StoreError::Query(text) = refused else { panic!("{refused}") };
            assert_eq!(text, format!("a request cannot become {to} once it is {from}"));
        }
        assert_eq!(fixture.count("requests", &format!("state = '{from}' AND decided_at IS NULL")), 1);
    }
}

/// The columns that say why.
fn why(fixture: &Fixture) -> Vec<String> {
    fixture.texts("SELECT coalesce(reason_code, '-') || ': ' || coalesce(reason, '-') AS value FROM requests ORDER BY id")
}

fn the_cause_of_a_cancellation_is_kept_as_a_code(fixture: &Fixture) {
    let ann = fixture.user("ann@example.org");
    let sleep = fixture.bundle("Sleep data", &ann);
    for cause in WhyCancelled::ALL.iter().copied() {
        let bob = fixture.user(&format!("{cause}@example.org"));
        let request = fixture.asked(&sleep, &ann, &bob);
        let pending = request.clone();
        fixture.write(move |tx| close::cancel(tx, &Caller::operator(), &pending, cause)).unwrap();
        let request = fixture.request(request.id);
        assert_eq!((request.state, request.why_cancelled(), request.words()), (RequestState::Cancelled, Some(cause), None));
        // Beside the code is the sentence that the program before reads, and that the audit always had.
        assert_eq!(why(fixture).pop().unwrap(), format!("{cause}: {}", cause.text()));
        let detail = fixture.texts("SELECT detail AS value FROM audit WHERE event = 'request.cancelled' ORDER BY seq").pop();
        assert_eq!(detail.as_deref(), Some(cause.text()));
    }
}

fn a_cancellation_of_an_older_program_is_read_by_its_sentence(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let request = fixture.asked(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let set = |columns: &str| {
        let sql =
            format!("UPDATE requests SET state = 'cancelled', decided_at = created_at, {columns} WHERE id = {}", request.id);
        fixture.sql(&sql).unwrap();
        fixture.request(request.id).decision.unwrap().reason
    };
    for cause in WhyCancelled::ALL.iter().copied() {
        let read = set(&format!("reason = '{}', reason_code = NULL", cause.text()));
        assert_eq!(read, Some(Reason::Cancelled(cause)));
        // Where both are there, the code counts.
        let other = if cause == WhyCancelled::Removed { WhyCancelled::AppGone } else { WhyCancelled::Removed };
        let read = set(&format!("reason = '{}', reason_code = '{cause}'", other.text()));
        assert_eq!(read, Some(Reason::Cancelled(cause)));
    }
    // A newer program's code is nothing to fail at: its sentence is shown.
    assert_eq!(set("reason = 'a new cause', reason_code = 'new'"), Some(Reason::Words("a new cause".into())));
    assert_eq!(set("reason = NULL, reason_code = NULL"), None);
}

fn the_words_of_a_decline_are_no_code(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let (request, token) = fixture.asked_by_mail(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    let words = WhyCancelled::Removed.text();
    fixture.decline(&ann, &token, Some(words)).unwrap();
    let request = fixture.request(request.id);
    assert_eq!((request.words(), request.why_cancelled()), (Some(words), None));
    assert_eq!(why(fixture), [format!("-: {words}")]);
}

fn the_requester_withdraws(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    assert_eq!(word(fixture.delete(&person(&eve), request.id)), "not found");
    fixture.delete(&person(&bob), request.id).unwrap();
    assert_eq!(fixture.state(request.id), "withdrawn");
    assert_eq!([word(fixture.check(&ann, &token)), word(fixture.redeem(&ann, &token))], ["withdrawn"; 2]);
    assert_eq!(word(fixture.approve(&ann, request.id)), "withdrawn");
    assert_eq!(word(fixture.delete(&person(&bob), request.id)), "not found");
    assert_eq!(fixture.events().last().map(String::as_str), Some("request.withdrawn"));
}

fn an_app_withdraws_what_it_filed(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (app, other) = (
        fixture.app("app", None, &[Scope::Requests, Scope::ActAs]),
        fixture.app("other", None, &[Scope::Requests, Scope::ActAs]),
    );
    let request = fixture.file(&app, &ask(&sleep, &ann, &bob)).unwrap().0.request;
    assert_eq!(word(fixture.delete(&other, request.id)), "not found");
    fixture.delete(&app, request.id).unwrap();
    assert_eq!(fixture.state(request.id), "withdrawn");
}

fn an_approver_who_deletes_a_pending_request_declines_it(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let asked = fixture.asked(&sleep, &ann, &bob);
    fixture.delete(&person(&ann), asked.id).unwrap();
    assert_eq!(fixture.state(asked.id), "declined");
    // The approver of an offer is the grantee, and its maker withdraws it.
    let offered = fixture.file(&person(&ann), &offer(&sleep, &bob)).unwrap().0.request;
    fixture.delete(&person(&bob), offered.id).unwrap();
    assert_eq!(fixture.state(offered.id), "declined");
    let eve = fixture.user("eve@example.org");
    let offered = fixture.file(&person(&ann), &offer(&sleep, &eve)).unwrap().0.request;
    fixture.delete(&person(&ann), offered.id).unwrap();
    assert_eq!(fixture.state(offered.id), "withdrawn");
}

fn a_withdrawal_is_notified_to_those_an_email_reached(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, _) = fixture.asked_by_mail(&sleep, &ann, &bob);
    fixture.delete(&person(&bob), request.id).unwrap();
    assert_eq!(fixture.deliver(), 1);
    assert_eq!(fixture.emails_to("ann@example.org").len(), 2);
    // Nobody is told of the end of a request that never reached them.
    let request = fixture.asked(&sleep, &ann, &eve);
    fixture.delete(&person(&eve), request.id).unwrap();
    assert_eq!(fixture.deliver(), 0);
    assert_eq!(fixture.emails(), [("decide", "sent"), ("withdrawn", "sent"), ("decide", "cancelled")]);
}

fn an_ended_request_is_not_withdrawn(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let request = fixture.asked(&sleep, &ann, &bob);
    fixture.pass(TimeDelta::days(7));
    assert_eq!(word(fixture.delete(&person(&bob), request.id)), "expired");
    assert_eq!(word(fixture.delete(&person(&ann), request.id)), "expired");
}

fn both_sides_and_admins_revoke_and_nobody_else(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let admin = fixture.admin("root@example.org");
    for (number, who) in [&ann, &bob, &admin].into_iter().enumerate() {
        let grant = fixture.given(&fixture.bundle(&format!("Data {number}"), &ann), &ann, &bob);
        assert_eq!(word(fixture.revoke(&person(&eve), grant.id)), "not found");
        assert_eq!(fixture.revoke(&person(who), grant.id).unwrap(), [grant.id]);
        assert!(!fixture.is_live(grant.id));
        assert_eq!(fixture.grant(grant.id).version, 2);
        fixture.pass(TimeDelta::hours(1));
    }
    let grant = fixture.given(&fixture.bundle("Data", &ann), &ann, &bob);
    let reader = Caller::person(ann.id, false, countersign::domain::Credential::ReadOnlyToken);
    assert_eq!(word(fixture.revoke(&reader, grant.id)), "forbidden");
    let key = fixture.app("weak", Some(&ann), &[Scope::Requests]);
    assert_eq!(word(fixture.revoke(&key, grant.id)), "missing scope");
}

fn revoking_ends_all_reshares(fixture: &Fixture) {
    let (ann, bob, eve, joe) = (
        fixture.user("ann@example.org"),
        fixture.user("bob@example.org"),
        fixture.user("eve@example.org"),
        fixture.user("joe@example.org"),
    );
    let sleep = fixture.bundle("Sleep data", &ann);
    let held = fixture.entitle(&sleep, &bob, Level::Edit);
    let own = fixture.given(&sleep, &ann, &joe);
    fixture.file(&person(&bob), &offer(&sleep, &eve)).unwrap();
    fixture.deliver();
    let child = fixture.redeem(&eve, &fixture.token_for("eve@example.org")).unwrap().1.grant;
    // A reshare of a reshare, as an API makes it.
    fixture.sql(&format!("UPDATE grants SET reshare = 1 WHERE id = {}", child.id)).unwrap();
    fixture.file(&person(&eve), &offer(&sleep, &joe)).unwrap();
    fixture.deliver();
    let grandchild = fixture.redeem(&joe, &fixture.token_for("joe@example.org")).unwrap().1.grant;
    assert_eq!(fixture.revoke(&person(&ann), held.id).unwrap(), [held.id, child.id, grandchild.id]);
    assert_eq!([held.id, child.id, grandchild.id, own.id].map(|id| fixture.is_live(id)), [false, false, false, true]);
    assert_eq!(fixture.count("audit", "event = 'grant.revoked'"), 3);
}

fn an_owner_revokes_reshares_of_others(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    fixture.entitle(&sleep, &bob, Level::Edit);
    fixture.file(&person(&bob), &offer(&sleep, &eve)).unwrap();
    fixture.deliver();
    let child = fixture.redeem(&eve, &fixture.token_for("eve@example.org")).unwrap().1.grant;
    assert_eq!(fixture.revoke(&person(&ann), child.id).unwrap(), [child.id]);
}

fn a_revoked_grant_is_revoked_once(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let grant = fixture.given(&fixture.bundle("Sleep data", &ann), &ann, &bob);
    fixture.revoke(&person(&ann), grant.id).unwrap();
    assert_eq!(word(fixture.revoke(&person(&ann), grant.id)), "not found");
    assert_eq!(fixture.count("audit", "event = 'grant.revoked'"), 1);
}

fn removing_a_user_ends_their_requests_and_grants(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let fixture = &fixture.with("[limits]\ntarget_letters = 0");
    let (sleep, steps, coach) =
        (fixture.bundle("Sleep data", &ann), fixture.bundle("Steps", &bob), fixture.relationship("coach"));
    let held = fixture.given(&steps, &bob, &ann);
    let gave = fixture.given(&sleep, &ann, &bob);
    let coached = fixture.given(&coach, &ann, &eve);
    let between = fixture.given(&coach, &bob, &eve);
    let asks = fixture.asked(&coach, &eve, &ann);
    let decides = fixture.asked(&sleep, &ann, &eve);
    let key = fixture.app("anns", Some(&ann), &[Scope::Requests]);
    let filed = fixture.file(&key, &ask(&coach, &bob, &ann)).unwrap().0.request;
    fixture.deliver();
    let token = fixture.token_for("ann@example.org");
    fixture.remove_user(&ann, None).unwrap();
    assert_eq!([held.id, gave.id, coached.id].map(|id| fixture.is_live(id)), [false; 3]);
    assert!(fixture.is_live(between.id));
    assert_eq!([asks.id, decides.id, filed.id].map(|id| fixture.state(id)), ["cancelled"; 3]);
    assert_eq!(fixture.count("bundles", "deleted_at IS NULL"), 2);
    assert_eq!(fixture.count("api_keys", "revoked_at IS NULL"), 0);
    assert_eq!(word(fixture.check(&ann, &token)), "cancelled");
    // Their address is free, and its next owner is another person.
    let next = fixture.user("ann@example.org");
    assert_ne!(next.id, ann.id);
    assert_eq!(word(fixture.check(&next, &token)), "forbidden");
    fixture.deliver();
    assert!(fixture.queue().iter().all(|email| email.state.as_str() != "queued"));
}

fn removing_a_user_with_an_heir_keeps_grants_of_their_data(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let (sleep, coach) = (fixture.bundle_of("Sleep data", &ann, &["urn:one"]), fixture.relationship("coach"));
    let gave = fixture.given(&sleep, &ann, &bob);
    let coached = fixture.given(&coach, &ann, &bob);
    let joe = fixture.user("joe@example.org");
    let pending = fixture.asked(&sleep, &ann, &joe);
    fixture.remove_user(&ann, Some(&eve)).unwrap();
    assert_eq!([gave.id, coached.id].map(|id| fixture.is_live(id)), [true, false]);
    assert_eq!(fixture.grant(gave.id).grantor, eve.id);
    fixture.deliver();
    assert_eq!(word(fixture.redeem(&eve, &fixture.token_for("eve@example.org"))), "ok");
    assert_eq!(fixture.state(pending.id), "approved");
    let resource = fixture.read(|tx| countersign::store::bundles::find_resource(tx, "urn:one")).unwrap().unwrap();
    assert_eq!(resource.owner, eve.id);
}

fn an_heir_is_another_existing_person(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    fixture.bundle("Sleep data", &ann);
    assert_eq!(word(fixture.remove_user(&ann, Some(&ann))), "heir");
    fixture.remove_user(&bob, None).unwrap();
    assert_eq!(word(fixture.remove_user(&ann, Some(&bob))), "not found");
    assert_eq!(word(fixture.remove_user(&bob, None)), "not found");
    assert_eq!(fixture.count("users", "deleted_at IS NULL"), 1);
}

fn a_deleted_bundle_ends_its_requests_and_grants(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let (sleep, steps) = (fixture.bundle("Sleep data", &ann), fixture.bundle("Steps", &ann));
    let grant = fixture.given(&sleep, &ann, &bob);
    let other = fixture.given(&steps, &ann, &bob);
    let (request, token) = fixture.asked_by_mail(&sleep, &ann, &eve);
    let id = sleep.id;
    fixture.write(move |tx| accounts::remove_bundle(tx, &Caller::operator(), id)).unwrap();
    assert_eq!((fixture.is_live(grant.id), fixture.is_live(other.id)), (false, true));
    assert_eq!((fixture.state(request.id), word(fixture.redeem(&ann, &token))), ("cancelled", "cancelled"));
    assert_eq!(word(fixture.file(&person(&eve), &ask(&sleep, &ann, &eve))), "unknown");
    assert_eq!(word(fixture.write(move |tx| accounts::remove_bundle(tx, &Caller::operator(), id))), "not found");
    fixture.bundle("Sleep data", &bob);
}

fn a_removed_grantee_gains_nothing(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    fixture.decline(&ann, &token, None).unwrap();
    fixture.remove_user(&bob, None).unwrap();
    // A declined request is not cancelled; approving it later finds no grantee.
    assert_eq!(word(fixture.approve(&ann, request.id)), "forbidden");
}

fn an_expired_request_notifies_the_requester(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, _) = fixture.asked_by_mail(&sleep, &ann, &bob);
    fixture.pass(TimeDelta::days(7) - TimeDelta::microseconds(1));
    assert_eq!(fixture.sweep(), 0);
    fixture.pass(TimeDelta::microseconds(1));
    assert_eq!((fixture.sweep(), fixture.sweep()), (1, 0));
    assert_eq!(fixture.state(request.id), "expired");
    fixture.deliver();
    assert_eq!(fixture.emails(), [("decide", "sent"), ("expired", "sent")]);
    assert_eq!(fixture.emails_to("bob@example.org").len(), 1);
    // A clock that is set back revives nothing.
    fixture.pass(TimeDelta::days(-3));
    assert_eq!(word(fixture.approve(&ann, request.id)), "expired");
}

fn a_request_whose_email_never_arrived_failed(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let request = fixture.asked(&sleep, &ann, &bob);
    fixture.sql("UPDATE requests SET mail_state = 'bounced'").unwrap();
    assert_eq!(fixture.state(request.id), "pending");
    fixture.pass(TimeDelta::days(7));
    // For readers it makes no difference whether it is recorded already.
    assert_eq!(fixture.state(request.id), "failed");
    assert_eq!(fixture.sweep(), 1);
    assert_eq!(fixture.state(request.id), "failed");
    fixture.deliver();
    assert_eq!(fixture.emails(), [("decide", "cancelled")]);
}

fn only_admins_remove(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (caller, id, user) = (person(&bob), sleep.id, ann.id);
    let other = caller.clone();
    assert_eq!(word(fixture.write(move |tx| accounts::remove_user(tx, &caller, user, None))), "forbidden");
    assert_eq!(word(fixture.write(move |tx| accounts::remove_bundle(tx, &other, id))), "forbidden");
}
