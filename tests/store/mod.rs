//! The store: its transactions, its schema, its audit.

mod access;
mod audit;
mod before;
mod engine;
mod replica;
mod schema;
mod shares;
mod together;
mod upgrade;
