//! The lists and actions of administrators. Lists show everything and change nothing. Every action is an operation that the
//! APIs and the command line also use, for one object or for many in steps.

pub mod history;
pub mod job;
pub mod lists;
pub mod overview;
pub mod search;
