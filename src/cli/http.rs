//! Requests to a daemon on this machine.

use std::time::Duration;

use ureq::Agent;

/// The time limit of a call.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Follows no redirect and uses no proxy. An error status is not an `Err`.
pub(super) fn agent() -> Agent {
    let config = Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false).max_redirects(0).proxy(None);
    config.max_redirects_will_error(false).build().new_agent()
}
