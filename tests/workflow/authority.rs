//! The authority to give is checked at filing and again at the decision.

use countersign::domain::grant::reshare;
use countersign::domain::{Caller, Credential, Level, Scope};
use countersign::store::admin::Bounded;
use countersign::store::credentials;
use countersign::workflow::admin::job::{self, Kind, Task};
use countersign::workflow::requests::file::Filing;
use countersign::workflow::{accounts, purge};

use crate::support::fixture::{Fixture, ask, offer, on_both, person, word};

on_both![
    a_request_for_a_transferred_bundle_is_decided_by_its_new_owner,
    an_offer_of_a_former_owner_is_cancelled,
    a_request_of_the_new_owner_is_cancelled,
    an_offer_to_the_new_owner_is_cancelled,
    revoking_a_key_cancels_its_requests,
    a_request_of_an_expired_key_is_not_approved,
    a_request_of_a_key_that_lost_its_scope_is_not_approved,
    an_offer_of_a_resharer_who_lost_the_right_is_not_accepted,
    an_offer_of_a_resharer_gives_at_most_their_present_level,
    an_offer_of_a_resharer_who_left_the_group_is_not_accepted,
    a_share_right_is_for_the_kind_of_people_it_names,
    nobody_offers_to_themselves,
    a_request_of_a_former_admin_is_not_approved,
    a_request_of_a_removed_initiator_is_not_approved,
    a_former_administrator_does_not_finish_a_job,
    a_revoked_key_stops_its_purge,
];

fn a_request_for_a_transferred_bundle_is_decided_by_its_new_owner(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, old) = fixture.asked_by_mail(&sleep, &ann, &bob);
    fixture.hand_over(sleep.id, &eve).unwrap();
    assert_eq!([word(fixture.check(&ann, &old)), word(fixture.redeem(&ann, &old))], ["new_decider"; 2]);
    assert_eq!(word(fixture.decline(&ann, &old, None)), "new_decider");
    assert_eq!(word(fixture.redeem(&eve, &old)), "forbidden");
    fixture.deliver();
    let new = fixture.token_for("eve@example.org");
    assert_eq!(fixture.tokens_for("ann@example.org").len(), 1);
    let (_, approved) = fixture.redeem(&eve, &new).unwrap();
    assert_eq!((approved.grant.grantor, approved.grant.request), (eve.id, Some(request.id)));
    assert_eq!(word(fixture.redeem(&ann, &old)), "new_decider");
}

fn an_offer_of_a_former_owner_is_cancelled(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request_view, _) = fixture.file(&person(&ann), &offer(&sleep, &bob)).unwrap();
    fixture.deliver();
    fixture.hand_over(sleep.id, &eve).unwrap();
    assert_eq!(word(fixture.redeem(&bob, &fixture.token_for("bob@example.org"))), "cancelled");
    assert_eq!(fixture.state(request_view.request.id), "cancelled");
}

fn a_request_of_the_new_owner_is_cancelled(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let request = fixture.asked(&sleep, &ann, &bob);
    fixture.hand_over(sleep.id, &bob).unwrap();
    assert_eq!((fixture.state(request.id), fixture.deliver()), ("cancelled", 1));
    // Nobody decides; the requester learns that they no longer need permission.
    assert_eq!(fixture.emails(), [("decide", "cancelled"), ("cancelled", "sent")]);
}

fn an_offer_to_the_new_owner_is_cancelled(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    fixture.entitle(&sleep, &bob, Level::Edit);
    let (request_view, _) = fixture.file(&person(&bob), &offer(&sleep, &eve)).unwrap();
    let held = fixture.given(&fixture.bundle("Steps", &ann), &ann, &eve);
    fixture.hand_over(sleep.id, &eve).unwrap();
    assert_eq!(fixture.state(request_view.request.id), "cancelled");
    assert!(fixture.is_live(held.id), "what else they hold stays");
}

fn revoking_a_key_cancels_its_requests(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let app = fixture.app("app", None, &[Scope::Requests, Scope::ActAs]);
    fixture.file(&app, &ask(&sleep, &ann, &bob)).unwrap();
    fixture.deliver();
    let (_, approved) = fixture.redeem(&ann, &fixture.token_for("ann@example.org")).unwrap();
    let pending = fixture.file(&app, &ask(&sleep, &ann, &eve)).unwrap().0.request;
    fixture.deliver();
    let key = app.key.unwrap();
    fixture.write(move |tx| accounts::revoke_key(tx, &Caller::operator(), key)).unwrap();
    assert_eq!(word(fixture.redeem(&ann, &fixture.token_for("ann@example.org"))), "cancelled");
    assert_eq!(fixture.state(pending.id), "cancelled");
    assert!(fixture.is_live(approved.grant.id), "what was given stays given");
    assert_eq!(word(fixture.write(move |tx| accounts::revoke_key(tx, &Caller::operator(), key))), "not found");
}

