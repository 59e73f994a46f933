//! The store: its transactions, its schema, its audit.

mod access;
mod audit;
mod before;
mod commands;
mod engine;
pub(crate) mod schema;
mod shares;
mod tls;
pub(crate) mod upgrade;
