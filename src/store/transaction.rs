//! Transactions and savepoints, as far as both databases have them alike.

use std::num::NonZeroU32;

use chrono::{DateTime, Utc};
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::{Connection, QueryResult};

use super::StoreError;
use crate::clock::Clock;

/// The transactions of a connection.
pub(super) trait Transactions: Connection<TransactionManager = AnsiTransactionManager> {
    /// The time of the open transaction.
    fn now(&mut self, clock: &Clock) -> Result<DateTime<Utc>, StoreError>;

    /// Begins a transaction, or a savepoint inside one.
    fn begin(&mut self) -> Result<(), StoreError> {
        Ok(AnsiTransactionManager::begin_transaction(self)?)
    }

    /// Begins a transaction by this SQL.
    fn begin_by(&mut self, sql: &str) -> Result<(), StoreError> {
        Ok(AnsiTransactionManager::begin_transaction_sql(self, sql)?)
    }

    /// The number of open transactions and savepoints; 0 if the connection lost count.
    fn depth(&mut self) -> u32 {
        let status = AnsiTransactionManager::transaction_manager_status_mut(self);
        status.transaction_depth().ok().flatten().map_or(0, NonZeroU32::get)
    }

    /// Commits, or releases the savepoint.
    fn commit(&mut self) -> QueryResult<()> {
        AnsiTransactionManager::commit_transaction(self)
    }

    /// Rolls back the transaction, or the savepoint.
    fn undo(&mut self) -> QueryResult<()> {
        AnsiTransactionManager::rollback_transaction(self)
    }

    /// Commits on success and rolls back on failure.
    fn end<T, E: From<StoreError>>(&mut self, result: Result<T, E>) -> Result<T, E> {
        let ended = if result.is_ok() { self.commit() } else { self.undo() };
        match (result, ended) {
            (Ok(_), Err(e)) => Err(E::from(StoreError::from(e))),
            // The operation's own error says more than a failed rollback.
            (result, _) => result,
        }
    }

    /// As [`Transactions::end`], for a transaction from the pool.
    fn finish<T, E: From<StoreError>>(&mut self, result: Result<T, E>) -> Result<T, E> {
        self.end(result)
    }
}
