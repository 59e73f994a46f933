//! What people and things are called: one rule for all emails, on both databases. The PostgreSQL of the tests has the locale
//! C, whose `lower` knows ASCII only, as SQLite's does.

mod keys;
mod nul;
mod people;
mod things;
