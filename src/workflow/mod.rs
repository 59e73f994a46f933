//! The operations, each a function in one transaction, without HTTP and SQL. All APIs, pages and commands use them.

pub mod access;
pub mod account_changes;
pub mod accounts;
pub mod admin;
pub mod authority;
pub mod blocks;
pub mod daily_summary;
pub mod directory;
pub mod expiry_notices;
pub mod idempotency;
pub mod identity;
pub mod import;
pub mod inbox;
pub mod policy;
pub mod purge;
pub mod requests;
pub mod shares;
mod throttle;
pub mod validate;
pub mod visible_users;

mod error;
mod reasons;

pub use self::error::{Closed, What, WorkflowError};
pub use self::reasons::{WhyForbidden, WhyInvalid, WhyTooMany};
