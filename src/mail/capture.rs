//! A mailbox in memory, for demonstrations and tests. It contains live links, so it is limited and ends with the process, and
//! the daemon refuses it where other machines could read it.

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

/// An email, as `/mailbox.json` shows it.
#[derive(Clone, Serialize)]
pub struct Captured {
    /// A number, counted from 1 in this process.
    pub id: u64,
    /// The recipient's address.
    pub to: String,
    /// `Name <address>`.
    pub from: String,
    /// The subject.
    pub subject: String,
    /// The text body.
    pub text: String,
    /// The HTML body.
    pub html: String,
    /// Time of arrival.
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
