//! The mailbox in memory: for looking at, for trying out, for tests. It holds live links, so it is bounded, gone with the
//! process, and the daemon refuses it where others than this machine could read it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::watch;

use super::message::Mail;
use super::outcome::Outcome;
use super::sanitize::for_subject;
use crate::clock::Clock;

/// An email as `/mailbox.json` shows it.
#[derive(Clone, Serialize)]
pub struct Captured {
    /// Counts up from 1 for as long as the process lives.
    pub id: u64,
    /// The reader's address.
    pub to: String,
    /// `Name <address>`.
    pub from: String,
    /// The subject as it was sent.
    pub subject: String,
    /// The text body.
    pub text: String,
    /// The HTML body.
    pub html: String,
    /// When it came in.
    pub received_at: DateTime<Utc>,
}

impl fmt::Debug for Captured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Captured").field("id", &self.id).field("received_at", &self.received_at).finish_non_exhaustive()
    }
}

/// The mailbox. Clones are the same mailbox.
#[derive(Clone)]
pub struct Mailbox {
    letters: Arc<Mutex<Emails>>,
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
    /// A mailbox that remembers the last `most` emails.
    pub fn new(most: usize, clock: Clock) -> Self {
        Self { letters: Arc::default(), count: watch::Sender::default(), most, clock }
    }

    /// Takes an email in; one that could not be sent as mail is refused here too.
    pub fn keep(&self, mail: &Mail) -> Outcome {
        if let Err(problem) = mail.rendered() {
            return problem.into();
        }
        let mut letters = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
        letters.count += 1;
        let captured = Captured {
            id: letters.count,
            to: mail.to.to_string(),
            from: mail.from.to_string(),
            subject: for_subject(&mail.subject),
            text: mail.text.to_string(),
            html: mail.html.to_string(),
            received_at: self.clock.now(),
        };
        letters.newest_first.push_front(captured);
        letters.newest_first.truncate(self.most);
        self.count.send_replace(letters.count);
        Outcome::Delivered { response: format!("captured as {}", letters.count) }
    }

    /// How many emails ever came in, to wait for the next.
    pub fn arrivals(&self) -> watch::Receiver<u64> {
        self.count.subscribe()
    }

    /// What it holds, newest first.
    pub fn list(&self) -> Vec<Captured> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).newest_first.iter().cloned().collect()
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").field("most", &self.most).finish_non_exhaustive()
    }
}
