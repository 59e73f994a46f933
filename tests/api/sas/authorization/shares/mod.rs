//! `/authorization/shares`.

mod delete;
mod filter;
mod get;
mod list;
mod post;
mod put;
