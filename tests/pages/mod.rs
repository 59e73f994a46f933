//! The pages in a browser without scripts. Folders and files mirror the URLs.

pub(crate) mod admin;
pub(crate) mod browser;
mod forms;
mod inbox;
pub(crate) mod instance;
mod language;
mod links;
mod mailbox;
mod nowhere;
mod previews;
mod redeem;
mod renew;
mod scanners;
mod sessions;
mod sign_in;
mod states;