fn a_request_of_an_expired_key_is_not_approved(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let app = fixture.app("app", None, &[Scope::Requests, Scope::ActAs]);
    fixture.pass(accounts::KEY_LASTS - chrono::TimeDelta::hours(1));
    let request = fixture.file(&app, &ask(&sleep, &ann, &bob)).unwrap().0.request;
    fixture.deliver();
    fixture.pass(chrono::TimeDelta::hours(1));
    assert_eq!(word(fixture.redeem(&ann, &fixture.token_for("ann@example.org"))), "forbidden");
    assert_eq!(fixture.state(request.id), "pending");
}

fn a_request_of_a_key_that_lost_its_scope_is_not_approved(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let app = fixture.app("app", None, &[Scope::Requests, Scope::ActAs]);
    fixture.file(&app, &ask(&sleep, &ann, &bob)).unwrap();
    fixture.deliver();
    fixture.sql("UPDATE api_keys SET scopes = 'requests'").unwrap();
    assert_eq!(word(fixture.redeem(&ann, &fixture.token_for("ann@example.org"))), "forbidden");
    let key = fixture.read(|tx| credentials::find_key(tx, app.key.unwrap())).unwrap().unwrap();
    assert!(!key.scopes.has(Scope::ActAs));
}

fn an_offer_of_a_resharer_who_lost_the_right_is_not_accepted(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let held = fixture.entitle(&sleep, &bob, Level::Edit);
    fixture.file(&person(&bob), &offer(&sleep, &eve)).unwrap();
    fixture.deliver();
    let token = fixture.token_for("eve@example.org");
    fixture.revoke(&person(&ann), held.id).unwrap();
    assert_eq!(word(fixture.redeem(&eve, &token)), "forbidden");
    // When the right is given back, it can be accepted.
    fixture.entitle(&sleep, &bob, Level::Edit);
    assert_eq!(word(fixture.redeem(&eve, &token)), "ok");
}

fn an_offer_of_a_resharer_gives_at_most_their_present_level(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let held = fixture.entitle(&sleep, &bob, Level::Edit);
    fixture.file(&person(&bob), &offer(&sleep, &eve)).unwrap();
    fixture.deliver();
    let token = fixture.token_for("eve@example.org");
    fixture.revoke(&person(&ann), held.id).unwrap();
    fixture.entitle(&sleep, &bob, Level::View);
    assert_eq!(word(fixture.redeem(&eve, &token)), "forbidden");
    let view = countersign::domain::ApprovalLimits { level: Some(Level::View), ..Default::default() };
    assert_eq!(word(fixture.redeem_as(&person(&eve), &token, &view)), "ok");
}

fn an_offer_of_a_resharer_who_left_the_group_is_not_accepted(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let members = [bob.id];
    let group = fixture.write(move |tx| accounts::add_group(tx, &Caller::operator(), "Team", &members)).unwrap();
    fixture.entitle_with(&sleep, group.id.into(), Level::Edit, reshare::INTERNAL, None, &[]);
    fixture.file(&person(&bob), &offer(&sleep, &eve)).unwrap();
    fixture.deliver();
    fixture.sql("DELETE FROM group_members").unwrap();
    assert_eq!(word(fixture.redeem(&eve, &fixture.token_for("eve@example.org"))), "forbidden");
}

fn a_share_right_is_for_the_kind_of_people_it_names(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let out = fixture.add_user("out@example.net", |new| new.is_external = true);
    let sleep = fixture.bundle("Sleep data", &ann);
    fixture.entitle_with(&sleep, bob.id.into(), Level::Edit, reshare::PUBLIC | reshare::PUBLIC_LINK, None, &[]);
    assert_eq!(word(fixture.file(&person(&bob), &offer(&sleep, &eve))), "forbidden");
    fixture.entitle_with(&sleep, bob.id.into(), Level::Edit, reshare::INTERNAL, None, &[]);
    assert_eq!(word(fixture.file(&person(&bob), &offer(&sleep, &out))), "forbidden");
    assert_eq!(word(fixture.file(&person(&bob), &offer(&sleep, &eve))), "ok");
    fixture.entitle_with(&sleep, bob.id.into(), Level::Edit, reshare::EXTERNAL, None, &[]);
    assert_eq!(word(fixture.file(&person(&bob), &offer(&sleep, &out))), "ok");
}

