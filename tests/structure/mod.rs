//! Tests of the source itself: the order of the layers, import cycles, the two migration folders, the dependencies, the settings,
//! and that what the documents name exists.

mod config;
mod cycles;
mod dependencies;
mod deploy;
mod docs;
mod isolation;
mod layers;
mod levels;
mod migrations;
mod queries;
