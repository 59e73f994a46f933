//! The APIs over real HTTP. Folders and files are the URLs'.

mod filr;
mod hexoskin;
mod openapi;
