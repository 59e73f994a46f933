//! The APIs over real HTTP. Folders and files are the URLs'.

mod authzen;
mod hexoskin;
mod openapi;
