//! Concurrency: one decision, one pending request, no overdrawn budget, and no access from data that is removed meanwhile.

use std::sync::Barrier;

use chrono::TimeDelta;
use countersign::domain::{Caller, Level, RequestId, Scope, UserRef};
use countersign::workflow::accounts;
use countersign::workflow::shares::With;

use super::sharing;
use crate::support::fixture::{Fixture, Kind, ask, offer, on_both, person, word};

on_both![
    of_sixty_four_redeems_at_once_one_decides,
    of_approvals_declines_and_withdrawals_at_once_one_decides,
    the_same_filed_by_many_at_once_is_one_request,
    a_budget_is_not_overdrawn_by_concurrent_requests,
    a_mail_domains_budget_is_not_overdrawn_by_concurrent_requests,
    concurrent_emails_of_many_people_are_all_counted_and_sent,
    concurrent_resends_are_one_email,
    concurrent_requests_for_an_unknown_address_add_one_user,
    an_approval_concurrent_with_a_removal_leaves_no_access,
];

/// Runs all of them at the same moment. Returns their results.
pub(crate) fn at_once<T: Send>(count: usize, operation: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(count);
    std::thread::scope(|scope| {
        let (start, operation) = (&start, &operation);
        let threads = (0..count).map(|number| {
            scope.spawn(move || {
                start.wait();
                operation(number)
            })
        });
        threads.collect::<Vec<_>>().into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn of_sixty_four_redeems_at_once_one_decides(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (request, _) = fixture.asked_by_mail(&sleep, &ann, &bob);
    fixture.pass(TimeDelta::minutes(10));
    fixture.resend(&person(&bob), request.id).unwrap();
    fixture.deliver();
    let tokens = fixture.tokens_for("ann@example.org");
    assert_eq!(tokens.len(), 2);
    // Two daemons, if the database permits.
    let instances =
        if fixture.kind() == Kind::Postgres { vec![fixture.clone(), fixture.with("")] } else { vec![fixture.clone()] };
    let words = at_once(64, |number| word(instances[number % instances.len()].redeem(&ann, &tokens[number / 2 % 2])));
    assert_eq!(words.iter().filter(|word| **word == "ok").count(), 1, "{words:?}");
    assert_eq!(words.iter().filter(|word| **word == "approved").count(), 63, "{words:?}");
    assert_eq!(fixture.count("grants", "revoked_at IS NULL"), 1);
    assert_eq!(fixture.count("audit", "event = 'request.approved'"), 1);
}

fn of_approvals_declines_and_withdrawals_at_once_one_decides(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let coach = fixture.relationship("coach");
    let (request, token) = fixture.asked_by_mail(&coach, &ann, &bob);
    let words = at_once(12, |number| match number % 3 {
        0 => word(fixture.redeem(&ann, &token)),
        1 => word(fixture.decline(&ann, &token, None)),
        _ => word(fixture.delete(&person(&bob), request.id)),
    });
    assert_eq!(words.iter().filter(|word| **word == "ok").count(), 1, "{words:?}");
    assert_eq!(fixture.count("grants", "1 = 1"), usize::from(fixture.state(request.id) == "approved"));
    let events = ["request.approved", "request.declined", "request.withdrawn"];
    assert_eq!(events.iter().map(|event| fixture.count("audit", &format!("event = '{event}'"))).sum::<usize>(), 1);
}

fn the_same_filed_by_many_at_once_is_one_request(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let filed = at_once(16, |_| fixture.file(&person(&bob), &ask(&sleep, &ann, &bob)).unwrap());
    assert_eq!(filed.iter().filter(|(_, is_new)| *is_new).count(), 1);
    assert!(filed.iter().all(|(notified, _)| notified.request.id == filed[0].0.request.id));
    assert_eq!(fixture.emails(), [("decide", "queued")]);
}

fn a_budget_is_not_overdrawn_by_concurrent_requests(fixture: &Fixture) {
    let ann = fixture.user("ann@example.org");
    let coach = fixture.relationship("coach");
    let fixture = fixture.with("[limits]\ntarget_letters_in_all = 3");
    let requesters: Vec<_> = (0..16).map(|number| fixture.user(&format!("asker{number}@example.org"))).collect();
    let words = at_once(16, |number| word(fixture.file(&person(&requesters[number]), &ask(&coach, &ann, &requesters[number]))));
    assert_eq!(words.iter().filter(|word| **word == "ok").count(), 3, "{words:?}");
    assert_eq!(fixture.emails().len(), 3);
    // Of one requester, too.
    let bob = fixture.user("bob@example.org");
    let bundles: Vec<_> = (0..8).map(|number| fixture.relationship(&format!("coach {number}"))).collect();
    let eve = fixture.user("eve@example.org");
    let words = at_once(8, |number| word(fixture.file(&person(&bob), &ask(&bundles[number], &eve, &bob))));
    assert_eq!(words.iter().filter(|word| **word == "ok").count(), 3, "{words:?}");
}

fn a_mail_domains_budget_is_not_overdrawn_by_concurrent_requests(fixture: &Fixture) {
    const FEW: &str = "[limits]\ndomain_hourly = 5";
    let coach = fixture.relationship("coach");
    let people: Vec<_> = (0..32).map(|number| fixture.user(&format!("p{number}@example.org"))).collect();
    // Two daemons, if the database permits.
    let instances =
        if fixture.kind() == Kind::Postgres { vec![fixture.with(FEW), fixture.with(FEW)] } else { vec![fixture.with(FEW)] };
    let words = at_once(16, |number| {
        let (target, requester) = (&people[number], &people[16 + number]);
        word(instances[number % instances.len()].file(&person(requester), &ask(&coach, target, requester)))
    });
    assert_eq!(words.iter().filter(|word| **word == "ok").count(), 5, "{words:?}");
    assert_eq!(words.iter().filter(|word| **word == "too many").count(), 11, "{words:?}");
    assert_eq!(fixture.emails().len(), 5);
}

/// Some share with groups over several domains, while others request from the same people one by one.
fn concurrent_emails_of_many_people_are_all_counted_and_sent(fixture: &Fixture) {
    const ROOMY: &str = "[limits]\ntarget_letters = 100\ninitiator_hourly = 100";
    let fixture = fixture.with(ROOMY);
    let people: Vec<_> = (0..12).map(|number| fixture.user(&format!("p{number}@d{}.example.org", number * 5 % 4))).collect();
    let givers: Vec<_> = (0..4).map(|number| fixture.user(&format!("giver{number}@example.org"))).collect();
    let coach = fixture.relationship("coach");
    let instances =
        if fixture.kind() == Kind::Postgres { vec![fixture.clone(), fixture.with(ROOMY)] } else { vec![fixture.clone()] };
    for (number, giver) in givers.iter().enumerate() {
        sharing::resource(&fixture, &format!("/files/{number}"), giver);
        let members: Vec<_> = people.iter().skip(number).step_by(number % 2 + 1).collect();
        sharing::group(&fixture, &format!("Group {number}"), &members);
    }
    let words = at_once(12, |number| {
        let (giver, fixture) = (&givers[number % 4], &instances[number % instances.len()]);
        if number < 4 {
            let new = sharing::of(&format!("/files/{number}"), With::Group(format!("Group {number}")));
            return word(sharing::share_as(fixture, &person(giver), &new));
        }
        word(fixture.file(&person(giver), &ask(&coach, &people[number], giver)))
    });
    assert_eq!(words, ["ok"; 12]);
    let (notified, asked) = (fixture.count("outbox", "kind = 'shared'"), fixture.count("outbox", "kind = 'decide'"));
    assert_eq!((notified, asked), (12 + 6 + 10 + 5, 8));
    // Each email is 3.6 seconds of its domain's hour.
    let until = "SELECT CAST(sum(full_at) AS TEXT) AS value FROM budgets WHERE kind = 'domain_hour'";
    let until: i64 = fixture.texts(until)[0].parse().unwrap();
    assert_eq!(until - 4 * fixture.now().timestamp_micros(), (12 + 6 + 10 + 5 + 8) * 3_600_000);
}

fn concurrent_resends_are_one_email(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let request = fixture.asked(&sleep, &ann, &bob);
    fixture.pass(TimeDelta::minutes(10));
    let words = at_once(16, |_| word(fixture.resend(&person(&bob), request.id)));
    assert_eq!(words.iter().filter(|word| **word == "ok").count(), 1, "{words:?}");
    assert_eq!((fixture.emails().len(), fixture.request(request.id).letters), (2, 2));
}

fn concurrent_requests_for_an_unknown_address_add_one_user(fixture: &Fixture) {
    use countersign::workflow::requests::file::Filing;
    let coach = fixture.relationship("coach");
    let requesters: Vec<_> = (0..8).map(|number| fixture.user(&format!("asker{number}@example.org"))).collect();
    let new = UserRef::Address(crate::support::fixture::address("new@example.net"));
    let fixture = fixture.with("[limits]\ntarget_letters = 0");
    let filed = at_once(8, |number| {
        let requester = &requesters[number];
        fixture
            .file(&person(requester), &Filing { target: new.clone(), ..ask(&coach, requester, requester) })
            .unwrap()
            .0
            .target
            .id
    });
    assert!(filed.iter().all(|id| *id == filed[0]), "{filed:?}");
}

/// In each round an approval runs concurrently with the removal of its basis. Whichever is first, afterwards there is no live
/// grant without its basis.
fn an_approval_concurrent_with_a_removal_leaves_no_access(fixture: &Fixture) {
    let fixture = &fixture.with("[limits]\ntarget_letters = 0\ninitiator_hourly = 0\ninitiator_daily = 0\ndomain_hourly = 0");
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    for round in 0..6 {
        let eve = fixture.user(&format!("eve{round}@example.org"));
        let heir = fixture.user(&format!("heir{round}@example.org"));
        let sleep = fixture.bundle(&format!("Sleep {round}"), &ann);
        let held = fixture.entitle(&sleep, &bob, Level::Edit);
        let child = fixture.file(&person(&bob), &offer(&sleep, &eve)).unwrap().0.request;
        let asked = |caller: &Caller, target, allowed, bundle| -> RequestId {
            fixture.file(caller, &ask(bundle, target, allowed)).unwrap().0.request.id
        };
        let steps = fixture.bundle(&format!("Steps {round}"), &ann);
        let declined = asked(&person(&eve), &ann, &eve, &steps);
        fixture.delete(&person(&ann), declined).unwrap();
        let moved = fixture.bundle(&format!("Moved {round}"), &ann);
        let handed = asked(&person(&eve), &ann, &eve, &moved);
        let app = fixture.app("app", None, &[Scope::Requests, Scope::ActAs]);
        let joe = fixture.user(&format!("joe{round}@example.org"));
        let filed = asked(&app, &ann, &joe, &moved);
        let (key, steps_id, moved_id) = (app.key.unwrap(), steps.id, moved.id);
        let words = at_once(8, |number| match number {
            0 => word(fixture.approve(&eve, child.id)),
            1 => word(fixture.revoke(&person(&ann), held.id)),
            2 => word(fixture.approve(&ann, declined)),
            3 => word(fixture.write(move |tx| accounts::remove_bundle(tx, &Caller::operator(), steps_id))),
            4 => word(fixture.approve(&ann, handed)),
            5 => word(fixture.hand_over(moved_id, &heir)),
            6 => word(fixture.approve(&ann, filed)),
            _ => word(fixture.write(move |tx| accounts::revoke_key(tx, &Caller::operator(), key))),
        });
        assert_eq!([words[1], words[3], words[5], words[7]], ["ok"; 4], "{words:?}");
        let orphans = "parent_id IN (SELECT id FROM grants WHERE revoked_at IS NOT NULL) AND revoked_at IS NULL";
        assert_eq!(fixture.count("grants", orphans), 0, "{words:?}");
        let homeless = "bundle_id IN (SELECT id FROM bundles WHERE deleted_at IS NOT NULL) AND revoked_at IS NULL";
        assert_eq!(fixture.count("grants", homeless), 0, "{words:?}");
        let strangers = format!("bundle_id = {moved_id} AND grantor_id <> {} AND revoked_at IS NULL", heir.id);
        assert_eq!(fixture.count("grants", &strangers), 0, "{words:?}");
        assert_eq!(fixture.state(filed), if words[6] == "ok" { "approved" } else { "cancelled" }, "{words:?}");
    }
}
