//! A repeated Idempotency-Key while the first answer is on its way.

use countersign::domain::{ApprovalLimits, Caller};
use countersign::store::Tx;
use countersign::workflow::WorkflowError;
use countersign::workflow::idempotency::{Answer, Once, once};
use countersign::workflow::requests::decide;

use super::overlapping;
use crate::support::fixture::{Fixture, on_both, person};

on_both![two_identical_concurrent_approvals_get_the_same_answer];

fn redeem(tx: &mut Tx<'_>, caller: &Caller, token: &str, kept: &Once) -> Result<Answer, WorkflowError> {
    once(tx, Some(kept), |tx| {
        let (view, _) = decide::redeem(tx, caller, token, &ApprovalLimits::default())?;
        Ok(Answer { status: 200, location: None, body: view.request.id.to_string(), is_replay: false })
    })
}

fn two_identical_concurrent_approvals_get_the_same_answer(fixture: &Fixture) {
    let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
    let sleep = fixture.bundle("Sleep data", &ann);
    let (_, token) = fixture.asked_by_mail(&sleep, &ann, &bob);
    let caller = person(&ann);
    let kept = Once::new(&caller, "k-1", "PUT", "/x", b"", fixture.config.retention.idempotency.delta()).unwrap();
    let again = (caller.clone(), token.clone(), kept.clone());
    let (first, second) = overlapping(
        fixture,
        move |tx| redeem(tx, &caller, &token, &kept),
        || fixture.write(move |tx| redeem(tx, &again.0, &again.1, &again.2)),
    );
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!((first.is_replay, second.is_replay), (false, true));
    assert_eq!((first.status, first.body), (second.status, second.body));
    assert_eq!(fixture.count("grants", "revoked_at IS NULL"), 1);
}
