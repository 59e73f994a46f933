//! What became of an email, and why: one answer for every way out, so that the outbox knows what to do next.

use std::fmt;
use std::path::PathBuf;

use super::message::{BadSender, Unwritable};
use crate::domain::ReplyCode;

/// What became of an email.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The next server has it and answers for it.
    Delivered {
        /// What that server said, fit to be shown.
        response: String,
    },
    /// Not now: try again later. It was certainly not taken.
    Deferred(Problem),
    /// Not now, whichever email: the mail server was not reached, or said to come back later before it heard of one.
    Away(Problem),
    /// Never: this email, to this reader. It was certainly not taken.
    Refused(Problem),
    /// Nobody can know: the connection ended between the last dot and its answer. Try again with the same Message-ID.
    Ambiguous(Problem),
    /// Our own set-up: no email will leave until somebody changes something. It was certainly not taken.
    Misconfigured(Problem),
}

impl Outcome {
    /// What went wrong, if anything did.
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

/// Why an email did not leave, fit to be stored, logged and shown: no link, no token, no body, no password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The codes of the mail server's reply, where it gave one.
    pub code: Option<ReplyCode>,
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
        match &self.code {
            Some(reply) => write!(f, "{} {}", reply.code, self.text),
            None => f.write_str(&self.text),
        }
    }
}

/// Why there is no way for emails to leave, found before the first one.
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
