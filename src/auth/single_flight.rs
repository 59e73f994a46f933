//! One verification for all who present the same credential at the same moment.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::AuthError;
use super::sign_in_cache::Remembered;

/// What came of a verification, for all who wait for it.
#[derive(Clone)]
pub(super) struct Landed(pub(super) Arc<Result<Remembered, AuthError>>);

type Flight = watch::Receiver<Option<Landed>>;

/// The verifications that are under way, by what is presented.
#[derive(Clone, Default)]
pub(super) struct Flights(Arc<Mutex<HashMap<[u8; 32], Flight>>>);

/// What somebody who presents a credential does.
pub(super) enum Boarded {
    /// Waits for the verification that is under way.
    Follows(Flight),
    /// Verifies it for all.
    Leads(Lead),
    /// It was verified meanwhile.
    Known(Remembered),
}

/// A verification under way. Whoever waits is told when it lands, or, where it never does, when this is dropped.
pub(super) struct Lead {
    flights: Flights,
    pair: [u8; 32],
    send: watch::Sender<Option<Landed>>,
}

impl Lead {
    /// Tells all who wait, and who comes until this is dropped.
    pub(super) fn land(self, result: Result<Remembered, AuthError>) {
        // Who joins from now on until this is off the list has the result at once.
        self.send.send_replace(Some(Landed(Arc::new(result))));
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        self.flights.lock().remove(&self.pair);
    }
}

impl Flights {
    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Flight>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins the verification of this pair, or begins one. `known` is asked where there is none: one that landed a moment ago is
    /// remembered before it is taken off the list.
    pub(super) fn board(&self, pair: [u8; 32], known: impl FnOnce() -> Option<Remembered>) -> Boarded {
        let mut flights = self.lock();
        if let Some(flight) = flights.get(&pair) {
            return Boarded::Follows(flight.clone());
        }
        if let Some(known) = known() {
            return Boarded::Known(known);
        }
        let (send, receive) = watch::channel(None);
        flights.insert(pair, receive);
        Boarded::Leads(Lead { flights: self.clone(), pair, send })
    }
}
