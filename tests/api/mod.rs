//! The APIs over real HTTP. Folders and files are the URLs'.

mod eluvio;
mod hexoskin;
mod openapi;
