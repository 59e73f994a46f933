//! Who may give is judged when a request is filed, and again when it is decided.

use countersign::domain::grant::reshare;
use countersign::domain::{Caller, Credential, Level, Scope};
use countersign::store::admin::Bounded;
use countersign::store::credentials;
use countersign::workflow::admin::job::{self, Kind, Task};
use countersign::workflow::requests::file::Filing;
use countersign::workflow::{accounts, purge};

use crate::support::house::{House, ask, offer, on_both, person, word};

on_both![
    a_bundle_that_was_handed_over_is_decided_by_its_new_owner,
    an_offer_of_a_former_owner_is_cancelled,
    a_request_of_the_new_owner_is_cancelled,
    an_offer_to_the_new_owner_is_cancelled,
    a_key_that_was_taken_back_takes_its_requests_along,
    a_key_that_ran_out_gives_nothing,
    a_key_that_lost_a_scope_gives_nothing,
    a_resharer_who_lost_the_right_gives_nothing,
    a_resharer_whose_level_fell_gives_no_more_than_that,
    a_resharer_who_left_the_group_gives_nothing,
    a_share_right_is_for_the_kind_of_people_it_names,
    nobody_offers_to_themselves,
    an_admin_who_is_none_any_more_gives_nothing,
    an_initiator_who_was_removed_gives_nothing,
    an_administrator_who_is_none_any_more_does_not_finish_what_they_began,
    a_key_that_was_revoked_purges_no_further,
];

fn a_bundle_that_was_handed_over_is_decided_by_its_new_owner(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (request, old) = house.asked_by_mail(&sleep, &ann, &bob);
    house.hand_over(sleep.id, &eve).unwrap();
    assert_eq!([word(house.check(&ann, &old)), word(house.redeem(&ann, &old))], ["new_decider"; 2]);
    assert_eq!(word(house.decline(&ann, &old, None)), "new_decider");
    assert_eq!(word(house.redeem(&eve, &old)), "forbidden");
    house.deliver();
    let new = house.token_for("eve@example.org");
    assert_eq!(house.tokens_for("ann@example.org").len(), 1);
    let (_, approved) = house.redeem(&eve, &new).unwrap();
    assert_eq!((approved.grant.grantor, approved.grant.request), (eve.id, Some(request.id)));
    assert_eq!(word(house.redeem(&ann, &old)), "new_decider");
}

fn an_offer_of_a_former_owner_is_cancelled(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (told, _) = house.file(&person(&ann), &offer(&sleep, &bob)).unwrap();
    house.deliver();
    house.hand_over(sleep.id, &eve).unwrap();
    assert_eq!(word(house.redeem(&bob, &house.token_for("bob@example.org"))), "cancelled");
    assert_eq!(house.state(told.request.id), "cancelled");
}

fn a_request_of_the_new_owner_is_cancelled(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let request = house.asked(&sleep, &ann, &bob);
    house.hand_over(sleep.id, &bob).unwrap();
    assert_eq!((house.state(request.id), house.deliver()), ("cancelled", 1));
    // Nobody is asked; who asked hears that they need nobody's permission any more.
    assert_eq!(house.letters(), [("decide", "cancelled"), ("cancelled", "sent")]);
}

fn an_offer_to_the_new_owner_is_cancelled(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    house.entitle(&sleep, &bob, Level::Edit);
    let (told, _) = house.file(&person(&bob), &offer(&sleep, &eve)).unwrap();
    let held = house.given(&house.bundle("Steps", &ann), &ann, &eve);
    house.hand_over(sleep.id, &eve).unwrap();
    assert_eq!(house.state(told.request.id), "cancelled");
    assert!(house.is_live(held.id), "what else they hold stays");
}

fn a_key_that_was_taken_back_takes_its_requests_along(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let app = house.app("app", None, &[Scope::Requests, Scope::ActAs]);
    house.file(&app, &ask(&sleep, &ann, &bob)).unwrap();
    house.deliver();
    let (_, approved) = house.redeem(&ann, &house.token_for("ann@example.org")).unwrap();
    let pending = house.file(&app, &ask(&sleep, &ann, &eve)).unwrap().0.request;
    house.deliver();
    let key = app.key.unwrap();
    house.write(move |tx| accounts::revoke_key(tx, &Caller::operator(), key)).unwrap();
    assert_eq!(word(house.redeem(&ann, &house.token_for("ann@example.org"))), "cancelled");
    assert_eq!(house.state(pending.id), "cancelled");
    assert!(house.is_live(approved.grant.id), "what was given stays given");
    assert_eq!(word(house.write(move |tx| accounts::revoke_key(tx, &Caller::operator(), key))), "not found");
}

