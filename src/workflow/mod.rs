//! The stories, one transaction a function: no HTTP, no SQL. Every API, page and command tells the same ones.

pub mod access;
pub mod account;
pub mod admin;
pub mod again;
pub mod authority;
pub mod block;
mod budget;
pub mod decide;
pub mod directory;
pub mod ending;
pub mod idempotency;
pub mod identity;
pub mod import;
pub mod inbox;
pub mod link;
pub mod notice;
pub mod policy;
pub mod purge;
pub mod remind;
pub mod renew;
pub mod request;
pub mod resend;
pub mod seen;
pub mod share;
pub mod summary;
mod terms;
pub mod told;
pub mod withdraw;
pub mod wording;

mod refusal;

pub use refusal::{Closed, Refusal, What};
