//! The store: its transactions, its schema, its audit.

mod access;
mod audit;
mod engine;
mod schema;
mod shares;
mod together;
mod upgrade;
