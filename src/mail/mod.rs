//! The only room that speaks SMTP: a letter's bytes ([`message`]) and the ways it leaves the house ([`transport`]).

pub mod capture;
pub mod file;
pub mod message;
pub mod smtp;
mod tls;
pub mod transport;
mod verdict;

pub use capture::{Captured, Mailbox};
pub use message::{Mail, Sender};
pub use transport::{Outcome, Problem, Transport, TransportError};