fn nobody_offers_to_themselves(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    fixture.entitle(&sleep, &bob, Level::Edit);
    // A group's temporary right does not let a member acquire it permanently.
    assert_eq!(word(fixture.file(&person(&bob), &offer(&sleep, &bob))), "user_allowed");
    assert_eq!(word(fixture.file(&person(&bob), &offer(&sleep, &ann))), "user_allowed");
}

fn a_request_of_a_former_admin_is_not_approved(fixture: &Fixture) {
    let (ann, bob, admin) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.admin("root@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    fixture.file(&person(&admin), &ask(&sleep, &ann, &bob)).unwrap();
    fixture.deliver();
    let token = fixture.token_for("ann@example.org");
    fixture.sql("UPDATE users SET is_admin = FALSE").unwrap();
    assert_eq!(word(fixture.redeem(&ann, &token)), "forbidden");
}

fn a_request_of_a_removed_initiator_is_not_approved(fixture: &Fixture) {
    let (ann, bob, eve) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"), fixture.user("eve@example.org"));
    let admin = fixture.admin("root@example.org");
    let (sleep, coach) = (fixture.bundle("Sleep data", &ann), fixture.relationship("coach"));
    fixture.entitle(&sleep, &bob, Level::Edit);
    let filing = Filing { level: Some(Level::View), ..offer(&sleep, &eve) };
    let offered = fixture.file(&person(&bob), &filing).unwrap().0.request;
    let asked = fixture.file(&person(&admin), &ask(&coach, &ann, &eve)).unwrap().0.request;
    fixture.deliver();
    fixture.remove_user(&bob, None).unwrap();
    fixture.remove_user(&admin, None).unwrap();
    assert_eq!(word(fixture.redeem(&eve, &fixture.token_for("eve@example.org"))), "cancelled");
    assert_eq!(word(fixture.redeem(&ann, &fixture.token_for("ann@example.org"))), "cancelled");
    assert_eq!([fixture.state(offered.id), fixture.state(asked.id)], ["cancelled"; 2]);
}

fn a_former_administrator_does_not_finish_a_job(fixture: &Fixture) {
    let (ann, root) = (fixture.user("ann@example.org"), fixture.admin("root@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    for number in 0..15 {
        let holder = fixture.user(&format!("p{number}@example.org"));
        fixture.entitle(&sleep, &holder, Level::View);
    }
    let task = Task::Revoke { user: ann.id.0, gave: true };
    let (caller, config) = (Caller::person(root.id, true, Credential::Session), fixture.config.clone());
    let by = caller.clone();
    fixture.write(move |tx| job::start(tx, &by, &task, Bounded::default())).unwrap();
    let step = || {
        let (caller, config) = (caller.clone(), config.clone());
        fixture.write(move |tx| job::step(tx, &caller, &config, Kind::Revoke, 10))
    };
    step().unwrap();
    let left = fixture.count("grants", "revoked_at IS NULL");
    assert_eq!(left, 5);
    fixture.sql(&format!("UPDATE users SET is_admin = false WHERE id = {}", root.id)).unwrap();
    assert_eq!(word(step()), "forbidden");
    assert_eq!(fixture.count("grants", "revoked_at IS NULL"), left);
    // Another administrator continues it.
    let other = fixture.admin("other@example.org");
    let (caller, config) = (Caller::person(other.id, true, Credential::Session), fixture.config.clone());
    fixture.write(move |tx| job::step(tx, &caller, &config, Kind::Revoke, 10)).unwrap();
    assert_eq!(fixture.count("grants", "revoked_at IS NULL"), 0);
    // Nor does a removed administrator.
    let gone = Caller::person(other.id, true, Credential::Session);
    fixture.remove_user(&other, None).unwrap();
    let retention = fixture.config.retention.clone();
    assert_eq!(word(fixture.write(move |tx| purge::batch(tx, &gone, &retention, None, 10))), "forbidden");
}

fn a_revoked_key_stops_its_purge(fixture: &Fixture) {
    let root = fixture.admin("root@example.org");
    let key = fixture.app("Cleaner", Some(&root), &[Scope::Admin]);
    let batch = || {
        let (key, retention) = (key.clone(), fixture.config.retention.clone());
        fixture.write(move |tx| purge::batch(tx, &key, &retention, None, 10))
    };
    assert_eq!(word(batch()), "ok");
    let id = key.key.unwrap();
    fixture.write(move |tx| accounts::revoke_key(tx, &Caller::operator(), id)).unwrap();
    assert_eq!(word(batch()), "forbidden");
}
