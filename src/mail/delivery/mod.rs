//! The outbox worker: claims emails under a lease, composes them, sends them and records how that ended.

mod backoff;
mod compose;
mod context;
mod grant_emails;
mod lease;
mod limiter;
mod record;
mod summary;
pub mod worker;
