//! The only room that speaks SMTP: what letters say ([`letters`]), a letter's bytes ([`message`]), the worker that takes
//! them from the outbox ([`outbox`]) and the ways they leave the house ([`transport`]).

mod body;
pub mod capture;
pub mod file;
pub mod letters;
pub mod message;
pub mod outbox;
pub mod outcome;
mod parcel;
pub mod smtp;
pub mod text;
mod tls;
pub mod transport;
mod verdict;

pub use capture::{Captured, Mailbox};
pub use message::{Mail, Sender};
pub use outcome::{Outcome, Problem, TransportError};
pub use transport::Transport;
