//! The stories, one transaction a function: no HTTP, no SQL. Every API, page and command tells the same ones.

pub mod account;
pub mod again;
pub mod authority;
pub mod block;
mod budget;
pub mod decide;
pub mod directory;
pub mod ending;
pub mod idempotency;
pub mod inbox;
pub mod link;
pub mod policy;
pub mod purge;
pub mod request;
pub mod resend;
pub mod share;
pub mod told;
pub mod withdraw;
pub mod wording;

mod refusal;

pub use refusal::{Closed, Refusal, What};
