//! All tests, in one binary: it links once, and what tests share (a PostgreSQL cluster, a mail server) starts once.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod api;
mod attacks;
mod browser;
mod cli;
mod clients;
mod daemon;
mod faults;
mod hardening;
mod mail;
mod names;
mod pages;
mod properties;
mod simulation;
mod store;
mod structure;
mod support;
mod workflow;
