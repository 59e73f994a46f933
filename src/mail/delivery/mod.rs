//! The outbox worker: claims emails under a lease, composes them, sends them and records how that ended.

mod backoff;
mod compose;
mod composer;
mod context;
mod domain_queue;
mod grant_emails;
mod lease;
mod record;
mod restraint;
mod summary;
mod together;
pub mod worker;
