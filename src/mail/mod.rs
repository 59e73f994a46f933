//! The only module with SMTP: the contents of emails ([`emails`]), their bytes ([`message`]), the outbox worker ([`delivery`]),
//! and the destinations ([`transport`]).

pub mod delivery;
pub mod emails;
pub mod message;
pub mod outcome;
pub mod sanitize;
mod smtp;
mod transfer_encoding;
pub mod transport;

pub use self::message::{Mail, Sender};
pub use self::outcome::{Outcome, Problem, TransportError};
pub use self::transport::Transport;
pub use transport::{Captured, Mailbox};
