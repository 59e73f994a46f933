//! The process and its supervisor: SIGTERM and SIGINT, and `sd_notify`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use sd_notify::NotifyState;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::StartError;
use crate::http::wait::Waits;

/// The schema is current and the address listens, so every connection from now on is answered.
pub(super) fn ready(address: SocketAddr) {
    notify(&[NotifyState::Ready, NotifyState::Status(&format!("listening on {address}"))]);
}

/// No new connections; accepted requests are finished.
pub(super) fn stopping() {
    notify(&[NotifyState::Stopping, NotifyState::Status("finishing what was accepted")]);
}

/// Reports being alive at half of the service manager's interval, as long as `/healthz` answers over HTTP. So a worker that
/// hangs is noticed, and a database that is down does not cause a restart.
pub(super) async fn watchdog(address: SocketAddr) {
    let Some(patience) = sd_notify::watchdog_enabled().filter(|patience| !patience.is_zero()) else { return };
    let mut turns = tokio::time::interval(patience / 2);
    loop {
        turns.tick().await;
        if answers(address, patience / 2).await {
            notify(&[NotifyState::Watchdog]);
        } else {
            tracing::error!(%address, "we do not answer ourselves; if that lasts, the service manager restarts us");
        }
    }
}

async fn answers(address: SocketAddr, patience: Duration) -> bool {
    const OK: &[u8] = b"HTTP/1.1 200";
    let ask = async {
        let address = reachable(address);
        let mut stream = TcpStream::connect(address).await?;
        let request = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut head = [0; OK.len()];
        stream.read_exact(&mut head).await?;
        Ok::<_, std::io::Error>(head == OK)
    };
    matches!(tokio::time::timeout(patience, ask).await, Ok(Ok(true)))
}

/// An address at which a listener can be reached: `0.0.0.0` stands for every address and cannot be connected to.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    SocketAddr::new(ip, address.port())
}

fn notify(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}

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
        stopping();
        tracing::info!(is_graceful, "stopping");
        waits.stop();
        server.stop(is_graceful).await;
    }
}
