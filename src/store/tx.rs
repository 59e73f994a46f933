//! A transaction for operations: a connection and the time.

use chrono::{DateTime, Utc};

use super::transaction::Transactions as _;
use super::{Conn, Fault, each};
use crate::random::Rng;

/// The lock on loaded rows until the transaction ends. SQLite has one writer and needs no locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// No lock.
    No,
    /// A shared lock: others may lock too, and nobody may change the rows.
    Share,
    /// An exclusive lock.
    Update,
}

/// A transaction, with its connection and its time.
pub struct Tx<'a> {
    conn: &'a mut Conn,
    now: DateTime<Utc>,
    rng: &'a Rng,
    has_emails: bool,
}

impl<'a> Tx<'a> {
    /// The transaction that is open on this connection.
    pub(in crate::store) fn over(conn: &'a mut Conn, now: DateTime<Utc>, rng: &'a Rng) -> Self {
        Self { conn, now, rng, has_emails: false }
    }
}

impl Tx<'_> {
    /// The time of this transaction, the same for everything it writes.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The source of random bytes.
    pub fn rng(&self) -> &Rng {
        self.rng
    }

    pub(in crate::store) fn micros(&self) -> i64 {
        self.now.timestamp_micros()
    }

    /// Whether the database runs in this process: a statement is cheap, and one writer needs no locks.
    pub(super) fn is_in_process(&mut self) -> bool {
        matches!(self.conn(), Conn::Sqlite(_))
    }

    pub(in crate::store) fn conn(&mut self) -> &mut Conn {
        self.conn
    }

    /// Sets the time that PostgreSQL returned in the first statement of a batch.
    pub(in crate::store) fn set_now(&mut self, now: DateTime<Utc>) {
        self.now = now;
    }

    /// Records that this commit will make an email due.
    pub(in crate::store) fn note_email(&mut self) {
        self.has_emails = true;
    }

    /// Whether this commit will make an email due.
    pub(in crate::store) fn has_emails(&self) -> bool {
        self.has_emails
    }

    /// Runs `f` in a savepoint: on failure its changes are rolled back, and the transaction continues. For operations that
    /// write.
    pub fn attempt<T, E: Fault>(&mut self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let (now, rng) = (self.now, self.rng);
        each!(self, |c| c.begin())?;
        let mut tx = Tx::over(self.conn, now, rng);
        let result = f(&mut tx);
        self.has_emails |= result.is_ok() && tx.has_emails;
        each!(self, |c| c.end(result))
    }
}
