//! How an email leaves the instance: over SMTP, into a folder, or into a mailbox in memory. Each sender has a connection of its
//! own, and learns the outcome of each email, which decides what the outbox does next.

use super::capture::Mailbox;
use super::file::Folder;
use super::message::{Mail, Sender};
use super::outcome::{Outcome, TransportError};
use super::smtp::client::{self, Smtp};
use crate::clock::Clock;
use crate::config::{self, TransportKind};

/// The one way out. Clones share the mailbox.
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
    /// The transport that the configuration names, with everything checked that can be checked without the network.
    /// `captured_letters` is `limits.captured_letters`.
    pub fn from_config(mail: &config::Mail, captured_letters: usize, clock: Clock) -> Result<Self, TransportError> {
        let sender = Sender::parse(&mail.from)?;
        Ok(match mail.transport {
            TransportKind::Smtp => Self::Smtp(Smtp::new(&mail.smtp, &sender)?),
            TransportKind::File => Self::File(Folder::open(&mail.directory)?),
            TransportKind::Capture => Self::Capture(Mailbox::new(captured_letters, clock)),
        })
    }

    /// A connection for one sender, which reaches the mail server with its first email.
    pub fn connection(&self) -> Connection {
        match self {
            Self::Smtp(smtp) => Connection::Smtp(smtp.connection()),
            Self::File(folder) => Connection::File(folder.clone()),
            Self::Capture(mailbox) => Connection::Capture(mailbox.clone()),
        }
    }

    /// The mailbox, where there is one.
    pub fn mailbox(&self) -> Option<&Mailbox> {
        match self {
            Self::Capture(mailbox) => Some(mailbox),
            Self::Smtp(_) | Self::File(_) => None,
        }
    }
}

/// One sender's way out.
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
    /// Sends one email to its one reader, within `mail.smtp.timeout`, and says what became of it.
    pub async fn send(&mut self, mail: &Mail) -> Outcome {
        match self {
            Self::Smtp(connection) => connection.send(mail).await,
            Self::File(folder) => folder.send(mail).await,
            Self::Capture(mailbox) => mailbox.keep(mail),
        }
    }

    /// Whether it holds a connection to a server, which is worth keeping for the next email.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Smtp(connection) if connection.is_open())
    }

    /// Ends it in the server's own way.
    pub async fn close(self) {
        if let Self::Smtp(connection) = self {
            connection.close().await;
        }
    }
}
