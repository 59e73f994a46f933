//! Names of people and things: one rule for all scripts, on both databases. The tests' PostgreSQL has the locale C, whose
//! `lower` knows only ASCII, like SQLite's.

mod keys;
mod nul;
mod people;
mod things;
