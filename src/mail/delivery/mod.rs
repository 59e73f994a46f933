//! The outbox worker: claims emails with a lease, composes them, sends them and records the outcomes.

mod backoff;
mod compose;
mod context;
mod grant_emails;
mod lease;
mod limiter;
mod record;
pub mod worker;
