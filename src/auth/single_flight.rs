//! One verification for all who present the same credential at the same moment.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::AuthError;
use super::sign_in_cache::CachedSignIn;

/// The result of a verification, for all who wait for it.
#[derive(Clone)]
pub(super) struct Landed(pub(super) Arc<Result<CachedSignIn, AuthError>>);

type Flight = watch::Receiver<Option<Landed>>;

/// The verifications in progress, by the presented credential.
#[derive(Clone, Default)]
pub(super) struct SingleFlight(Arc<Mutex<HashMap<[u8; 32], Flight>>>);

/// How a caller takes part in a verification.
pub(super) enum Joined {
    /// Waits for the verification in progress.
    Follows(Flight),
    /// Verifies it for all.
    Leads(Lead),
    /// It was verified meanwhile.
    Known(CachedSignIn),
}

/// A verification in progress. Waiting callers get its result, or an error if it is dropped without one.
pub(super) struct Lead {
    flights: SingleFlight,
    pair: [u8; 32],
    send: watch::Sender<Option<Landed>>,
}

impl Lead {
    /// Sends the result to all who wait, and to all who join until this is dropped.
    pub(super) fn land(self, result: Result<CachedSignIn, AuthError>) {
        // A caller who joins from now on, until this is off the list, gets the result at once.
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

    /// Joins the verification of this pair, or starts one. `known` is consulted if there is none, since a result is cached
    /// before its verification leaves the list.
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
