//! The outcome of sending an email, the same for all transports, by which the outbox decides the next step.

use std::fmt;
use std::path::PathBuf;

use super::message::{BadSender, Unwritable};
use crate::domain::ReplyCode;

/// The outcome of sending an email.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The next server accepted it and is responsible for it.
    Delivered {
        /// The server's reply, sanitized for display.
        response: String,
    },
    /// Certainly not accepted; try again later.
    Deferred(Problem),
    /// Not accepted, independently of the email: the mail server was unreachable, or deferred before it knew the email.
    Away(Problem),
    /// Certainly not accepted, and permanent for this email and reader.
    Refused(Problem),
    /// Unknown: the connection ended between the end of the message and its reply. Try again with the same Message-ID.
    Ambiguous(Problem),
    /// Certainly not accepted: our settings are wrong, and no email can be sent until they are changed.
    Misconfigured(Problem),
}

impl Outcome {
    /// The problem, if there is one.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Delivered { .. } => None,
            Self::Deferred(problem)
            | Self::Away(problem)
            | Self::Refused(problem)
            | Self::Ambiguous(problem)
            | Self::Misconfigured(problem) => Some(problem),
        }
    }
}

impl From<Unwritable> for Outcome {
    fn from(problem: Unwritable) -> Self {
        Self::Refused(Problem::new(problem.to_string()))
    }
}

/// Why an email was not sent, safe to store, log and show: no link, token, body or password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The codes of the mail server's reply, if there was one.
    pub code: Option<ReplyCode>,
    /// The event and, if known, the solution.
    pub text: String,
}

impl Problem {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { code: None, text: text.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(reply) => write!(f, "{} {}", reply.code, self.text),
            None => f.write_str(&self.text),
        }
    }
}

/// Why the transport cannot work, found before the first email.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    #[error(transparent)]
    Sender(#[from] BadSender),
    /// The server's name is invalid.
    #[error("mail.smtp.host {0:?} is neither a host name nor an address")]
    Host(String),
    /// TLS is switched off for a remote server.
    #[error(
        "mail.smtp.tls = \"none\" is for a mail server on this machine only, and {0:?} is not; use \"starttls\" or \"implicit\""
    )]
    Clear(String),
    /// The certificate of the authority is unusable.
    #[error("mail.smtp.ca_file {path} is no PEM file with a certificate: {reason}", path = path.display())]
    Authority { path: PathBuf, reason: String },
    /// The machine has no certificate authorities.
    #[error("this machine has no certificates of authorities ({0}); install them (ca-certificates) or set mail.smtp.ca_file")]
    NoAuthorities(String),
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
    #[error("mail.smtp.password_file {path} has no password in its first line: {reason}", path = path.display())]
    Password { path: PathBuf, reason: String },
    /// The folder of the transport `file` is unusable.
    #[error("mail.directory {path} cannot be used: {reason}", path = path.display())]
    Directory {
        path: PathBuf,
        /// The system's error.
        reason: String,
    },
}
