//! Countersign lets people and apps request access, which the right person approves or declines by email.
//!
//! The modules in order. A module imports only those above it (`tests/structure` checks this):
//!
//! - [`config`], [`clock`], [`random`]: settings, the time and random bytes, all passed in.
//! - [`secret`], [`secret_file`], [`key_file`], [`certificates`]: secrets, the files they come from, and certificates.
//! - [`failpoints`]: points at which tests kill a daemon, in the tests' build only.
//! - [`i18n`]: the reader's language and calendar, for emails and pages.
//! - [`domain`]: the concepts, without I/O.
//! - [`store`]: the only module that speaks SQL.
//! - [`mail`]: the only module that speaks SMTP: emails, the outbox worker, the transports.
//! - [`workflow`]: the use cases, one transaction a function.
//! - [`auth`]: who calls. Every credential ends in one `Caller`.
//! - [`http`]: what all APIs and pages share.
//! - [`api`]: the APIs, one folder each.
//! - [`pages`]: the pages for people.
//! - [`jobs`]: background jobs.
//! - [`server`]: the application, the same one for the daemon and for every test.
//! - [`cli`]: the command line, one file a command.

pub mod api;
pub mod auth;
pub mod certificates;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod failpoints;
pub mod http;
pub mod i18n;
pub mod jobs;
pub mod key_file;
pub mod mail;
pub mod pages;
pub mod random;
pub mod secret;
pub mod secret_file;
pub mod server;
pub mod store;
pub mod theme;
pub mod workflow;
