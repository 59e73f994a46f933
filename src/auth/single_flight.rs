//! One verification for all who present the same credential at the same moment.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::AuthError;
use super::sign_in_cache::CachedSignIn;

/// What came of a verification, for all who wait for it.
#[derive(Clone)]
pub(super) struct Landed(pub(super) Arc<Result<CachedSignIn, AuthError>>);

type Flight = watch::Receiver<Option<Landed>>;

/// The verifications that are under way, by what is presented.
#[derive(Clone, Default)]
pub(super) struct SingleFlight(Arc<Mutex<HashMap<[u8; 32], Flight>>>);

/// What somebody who presents a credential does.
pub(super) enum Joined {
    /// Waits for the verification that is under way.
    Follows(Flight),
    /// Verifies it for all.
    Leads(Lead),
    /// It was verified meanwhile.
    Known(CachedSignIn),
}

/// A verification under way. Whoever waits is told when it lands, or, where it never does, when this is dropped.
pub(super) struct Lead {
    flights: SingleFlight,
    pair: [u8; 32],
    send: watch::Sender<Option<Landed>>,
}

impl Lead {
    /// Tells all who wait, and who comes until this is dropped.
    pub(super) fn land(self, result: Result<CachedSignIn, AuthError>) {
        // Who joins from now on until this is off the list has the result at once.
        self.send.send_replace(Some(Landed(Arc::new(result))));
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        self.flights.lock().remove(&self.pair);
    }
}

impl SingleFlight {
    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Flight>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins the verification of this pair, or begins one. `known` is asked where there is none: one that landed a moment ago is
    /// remembered before it is taken off the list.
    pub(super) fn board(&self, pair: [u8; 32], known: impl FnOnce() -> Option<CachedSignIn>) -> Joined {
        let mut flights = self.lock();
        if let Some(flight) = flights.get(&pair) {
            return Joined::Follows(flight.clone());
        }
        if let Some(known) = known() {
            return Joined::Known(known);
        }
        let (send, receive) = watch::channel(None);
        flights.insert(pair, receive);
        Joined::Leads(Lead { flights: self.clone(), pair, send })
    }
}
