//! Many at once: a decision falls at most once, a pending request is one, a budget is not overdrawn, and what is taken
//! away meanwhile is not given.

use std::sync::Barrier;

use chrono::TimeDelta;
use countersign::domain::{Caller, Level, RequestId, Scope, UserRef};
use countersign::workflow::accounts;
use countersign::workflow::shares::With;

use super::sharing;
use crate::support::house::{House, Kind, ask, offer, on_both, person, word};

on_both![
    of_sixty_four_redeems_at_once_one_decides,
    of_approvals_declines_and_withdrawals_at_once_one_decides,
    the_same_filed_by_many_at_once_is_one_request,
    a_budget_is_not_overdrawn_by_many_at_once,
    a_mail_domain_is_not_overdrawn_by_many_at_once,
    letters_to_many_from_many_at_once_are_counted_and_all_go,
    many_resends_at_once_are_one_letter,
    a_stranger_named_by_many_at_once_is_one_user,
    what_is_taken_away_while_it_is_given_is_gone,
];

/// Runs all of them at the same moment; what each answered.
pub(super) fn at_once<T: Send>(count: usize, deed: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(count);
    std::thread::scope(|scope| {
        let (start, deed) = (&start, &deed);
        let threads = (0..count).map(|number| {
            scope.spawn(move || {
                start.wait();
                deed(number)
            })
        });
        threads.collect::<Vec<_>>().into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn of_sixty_four_redeems_at_once_one_decides(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (request, _) = house.asked_by_mail(&sleep, &ann, &bob);
    house.pass(TimeDelta::minutes(10));
    house.resend(&person(&bob), request.id).unwrap();
    house.deliver();
    let tokens = house.tokens_for("ann@example.org");
    assert_eq!(tokens.len(), 2);
    // Two daemons, as far as the database allows them.
    let houses = if house.kind() == Kind::Postgres { vec![house.clone(), house.with("")] } else { vec![house.clone()] };
    let words = at_once(64, |number| word(houses[number % houses.len()].redeem(&ann, &tokens[number / 2 % 2])));
    assert_eq!(words.iter().filter(|word| **word == "ok").count(), 1, "{words:?}");
    assert_eq!(words.iter().filter(|word| **word == "approved").count(), 63, "{words:?}");
    assert_eq!(house.count("grants", "revoked_at IS NULL"), 1);
    assert_eq!(house.count("audit", "event = 'request.approved'"), 1);
}

fn of_approvals_declines_and_withdrawals_at_once_one_decides(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let coach = house.relationship("coach");
    let (request, token) = house.asked_by_mail(&coach, &ann, &bob);
    let words = at_once(12, |number| match number % 3 {
        0 => word(house.redeem(&ann, &token)),
        1 => word(house.decline(&ann, &token, None)),
        _ => word(house.delete(&person(&bob), request.id)),
    });
    assert_eq!(words.iter().filter(|word| **word == "ok").count(), 1, "{words:?}");
    assert_eq!(house.count("grants", "1 = 1"), usize::from(house.state(request.id) == "approved"));
    let events = ["request.approved", "request.declined", "request.withdrawn"];
    assert_eq!(events.iter().map(|event| house.count("audit", &format!("event = '{event}'"))).sum::<usize>(), 1);
}

fn the_same_filed_by_many_at_once_is_one_request(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let filed = at_once(16, |_| house.file(&person(&bob), &ask(&sleep, &ann, &bob)).unwrap());
    assert_eq!(filed.iter().filter(|(_, is_new)| *is_new).count(), 1);
    assert!(filed.iter().all(|(told, _)| told.request.id == filed[0].0.request.id));
    assert_eq!(house.letters(), [("decide", "queued")]);
}

fn a_budget_is_not_overdrawn_by_many_at_once(house: &House) {
    let ann = house.user("ann@example.org");
    let coach = house.relationship("coach");
    let house = house.with("[limits]\ntarget_letters_in_all = 3");
    let askers: Vec<_> = (0..16).map(|number| house.user(&format!("asker{number}@example.org"))).collect();
    let words = at_once(16, |number| word(house.file(&person(&askers[number]), &ask(&coach, &ann, &askers[number]))));
    assert_eq!(words.iter().filter(|word| **word == "ok").count(), 3, "{words:?}");
    assert_eq!(house.letters().len(), 3);
    // Of one asker, too.
    let bob = house.user("bob@example.org");
    let bundles: Vec<_> = (0..8).map(|number| house.relationship(&format!("coach {number}"))).collect();
    let eve = house.user("eve@example.org");
    let words = at_once(8, |number| word(house.file(&person(&bob), &ask(&bundles[number], &eve, &bob))));
    assert_eq!(words.iter().filter(|word| **word == "ok").count(), 3, "{words:?}");
}

fn a_mail_domain_is_not_overdrawn_by_many_at_once(house: &House) {
    const FEW: &str = "[limits]\ndomain_hourly = 5";
    let coach = house.relationship("coach");
    let people: Vec<_> = (0..32).map(|number| house.user(&format!("p{number}@example.org"))).collect();
    // Two daemons, as far as the database allows them.
    let houses = if house.kind() == Kind::Postgres { vec![house.with(FEW), house.with(FEW)] } else { vec![house.with(FEW)] };
    let words = at_once(16, |number| {
        let (target, asker) = (&people[number], &people[16 + number]);
        word(houses[number % houses.len()].file(&person(asker), &ask(&coach, target, asker)))
    });
    assert_eq!(words.iter().filter(|word| **word == "ok").count(), 5, "{words:?}");
    assert_eq!(words.iter().filter(|word| **word == "too many").count(), 11, "{words:?}");
    assert_eq!(house.letters().len(), 5);
}

/// Some share with groups over several domains, while others ask the same people one by one.
fn letters_to_many_from_many_at_once_are_counted_and_all_go(house: &House) {
    const ROOMY: &str = "[limits]\ntarget_letters = 100\ninitiator_hourly = 100";
    let house = house.with(ROOMY);
    let people: Vec<_> = (0..12).map(|number| house.user(&format!("p{number}@d{}.example.org", number * 5 % 4))).collect();
    let givers: Vec<_> = (0..4).map(|number| house.user(&format!("giver{number}@example.org"))).collect();
    let coach = house.relationship("coach");
    let houses = if house.kind() == Kind::Postgres { vec![house.clone(), house.with(ROOMY)] } else { vec![house.clone()] };
    for (number, giver) in givers.iter().enumerate() {
        sharing::resource(&house, &format!("/files/{number}"), giver);
        let members: Vec<_> = people.iter().skip(number).step_by(number % 2 + 1).collect();
        sharing::group(&house, &format!("Group {number}"), &members);
    }
    let words = at_once(12, |number| {
        let (giver, house) = (&givers[number % 4], &houses[number % houses.len()]);
        if number < 4 {
            let new = sharing::of(&format!("/files/{number}"), With::Group(format!("Group {number}")));
            return word(sharing::share_as(house, &person(giver), &new));
        }
        word(house.file(&person(giver), &ask(&coach, &people[number], giver)))
    });
    assert_eq!(words, ["ok"; 12]);
    let (told, asked) = (house.count("outbox", "kind = 'shared'"), house.count("outbox", "kind = 'decide'"));
    assert_eq!((told, asked), (12 + 6 + 10 + 5, 8));
    // Each letter is 3.6 seconds of its domain's hour.
    let until = "SELECT CAST(sum(full_at) AS TEXT) AS value FROM budgets WHERE kind = 'domain_hour'";
    let until: i64 = house.texts(until)[0].parse().unwrap();
    assert_eq!(until - 4 * house.now().timestamp_micros(), (12 + 6 + 10 + 5 + 8) * 3_600_000);
}

fn many_resends_at_once_are_one_letter(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let request = house.asked(&sleep, &ann, &bob);
    house.pass(TimeDelta::minutes(10));
    let words = at_once(16, |_| word(house.resend(&person(&bob), request.id)));
    assert_eq!(words.iter().filter(|word| **word == "ok").count(), 1, "{words:?}");
    assert_eq!((house.letters().len(), house.request(request.id).letters), (2, 2));
}

fn a_stranger_named_by_many_at_once_is_one_user(house: &House) {
    use countersign::workflow::requests::file::Filing;
    let coach = house.relationship("coach");
    let askers: Vec<_> = (0..8).map(|number| house.user(&format!("asker{number}@example.org"))).collect();
    let new = UserRef::Address(crate::support::house::address("new@example.net"));
    let house = house.with("[limits]\ntarget_letters = 0");
    let filed = at_once(8, |number| {
        let asker = &askers[number];
        house.file(&person(asker), &Filing { target: new.clone(), ..ask(&coach, asker, asker) }).unwrap().0.target.id
    });
    assert!(filed.iter().all(|id| *id == filed[0]), "{filed:?}");
}

/// Round after round, a yes runs against something that takes away what it rests on. Whoever wins, afterwards nothing
/// lives that hangs on what is gone.
fn what_is_taken_away_while_it_is_given_is_gone(house: &House) {
    let house = &house.with("[limits]\ntarget_letters = 0\ninitiator_hourly = 0\ninitiator_daily = 0\ndomain_hourly = 0");
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    for round in 0..6 {
        let eve = house.user(&format!("eve{round}@example.org"));
        let heir = house.user(&format!("heir{round}@example.org"));
        let sleep = house.bundle(&format!("Sleep {round}"), &ann);
        let held = house.entitle(&sleep, &bob, Level::Edit);
        let child = house.file(&person(&bob), &offer(&sleep, &eve)).unwrap().0.request;
        let asked = |caller: &Caller, target, allowed, bundle| -> RequestId {
            house.file(caller, &ask(bundle, target, allowed)).unwrap().0.request.id
        };
        let steps = house.bundle(&format!("Steps {round}"), &ann);
        let declined = asked(&person(&eve), &ann, &eve, &steps);
        house.delete(&person(&ann), declined).unwrap();
        let moved = house.bundle(&format!("Moved {round}"), &ann);
        let handed = asked(&person(&eve), &ann, &eve, &moved);
        let app = house.app("app", None, &[Scope::Requests, Scope::ActAs]);
        let joe = house.user(&format!("joe{round}@example.org"));
        let filed = asked(&app, &ann, &joe, &moved);
        let (key, steps_id, moved_id) = (app.key.unwrap(), steps.id, moved.id);
        let words = at_once(8, |number| match number {
            0 => word(house.approve(&eve, child.id)),
            1 => word(house.revoke(&person(&ann), held.id)),
            2 => word(house.approve(&ann, declined)),
            3 => word(house.write(move |tx| accounts::remove_bundle(tx, &Caller::operator(), steps_id))),
            4 => word(house.approve(&ann, handed)),
            5 => word(house.hand_over(moved_id, &heir)),
            6 => word(house.approve(&ann, filed)),
            _ => word(house.write(move |tx| accounts::revoke_key(tx, &Caller::operator(), key))),
        });
        assert_eq!([words[1], words[3], words[5], words[7]], ["ok"; 4], "{words:?}");
        let orphans = "parent_id IN (SELECT id FROM grants WHERE revoked_at IS NOT NULL) AND revoked_at IS NULL";
        assert_eq!(house.count("grants", orphans), 0, "{words:?}");
        let homeless = "bundle_id IN (SELECT id FROM bundles WHERE deleted_at IS NOT NULL) AND revoked_at IS NULL";
        assert_eq!(house.count("grants", homeless), 0, "{words:?}");
        let strangers = format!("bundle_id = {moved_id} AND grantor_id <> {} AND revoked_at IS NULL", heir.id);
        assert_eq!(house.count("grants", &strangers), 0, "{words:?}");
        assert_eq!(house.state(filed), if words[6] == "ok" { "approved" } else { "cancelled" }, "{words:?}");
    }
}
