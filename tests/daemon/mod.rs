//! The binary itself, several of it, killed and starved: what only real processes can show.

mod budgets;
mod connections;
mod crash;
mod examples;
mod listening;
mod lists;
mod mail_down;
mod metrics;
mod race;
mod service;
mod several;
pub(crate) mod stage;
