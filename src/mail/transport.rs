//! How a letter leaves the house: over SMTP, into a folder, or into a mailbox in memory. One way in for all three, and one
//! answer: what became of it, and hence what the outbox does next.

use std::fmt;
use std::path::PathBuf;

use crate::clock::Clock;
use crate::config::{self, TransportKind};
use crate::mail::capture::Mailbox;
use crate::mail::file::Folder;
use crate::mail::message::{BadSender, Mail, Sender, Unwritable};
use crate::mail::smtp::Smtp;

/// What became of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The next server has it and answers for it.
    Delivered {
        /// What that server said, fit to be shown.
        response: String,
    },
    /// Not now: try again later. It was certainly not taken.
    Deferred(Problem),
    /// Never: this letter, to this reader. It was certainly not taken.
    Refused(Problem),
    /// Nobody can know: the connection ended between the last dot and its answer. Try again with the same Message-ID.
    Ambiguous(Problem),
    /// Our own set-up: no letter will leave until somebody changes something. It was certainly not taken.
    Misconfigured(Problem),
}

impl Outcome {
    /// What went wrong, if anything did.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Delivered { .. } => None,
            Self::Deferred(problem) | Self::Refused(problem) | Self::Ambiguous(problem) | Self::Misconfigured(problem) => {
                Some(problem)
            }
        }
    }
}

impl From<Unwritable> for Outcome {
    fn from(problem: Unwritable) -> Self {
        Self::Refused(Problem::new(problem.to_string()))
    }
}

/// Why a letter did not leave, fit to be stored, logged and shown: no link, no token, no body, no password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The mail server's reply code, where it gave one.
    pub code: Option<u16>,
    /// What happened and, where it is known, what to do.
    pub text: String,
}

impl Problem {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { code: None, text: text.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(f, "{code} {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

/// Why there is no way for letters to leave, found before the first one.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The sender.
    #[error(transparent)]
    Sender(#[from] BadSender),
    /// The server's name.
    #[error("mail.smtp.host {0:?} is neither a host name nor an address")]
    Host(String),
    /// TLS switched off for a server elsewhere.
    #[error(
        "mail.smtp.tls = \"none\" is for a mail server on this machine only, and {0:?} is not; use \"starttls\" or \"implicit\""
    )]
    Clear(String),
    /// The authority's certificate.
    #[error("mail.smtp.ca_file {path} is no PEM file with a certificate: {reason}", path = path.display())]
    Authority {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The machine knows no authority.
    #[error("this machine has no certificates of authorities ({0}); install them (ca-certificates) or set mail.smtp.ca_file")]
    NoAuthorities(String),
    /// The TLS library.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
    /// The password.
    #[error("mail.smtp.password_file {path} has no password in its first line: {reason}", path = path.display())]
    Password {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The folder of the transport `file`.
    #[error("mail.directory {path} cannot be used: {reason}", path = path.display())]
    Directory {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
}

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

    /// Sends one letter to its one reader and says what became of it. It ends within `mail.smtp.timeout` of having a
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
