//! SIGTERM and SIGINT. They are listened for before anything starts: the HTTP server's own way begins later, and a signal
//! in between would end the process with work half done.

use actix_web::dev::ServerHandle;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::StartError;

pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    pub(super) fn listen() -> Result<Self, StartError> {
        let hear = |kind| signal(kind).map_err(|e| StartError::Server(format!("signals cannot be heard: {e}")));
        Ok(Self { terminate: hear(SignalKind::terminate())?, interrupt: hear(SignalKind::interrupt())? })
    }

    /// Stops the server when one comes: on SIGTERM it finishes what it accepted, on SIGINT (Ctrl-C) it ends at once.
    pub(super) async fn stop(mut self, server: ServerHandle) {
        let is_graceful = tokio::select! {
            _ = self.terminate.recv() => true,
            _ = self.interrupt.recv() => false,
        };
        super::systemd::stopping();
        tracing::info!(is_graceful, "stopping");
        server.stop(is_graceful).await;
    }
}
