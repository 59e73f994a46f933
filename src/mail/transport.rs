//! The transports of emails: SMTP, a folder of files, or a mailbox in memory. Each sender has its own connection and gets the
//! outcome of each email.

use std::collections::VecDeque;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt, fs, io};

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::watch;
use zeroize::Zeroizing;

use super::message::{Mail, Sender};
use super::outcome::{Outcome, Problem, TransportError};
use super::sanitize::for_subject;
use super::smtp::client::{self, Smtp};
use crate::clock::Clock;
use crate::config::{self, TransportKind};

/// The configured transport. Clones share the mailbox.
#[derive(Clone, Debug)]
pub enum Transport {
    /// A mail server.
    Smtp(Smtp),
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
    File(Folder),
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

/// The folder.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Opens the folder, and creates it for its owner only if it does not exist.
    pub fn open(path: &Path) -> Result<Self, TransportError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|e| TransportError::Directory { path: path.to_owned(), reason: e.to_string() })?;
        Ok(Self(path.to_owned()))
    }

    /// Writes `<Message-ID without its brackets>.eml`. The same email replaces its file.
    pub async fn send(&self, mail: &Mail) -> Outcome {
        let bytes = match mail.rendered() {
            Ok(bytes) => bytes,
            Err(problem) => return problem.into(),
        };
        let (folder, name) = (self.0.clone(), file_name(&mail.message_id));
        let written = tokio::task::spawn_blocking(move || write(&folder, &name, &bytes).map(|()| name)).await;
        match written.unwrap_or_else(|e| Err(io::Error::other(e))) {
            Ok(name) => Outcome::Delivered { response: format!("written to {name}") },
            Err(e) => {
                let problem = Problem::new(format!("the email could not be written to mail.directory: {e}"));
                match e.kind() {
                    io::ErrorKind::PermissionDenied | io::ErrorKind::NotFound | io::ErrorKind::ReadOnlyFilesystem => {
                        Outcome::Misconfigured(problem)
                    }
                    _ => Outcome::Deferred(problem),
                }
            }
        }
    }
}

fn write(folder: &Path, name: &str, bytes: &Zeroizing<Vec<u8>>) -> io::Result<()> {
    let temporary = folder.join(format!(".{name}.tmp"));
    // Left over from a crash; two workers never have the same lease.
    match fs::remove_file(&temporary) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&temporary, folder.join(name)));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written?;
    File::open(folder)?.sync_all()
}

fn file_name(message_id: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@') { c } else { '_' };
    let name: String = message_id.trim_matches(['<', '>']).chars().map(safe).collect();
    format!("{}.eml", name.trim_start_matches('.'))
}

/// An email, as `/mailbox.json` shows it.
#[derive(Clone, Serialize)]
pub struct Captured {
    /// A number, counted from 1 in this process.
    pub id: u64,
    /// The recipient's address.
    pub to: String,
    /// `Name <address>`.
    pub from: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub received_at: DateTime<Utc>,
}

impl fmt::Debug for Captured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Captured").field("id", &self.id).field("received_at", &self.received_at).finish_non_exhaustive()
    }
}

/// A mailbox. Clones share it.
#[derive(Clone)]
pub struct Mailbox {
    emails: Arc<Mutex<Emails>>,
    count: watch::Sender<u64>,
    most: usize,
    clock: Clock,
}

#[derive(Default)]
struct Emails {
    newest_first: VecDeque<Captured>,
    count: u64,
}

impl Mailbox {
    /// A mailbox of the last `most` emails.
    pub fn new(most: usize, clock: Clock) -> Self {
        Self { emails: Arc::default(), count: watch::Sender::default(), most, clock }
    }

    /// Stores an email; an email that is not valid as mail is refused.
    pub fn keep(&self, mail: &Mail) -> Outcome {
        if let Err(problem) = mail.rendered() {
            return problem.into();
        }
        let mut emails = self.emails.lock().unwrap_or_else(PoisonError::into_inner);
        emails.count += 1;
        let captured = Captured {
            id: emails.count,
            to: mail.to.to_string(),
            from: mail.from.to_string(),
            subject: for_subject(&mail.subject),
            text: mail.text.to_string(),
            html: mail.html.to_string(),
            received_at: self.clock.now(),
        };
        emails.newest_first.push_front(captured);
        emails.newest_first.truncate(self.most);
        self.count.send_replace(emails.count);
        Outcome::Delivered { response: format!("captured as {}", emails.count) }
    }

    /// The number of emails that ever arrived, to wait for the next.
    pub fn arrivals(&self) -> watch::Receiver<u64> {
        self.count.subscribe()
    }

    /// The stored emails, newest first.
    pub fn list(&self) -> Vec<Captured> {
        self.emails.lock().unwrap_or_else(PoisonError::into_inner).newest_first.iter().cloned().collect()
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").field("most", &self.most).finish_non_exhaustive()
    }
}
