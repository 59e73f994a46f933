//! How an email leaves the instance: over SMTP, into a folder, or into a mailbox in memory. One way in for all three, and one
//! answer: what became of it, and hence what the outbox does next.

use super::capture::Mailbox;
use super::file::Folder;
use super::message::{Mail, Sender};
use super::outcome::{Outcome, TransportError};
use super::smtp::client::Smtp;
use crate::clock::Clock;
use crate::config::{self, TransportKind};

/// The one way out. Clones share connections and mailbox.
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
            TransportKind::Smtp => Self::Smtp(Smtp::new(&mail.smtp, mail.connections, &sender)?),
            TransportKind::File => Self::File(Folder::open(&mail.directory)?),
            TransportKind::Capture => Self::Capture(Mailbox::new(captured_letters, clock)),
        })
    }

    /// Sends one email to its one reader and says what became of it. It ends within `mail.smtp.timeout` of having a
    /// connection to itself.
    pub async fn send(&self, mail: &Mail) -> Outcome {
        match self {
            Self::Smtp(smtp) => smtp.send(mail).await,
            Self::File(folder) => folder.send(mail).await,
            Self::Capture(mailbox) => mailbox.keep(mail),
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
