//! Requests to a daemon on this machine.

use std::time::Duration;

use ureq::Agent;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Follows no redirect and uses no proxy. A status is no error.
pub(super) fn agent() -> Agent {
    let config = Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false).max_redirects(0).proxy(None);
    config.max_redirects_will_error(false).build().new_agent()
}
