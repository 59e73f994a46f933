//! `health`: whether the daemon on this machine is ready, for people and for health checks of containers, whose images have
//! neither a shell nor curl.

use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use ureq::Agent;

use super::say;
use crate::config::Config;
use crate::server::reachable;

pub(super) fn run(config: &Config) -> anyhow::Result<()> {
    let address = reachable(config.server.listen);
    let answer = agent().get(format!("http://{address}/readyz")).call().map_err(|error| match error {
        ureq::Error::Protocol(_) | ureq::Error::Http(_) => anyhow!("what answers is no HTTP server"),
        other => other.into(),
    });
    let mut answer = answer.with_context(|| format!("no daemon answers on {address} (server.listen)"))?;
    let (status, body) = (answer.status(), answer.body_mut().read_to_string()?);
    if status != 200 {
        bail!("the daemon on {address} is not ready ({}): {body}", status.as_u16());
    }
    say(&body)
}

/// The time limit of a call.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Follows no redirect and uses no proxy. An error status is not an `Err`.
pub(super) fn agent() -> Agent {
    let config = Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false).max_redirects(0).proxy(None);
    config.max_redirects_will_error(false).build().new_agent()
}
