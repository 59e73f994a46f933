//! The use cases, on both databases.

mod adding;
mod again;
mod apps;
mod authority;
mod blocking;
mod clock;
mod deciding;
mod ending;
mod filing;
mod idempotency;
mod less;
mod notices;
mod policy;
mod purge;
pub(crate) mod races;
mod reminding;
mod renewing;
mod sharing;
mod terms;
