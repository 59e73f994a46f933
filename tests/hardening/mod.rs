//! Attacks and races that must have no effect.

mod answers;
mod bounded;
mod giving;
mod limits;
mod links;
mod sign_in;
mod taking_away;

use std::sync::mpsc;
use std::time::Duration;

use countersign::store::Tx;
use countersign::workflow::WorkflowError;

use crate::support::fixture::Fixture;

/// Runs `second` while `first` has written and not committed yet. Returns both results.
fn overlapping<A, B>(
    fixture: &Fixture,
    mut first: impl FnMut(&mut Tx<'_>) -> Result<A, WorkflowError> + Send + 'static,
    second: impl FnOnce() -> B,
) -> (Result<A, WorkflowError>, B)
where
    A: Send + 'static,
{
    let (done, is_done) = mpsc::channel();
    let other = fixture.clone();
    std::thread::scope(|scope| {
        let thread = scope.spawn(move || {
            other.write(move |tx| {
                let result = first(tx);
                let _ = done.send(());
                std::thread::park_timeout(Duration::from_millis(300));
                result
            })
        });
        let _ = is_done.recv();
        let second = second();
        (thread.join().unwrap(), second)
    })
}
