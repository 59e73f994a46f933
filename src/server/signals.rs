//! SIGTERM and SIGINT. Handlers are installed before anything starts, since the HTTP server installs its own later and a signal
//! in between would end the process in the middle of its work.

use std::sync::Arc;

use actix_web::dev::ServerHandle;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::StartError;
use crate::http::wait::Waits;

pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    pub(super) fn listen() -> Result<Self, StartError> {
        let hear = |kind| signal(kind).map_err(|e| StartError::Server(format!("signals cannot be heard: {e}")));
        Ok(Self { terminate: hear(SignalKind::terminate())?, interrupt: hear(SignalKind::interrupt())? })
    }

    /// Stops the server at a signal: on SIGTERM it finishes accepted requests, on SIGINT (Ctrl-C) it ends at once.
    /// Calls that wait for a change are answered at once.
    pub(super) async fn stop(mut self, server: ServerHandle, waits: Arc<Waits>) {
        let is_graceful = tokio::select! {
            _ = self.terminate.recv() => true,
            _ = self.interrupt.recv() => false,
        };
        super::systemd::stopping();
        tracing::info!(is_graceful, "stopping");
        waits.stop();
        server.stop(is_graceful).await;
    }
}
