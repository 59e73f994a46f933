//! What holds the house together: the order of the rooms, the two migration folders, the dependencies, the settings.

mod config;
mod dependencies;
mod migrations;
mod pages;
mod queries;
mod rooms;
