//! What holds the house together: the order of the rooms, the two migration folders, the dependencies, the settings, and that
//! what the documents name is there.

mod config;
mod dependencies;
mod deploy;
mod docs;
mod levels;
mod migrations;
mod pages;
mod queries;
mod rooms;
