//! The same Idempotency-Key while the first answer is on its way.

use countersign::domain::{Caller, Narrowing};
use countersign::store::Tx;
use countersign::workflow::Refusal;
use countersign::workflow::idempotency::{Answer, Once, once};
use countersign::workflow::requests::decide;

use super::overlapping;
use crate::support::house::{House, on_both, person};

on_both![a_yes_sent_twice_at_once_is_answered_twice_alike];

fn redeem(tx: &mut Tx<'_>, caller: &Caller, token: &str, kept: &Once) -> Result<Answer, Refusal> {
    once(tx, Some(kept), |tx| {
        let (told, _) = decide::redeem(tx, caller, token, &Narrowing::default())?;
        Ok(Answer { status: 200, location: None, body: told.request.id.to_string(), is_replay: false })
    })
}

fn a_yes_sent_twice_at_once_is_answered_twice_alike(house: &House) {
    let (ann, bob) = (house.user("ann@example.org"), house.user("bob@example.org"));
    let sleep = house.bundle("Sleep data", &ann);
    let (_, token) = house.asked_by_mail(&sleep, &ann, &bob);
    let caller = person(&ann);
    let kept = Once::new(&caller, "k-1", "PUT", "/x", b"", house.config.retention.idempotency.delta()).unwrap();
    let again = (caller.clone(), token.clone(), kept.clone());
    let (first, second) = overlapping(
        house,
        move |tx| redeem(tx, &caller, &token, &kept),
        || house.write(move |tx| redeem(tx, &again.0, &again.1, &again.2)),
    );
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!((first.is_replay, second.is_replay), (false, true));
    assert_eq!((first.status, first.body), (second.status, second.body));
    assert_eq!(house.count("grants", "revoked_at IS NULL"), 1);
}
