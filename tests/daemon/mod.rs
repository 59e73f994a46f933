//! The binary itself, in one or several processes, killed and starved.

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
