//! The transports of emails: SMTP, a folder, or a mailbox in memory. Each sender has its own connection and gets the outcome of
//! each email.

use super::capture::Mailbox;
use super::file::Folder;
use super::message::{Mail, Sender};
use super::outcome::{Outcome, TransportError};
use super::smtp::client::{self, Smtp};
use crate::clock::Clock;
use crate::config::{self, TransportKind};

/// The configured transport. Clones share the mailbox.
#[derive(Clone, Debug)]
pub enum Transport {
    /// A mail server.
    Smtp(Smtp),
    /// A folder.
    File(Folder),
    /// A mailbox in memory.
    Capture(Mailbox),
}

impl Transport {
    /// Opens the configured transport, and checks everything possible without the network. `captured_letters` is
    /// `limits.captured_letters`.
    pub fn from_config(mail: &config::Mail, captured_letters: usize, clock: Clock) -> Result<Self, TransportError> {
        let sender = Sender::parse(&mail.from)?;
        Ok(match mail.transport {
            TransportKind::Smtp => Self::Smtp(Smtp::new(&mail.smtp, &sender)?),
            TransportKind::File => Self::File(Folder::open(&mail.directory)?),
            TransportKind::Capture => Self::Capture(Mailbox::new(captured_letters, clock)),
        })
    }

    /// A connection for one sender; SMTP connects with the first email.
    pub fn connection(&self) -> Connection {
        match self {
            Self::Smtp(smtp) => Connection::Smtp(smtp.connection()),
            Self::File(folder) => Connection::File(folder.clone()),
            Self::Capture(mailbox) => Connection::Capture(mailbox.clone()),
        }
    }

    /// The mailbox, if the transport is one.
    pub fn mailbox(&self) -> Option<&Mailbox> {
        match self {
            Self::Capture(mailbox) => Some(mailbox),
            Self::Smtp(_) | Self::File(_) => None,
        }
    }
}

/// The connection of one sender.
#[derive(Debug)]
pub enum Connection {
    /// To the mail server.
    Smtp(client::Connection),
    /// To the folder.
    File(Folder),
    /// To the mailbox.
    Capture(Mailbox),
}

impl Connection {
    /// Sends an email to its recipient within `mail.smtp.timeout`, and returns the outcome.
    pub async fn send(&mut self, mail: &Mail) -> Outcome {
        match self {
            Self::Smtp(connection) => connection.send(mail).await,
            Self::File(folder) => folder.send(mail).await,
            Self::Capture(mailbox) => mailbox.keep(mail),
        }
    }

    /// Whether an open connection to a server can be reused.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Smtp(connection) if connection.is_open())
    }

    /// Ends the connection; SMTP sends QUIT.
    pub async fn close(self) {
        if let Self::Smtp(connection) = self {
            connection.close().await;
        }
    }
}
