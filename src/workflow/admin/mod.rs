//! What administrators look at and do. Looking shows everything and changes nothing; every act is the operation that the APIs and
//! the command line tell too, one at a time or many in steps.

pub mod history;
pub mod job;
pub mod letters;
pub mod lists;
pub mod overview;
pub mod search;
