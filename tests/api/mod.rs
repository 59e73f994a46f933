//! The APIs over real HTTP. Folders and files mirror the URLs.

mod authzen;
mod below;
pub(crate) mod eluvio;
mod filr;
mod hexoskin;
mod openapi;
mod sas;
mod walls;
