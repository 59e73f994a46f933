//! Letters: what they say, and (the only room that speaks SMTP) how they leave.

pub mod language;
pub mod letters;
pub mod text;
