//! One transaction, as the stories have it: a connection, the time it happens at, and what is known of it beforehand.

use chrono::{DateTime, Utc};

use super::ahead::{Ahead, Deeds, Facts};
use super::transaction::{begin, end};
use super::{Conn, Fault};
use crate::random::Chance;

/// One transaction: a connection, and the time it happens at.
pub struct Tx<'a> {
    conn: &'a mut Conn,
    now: DateTime<Utc>,
    chance: &'a Chance,
    /// Where its story is told together with others.
    ahead: Option<&'a mut Ahead>,
}

impl<'a> Tx<'a> {
    /// A look at a connection whose transaction somebody else began.
    pub(in crate::store) fn over(conn: &'a mut Conn, now: DateTime<Utc>, chance: &'a Chance) -> Self {
        Self { conn, now, chance, ahead: None }
    }

    /// One that is told together with others.
    pub(super) fn with_others(conn: &'a mut Conn, now: DateTime<Utc>, chance: &'a Chance, ahead: &'a mut Ahead) -> Self {
        Self { conn, now, chance, ahead: Some(ahead) }
    }
}

impl Tx<'_> {
    /// The time of this transaction; asked once, so that all it writes agrees.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Where chance comes from in it.
    pub fn chance(&self) -> &Chance {
        self.chance
    }

    pub(in crate::store) fn micros(&self) -> i64 {
        self.now.timestamp_micros()
    }

    /// The connection. A story that is told together with others strays by it.
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

    /// Runs `f` in a savepoint: what it did is undone if it fails, and the transaction goes on. For stories that write.
    pub fn attempt<T, E: Fault>(&mut self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let (now, chance) = (self.now, self.chance);
        if let Some(ahead) = self.ahead.as_deref_mut() {
            let mark = ahead.mark();
            let mut tx = Tx::with_others(self.conn, now, chance, ahead);
            let result = f(&mut tx);
            if result.is_err() {
                ahead.back_to(mark);
            }
            return result;
        }
        begin(self.conn)?;
        let mut tx = Tx::over(self.conn, now, chance);
        let result = f(&mut tx);
        end(self.conn, result)
    }
}