fn a_key_that_ran_out_gives_nothing(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let app = house.app("app", None, &[Scope::Requests, Scope::ActAs]);
    house.pass(accounts::KEY_LASTS - chrono::TimeDelta::hours(1));
    let request = house.file(&app, &ask(&sleep, &ann, &bob)).unwrap().0.request;
    house.deliver();
    house.pass(chrono::TimeDelta::hours(1));
    assert_eq!(word(house.redeem(&ann, &house.token_for("ann@example.org"))), "forbidden");
    assert_eq!(house.state(request.id), "pending");
}

fn a_key_that_lost_a_scope_gives_nothing(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let app = house.app("app", None, &[Scope::Requests, Scope::ActAs]);
    house.file(&app, &ask(&sleep, &ann, &bob)).unwrap();
    house.deliver();
    house.sql("UPDATE api_keys SET scopes = 'requests'").unwrap();
    assert_eq!(word(house.redeem(&ann, &house.token_for("ann@example.org"))), "forbidden");
    let key = house.read(|tx| credentials::find_key(tx, app.key.unwrap())).unwrap().unwrap();
    assert!(!key.scopes.has(Scope::ActAs));
}

fn a_resharer_who_lost_the_right_gives_nothing(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let held = house.entitle(&sleep, &bob, Level::Edit);
    house.file(&person(&bob), &offer(&sleep, &eve)).unwrap();
    house.deliver();
    let token = house.token_for("eve@example.org");
    house.revoke(&person(&ann), held.id).unwrap();
    assert_eq!(word(house.redeem(&eve, &token)), "forbidden");
    // Given back, it can be accepted.
    house.entitle(&sleep, &bob, Level::Edit);
    assert_eq!(word(house.redeem(&eve, &token)), "ok");
}

fn a_resharer_whose_level_fell_gives_no_more_than_that(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let held = house.entitle(&sleep, &bob, Level::Edit);
    house.file(&person(&bob), &offer(&sleep, &eve)).unwrap();
    house.deliver();
    let token = house.token_for("eve@example.org");
    house.revoke(&person(&ann), held.id).unwrap();
    house.entitle(&sleep, &bob, Level::View);
    assert_eq!(word(house.redeem(&eve, &token)), "forbidden");
    let view = countersign::domain::Narrowing { level: Some(Level::View), ..Default::default() };
    assert_eq!(word(house.redeem_as(&person(&eve), &token, &view)), "ok");
}

fn a_resharer_who_left_the_group_gives_nothing(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let members = [bob.id];
    let group = house.write(move |tx| accounts::add_group(tx, &Caller::operator(), "Team", &members)).unwrap();
    house.entitle_with(&sleep, group.id.into(), Level::Edit, reshare::INTERNAL, None, &[]);
    house.file(&person(&bob), &offer(&sleep, &eve)).unwrap();
    house.deliver();
    house.sql("DELETE FROM group_members").unwrap();
    assert_eq!(word(house.redeem(&eve, &house.token_for("eve@example.org"))), "forbidden");
}

fn a_share_right_is_for_the_kind_of_people_it_names(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let out = house.add_user("out@example.net", |new| new.is_external = true);
    let sleep = house.bundle("Sleep data", &ann);
    house.entitle_with(&sleep, bob.id.into(), Level::Edit, reshare::PUBLIC | reshare::PUBLIC_LINK, None, &[]);
    assert_eq!(word(house.file(&person(&bob), &offer(&sleep, &eve))), "forbidden");
    house.entitle_with(&sleep, bob.id.into(), Level::Edit, reshare::INTERNAL, None, &[]);
    assert_eq!(word(house.file(&person(&bob), &offer(&sleep, &out))), "forbidden");
    assert_eq!(word(house.file(&person(&bob), &offer(&sleep, &eve))), "ok");
    house.entitle_with(&sleep, bob.id.into(), Level::Edit, reshare::EXTERNAL, None, &[]);
    assert_eq!(word(house.file(&person(&bob), &offer(&sleep, &out))), "ok");
}

