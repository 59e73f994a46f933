//! One transaction, as the operations have it: a connection, the time it happens at, and what is known of it beforehand.

use chrono::{DateTime, Utc};

use super::ahead::{Ahead, Deeds, Facts};
use super::transaction::{begin, end};
use super::{Conn, Fault};
use crate::random::Rng;

/// One transaction: a connection, and the time it happens at.
pub struct Tx<'a> {
    conn: &'a mut Conn,
    now: DateTime<Utc>,
    rng: &'a Rng,
    /// Where its operation is told together with others.
    ahead: Option<&'a mut Ahead>,
}

impl<'a> Tx<'a> {
    /// A look at a connection whose transaction somebody else began.
    pub(in crate::store) fn over(conn: &'a mut Conn, now: DateTime<Utc>, rng: &'a Rng) -> Self {
        Self { conn, now, rng, ahead: None }
    }

    /// One that is told together with others.
    pub(super) fn with_others(conn: &'a mut Conn, now: DateTime<Utc>, rng: &'a Rng, ahead: &'a mut Ahead) -> Self {
        Self { conn, now, rng, ahead: Some(ahead) }
    }
}

impl Tx<'_> {
    /// The time of this transaction; asked once, so that all it writes agrees.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Where random bytes comes from in it.
    pub fn rng(&self) -> &Rng {
        self.rng
    }

    pub(in crate::store) fn micros(&self) -> i64 {
        self.now.timestamp_micros()
    }

    /// The connection. A operation that is told together with others strays by it.
    pub(in crate::store) fn conn(&mut self) -> &mut Conn {
        if let Some(ahead) = &mut self.ahead {
            ahead.stray();
        }
        self.conn
    }

    /// What was read ahead.
    pub(in crate::store) fn facts(&self) -> Option<&Facts> {
        self.ahead.as_deref().map(|ahead| &ahead.facts)
    }

    /// Where what is done is set down, to be written behind, and what was read ahead.
    pub(in crate::store) fn deeds(&mut self) -> Option<(&mut Deeds, &mut Facts)> {
        let ahead = self.ahead.as_deref_mut()?;
        ahead.deeds.as_mut().map(|deeds| (deeds, &mut ahead.facts))
    }

    /// Runs `f` in a savepoint: what it did is undone if it fails, and the transaction goes on. For operations that write.
    pub fn attempt<T, E: Fault>(&mut self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let (now, rng) = (self.now, self.rng);
        if let Some(ahead) = self.ahead.as_deref_mut() {
            let mark = ahead.mark();
            let mut tx = Tx::with_others(self.conn, now, rng, ahead);
            let result = f(&mut tx);
            if result.is_err() {
                ahead.back_to(mark);
            }
            return result;
        }
        begin(self.conn)?;
        let mut tx = Tx::over(self.conn, now, rng);
        let result = f(&mut tx);
        end(self.conn, result)
    }
}
