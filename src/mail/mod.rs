//! The only module that speaks SMTP: what emails say ([`emails`]), an email's bytes ([`message`]), the worker that sends the
//! outbox ([`delivery`]), and where it sends to ([`transport`]).

mod body;
pub mod capture;
pub mod delivery;
pub mod emails;
pub mod file;
pub mod message;
pub mod outcome;
pub mod sanitize;
mod smtp;
pub mod transport;

pub use self::capture::{Captured, Mailbox};
pub use self::message::{Mail, Sender};
pub use self::outcome::{Outcome, Problem, TransportError};
pub use self::transport::Transport;
