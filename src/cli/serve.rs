//! `serve`: the daemon.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use anyhow::Context;
use tokio::runtime::Runtime;

use super::{database, remark, say};
use crate::clock::Clock;
use crate::config::{Config, TransportKind, is_local};
use crate::random::Rng;
use crate::server;
use crate::store;

/// Advice if the system refuses to start a thread.
const ALLOW_THREADS: &str = "see how many threads the system and the service manager allow";

/// How long threads may take to end at the stop.
const LINGERS: Duration = Duration::from_secs(1);

pub(super) fn run(config: Config) -> anyhow::Result<()> {
    database::check_url(&config.database.url)?;
    if let Some(warning) = store::connection_warning(&config.database.url) {
        remark(&warning);
    }
    let runtime = runtime()?;
    let serving = server::run(config, Clock::default(), Rng::default(), |app, address| {
        // A closed standard output must not stop the daemon.
        let _ = say(&format!("countersign listens on http://{address}"));
        match app.config.mail.transport {
            TransportKind::Capture if !is_here(&app.config) => {
                let url = &app.config.server.public_url;
                remark(&format!(
                    "no email is sent and nobody sees them: links in them start with {url}, so the page /mailbox is closed; set \
                     mail.transport to smtp or file"
                ));
            }
            TransportKind::Capture => {
                let _ = say(&format!("emails are not sent but shown at http://{address}/mailbox"));
            }
            TransportKind::File => {
                let folder = &app.config.mail.directory;
                let folder = folder.canonicalize().unwrap_or_else(|_| folder.clone());
                let _ = say(&format!("emails are not sent but written into {}", folder.display()));
            }
            TransportKind::Smtp => {}
        }
        if let Some(doubt) = doubt(&app.config, address) {
            remark(&doubt);
        }
    });
    // The HTTP server panics if the system refuses one of its threads.
    let ended = catch_unwind(AssertUnwindSafe(|| runtime.block_on(serving)));
    // Threads that hang in a silent database are abandoned, since nobody waits for their answers.
    runtime.shutdown_timeout(LINGERS);
    let Ok(ended) = ended else {
        anyhow::bail!("the daemon panicked at the place that the log names; if it was starting, {ALLOW_THREADS}");
    };
    Ok(ended?)
}

pub(super) fn runtime() -> anyhow::Result<Runtime> {
    // It panics if a thread is refused; the log has the place.
    let built = catch_unwind(Runtime::new).unwrap_or_else(|_| Err(std::io::ErrorKind::WouldBlock.into()));
    built.with_context(|| format!("the threads of the daemon could not be started: {ALLOW_THREADS}"))
}

/// Whether links lead to this machine.
fn is_here(config: &Config) -> bool {
    config.server.public_url.host_str().is_some_and(is_local)
}

/// A warning if links start with this machine's address but another port, where another program may listen.
fn doubt(config: &Config, address: SocketAddr) -> Option<String> {
    let url = &config.server.public_url;
    (is_here(config) && url.port_or_known_default() != Some(address.port())).then(|| {
        format!("the links in emails start with {url}, but this daemon listens on {address}; set server.public_url to what browsers reach it by")
    })
}
