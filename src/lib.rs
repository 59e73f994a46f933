//! Countersign lets people ask for access and lets the right person say yes by mail.
//!
//! The rooms, in order; a room sees only those above it (`tests/structure` holds it to that):
//!
//! - [`config`], [`clock`], [`token`]: settings, the time and the chance, all passed in.
//! - [`domain`]: what we talk about.
//! - [`mail`]: letters as bytes, and the ways they leave.

pub mod clock;
pub mod config;
pub mod domain;
pub mod mail;
pub mod token;