fn nobody_offers_to_themselves(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    house.entitle(&sleep, &bob, Level::Edit);
    // What a group may do for now, none of its members makes their own for good.
    assert_eq!(word(house.file(&person(&bob), &offer(&sleep, &bob))), "user_allowed");
    assert_eq!(word(house.file(&person(&bob), &offer(&sleep, &ann))), "user_allowed");
}

fn an_admin_who_is_none_any_more_gives_nothing(house: &House) {
    let (ann, bob, admin) = (house.user("ann@example.org"), house.user("bob@example.org"), house.admin("root@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    house.file(&person(&admin), &ask(&sleep, &ann, &bob)).unwrap();
    house.deliver();
    let token = house.token_for("ann@example.org");
    house.sql("UPDATE users SET is_admin = FALSE").unwrap();
    assert_eq!(word(house.redeem(&ann, &token)), "forbidden");
}

fn an_initiator_who_was_removed_gives_nothing(house: &House) {
    let (ann, bob, eve) = (house.user("ann@example.org"), house.user("bob@example.org"), house.user("eve@example.org"));
    let admin = house.admin("root@example.org");
    let (sleep, coach) = (house.bundle("Sleep data", &ann), house.relationship("coach"));
    house.entitle(&sleep, &bob, Level::Edit);
    let filing = Filing { level: Some(Level::View), ..offer(&sleep, &eve) };
    let offered = house.file(&person(&bob), &filing).unwrap().0.request;
    let asked = house.file(&person(&admin), &ask(&coach, &ann, &eve)).unwrap().0.request;
    house.deliver();
    house.remove_user(&bob, None).unwrap();
    house.remove_user(&admin, None).unwrap();
    assert_eq!(word(house.redeem(&eve, &house.token_for("eve@example.org"))), "cancelled");
    assert_eq!(word(house.redeem(&ann, &house.token_for("ann@example.org"))), "cancelled");
    assert_eq!([house.state(offered.id), house.state(asked.id)], ["cancelled"; 2]);
}

fn an_administrator_who_is_none_any_more_does_not_finish_what_they_began(house: &House) {
    let (ann, root) = (house.user("ann@example.org"), house.admin("root@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    for number in 0..15 {
        let holder = house.user(&format!("p{number}@example.org"));
        house.entitle(&sleep, &holder, Level::View);
    }
    let task = Task::Revoke { user: ann.id.0, gave: true };
    let (caller, config) = (Caller::person(root.id, true, Credential::Session), house.config.clone());
    let by = caller.clone();
    house.write(move |tx| job::start(tx, &by, &task, Bounded::default())).unwrap();
    let step = || {
        let (caller, config) = (caller.clone(), config.clone());
        house.write(move |tx| job::step(tx, &caller, &config, Kind::Revoke, 10))
    };
    step().unwrap();
    let left = house.count("grants", "revoked_at IS NULL");
    assert_eq!(left, 5);
    house.sql(&format!("UPDATE users SET is_admin = false WHERE id = {}", root.id)).unwrap();
    assert_eq!(word(step()), "forbidden");
    assert_eq!(house.count("grants", "revoked_at IS NULL"), left);
    // Another goes on with it.
    let other = house.admin("other@example.org");
    let (caller, config) = (Caller::person(other.id, true, Credential::Session), house.config.clone());
    house.write(move |tx| job::step(tx, &caller, &config, Kind::Revoke, 10)).unwrap();
    assert_eq!(house.count("grants", "revoked_at IS NULL"), 0);
    // Nor does whoever was removed.
    let gone = Caller::person(other.id, true, Credential::Session);
    house.remove_user(&other, None).unwrap();
    let retention = house.config.retention.clone();
    assert_eq!(word(house.write(move |tx| purge::batch(tx, &gone, &retention, None, 10))), "forbidden");
}

fn a_key_that_was_revoked_purges_no_further(house: &House) {
    let root = house.admin("root@example.org");
    let key = house.app("Cleaner", Some(&root), &[Scope::Admin]);
    let batch = || {
        let (key, retention) = (key.clone(), house.config.retention.clone());
        house.write(move |tx| purge::batch(tx, &key, &retention, None, 10))
    };
    assert_eq!(word(batch()), "ok");
    let id = key.key.unwrap();
    house.write(move |tx| accounts::revoke_key(tx, &Caller::operator(), id)).unwrap();
    assert_eq!(word(batch()), "forbidden");
}
