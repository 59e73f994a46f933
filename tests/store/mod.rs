//! The store: its transactions, its schema, its audit.

mod access;
mod audit;
mod before;
mod engine;
pub(crate) mod schema;
mod shares;
mod tls;
mod together;
pub(crate) mod upgrade;
