//! Countersign lets people ask for access and lets the right person say yes by mail.
//!
//! The rooms, in order; a room sees only those above it (`tests/structure` holds it to that):
//!
//! - [`config`], [`clock`], [`token`]: settings, the time and the chance, all passed in.
//! - [`certificates`]: those of authorities, and what to do about one that is refused.
//! - [`crash`]: where tests kill a daemon; nothing in any build but theirs.
//! - [`language`]: the reader's language and calendar, for letters and for pages.
//! - [`domain`]: what we talk about.
//! - [`store`]: the only room that speaks SQL.
//! - [`mail`]: the only room that speaks SMTP: letters, the outbox's worker, the ways out.
//! - [`workflow`]: the stories, one transaction a function.
//! - [`auth`]: who asks; every credential ends in one `Caller`.
//! - [`api`]: the machine side, a folder an API.
//! - [`pages`]: the human side.
//! - [`jobs`]: what runs beside requests.
//! - [`server`]: the one application, used by the daemon and by every test.
//! - [`cli`]: the command line, a file a command.

pub mod api;
pub mod auth;
pub mod certificates;
pub mod cli;
pub mod clock;
pub mod config;
pub mod crash;
pub mod domain;
pub mod jobs;
pub mod language;
pub mod mail;
pub mod pages;
pub mod server;
pub mod store;
pub mod token;
pub mod workflow;
