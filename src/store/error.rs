//! Database errors, in the few classes that a caller can act on.

use std::sync::atomic::{AtomicBool, Ordering};

use diesel::result::{DatabaseErrorKind, Error};

/// Why a transaction failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The write queue is full; nothing was done.
    #[error("the database has more work waiting than limits.write_queue and database.connections allow; try again shortly")]
    Overloaded,
    /// The database is unreachable, full, read-only or locked; nothing was done.
    #[error("the database cannot be used now: {0}")]
    Unavailable(String),
    /// Concurrent transactions conflicted; a retry helps.
    #[error("the database asked for another try: {0}")]
    Conflict(String),
    /// A constraint was violated: a unique index (by its name), or another one.
    #[error("a rule of the database refused it: {0}")]
    Violation(String),
    /// Any other error: a bug.
    #[error("the database refused a query of ours: {0}")]
    Query(String),
}

impl StoreError {
    /// Whether a constraint refused a row.
    pub fn is_violation(&self) -> bool {
        matches!(self, Self::Violation(_))
    }

    /// Whether the unique index over `column` of `table` refused a row. SQLite reports the columns and PostgreSQL the index;
    /// our indexes are named `table_column`.
    pub fn violates(&self, table: &str, column: &str) -> bool {
        let Self::Violation(what) = self else { return false };
        what.contains(&format!("{table}.{column}")) || what.contains(&format!("{table}_{column}"))
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        let Error::DatabaseError(kind, information) = &error else {
            return match error {
                Error::BrokenTransactionManager | Error::RollbackErrorOnCommit { .. } => Self::Unavailable(error.to_string()),
                other => Self::Query(other.to_string()),
            };
        };
        let text = information.message().to_owned();
        match kind {
            DatabaseErrorKind::UniqueViolation => Self::Violation(match information.constraint_name() {
                Some(name) => format!("{name} ({text})"),
                None => text,
            }),
            DatabaseErrorKind::ForeignKeyViolation
            | DatabaseErrorKind::CheckViolation
            | DatabaseErrorKind::NotNullViolation
            | DatabaseErrorKind::RestrictViolation
            | DatabaseErrorKind::ExclusionViolation => Self::Violation(text),
            DatabaseErrorKind::SerializationFailure => Self::Conflict(text),
            DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::ReadOnlyTransaction => Self::Unavailable(text),
            _ => Self::of_words(text),
        }
    }
}

impl StoreError {
    /// The only place that reads error messages. diesel maps some SQLSTATEs and SQLite's constraint errors to kinds and hides
    /// all others: deadlock (40P01), lock timeout (55P03), statement timeout (57014), full disk (53100, `SQLITE_FULL`), I/O
    /// error (58030, `SQLITE_IOERR`). Asking libpq directly would need unsafe code.
    fn of_words(text: String) -> Self {
        const IN_THE_WAY: [&str; 3] = ["deadlock detected", "lock timeout", "could not serialize"];
        if IN_THE_WAY.iter().any(|sign| text.contains(sign)) {
            return Self::Conflict(text);
        }
        if is_outage(&text) {
            return Self::Unavailable(text);
        }
        // A message in another language may mean any of these or a bug. Most are temporary, so it counts as a conflict and is
        // retried. The log has the message.
        if IS_FOREIGN.load(Ordering::Relaxed) { Self::Conflict(text) } else { Self::Query(text) }
    }
}

/// Whether PostgreSQL reports errors in a language other than English.
static IS_FOREIGN: AtomicBool = AtomicBool::new(false);

/// Stops reading PostgreSQL's messages. Returns whether this is a change.
pub(super) fn stop_reading_words() -> bool {
    !IS_FOREIGN.swap(true, Ordering::Relaxed)
}

/// The messages of SQLite and libpq that report an outage. diesel gives them no kind.
fn is_outage(text: &str) -> bool {
    const SIGNS: [&str; 26] = [
        "disk is full",
        "disk I/O error",
        "readonly database",
        "database is locked",
        "unable to open database",
        "malformed",
        "connection",
        // From libpq: its TLS connection has ended.
        "SSL SYSCALL error",
        "SSL error",
        "terminating",
        "shutting down",
        "starting up",
        "No space left",
        "statement timeout",
        // From PostgreSQL: the disk failed or is full, or files or memory are exhausted.
        "Input/output error",
        "Read-only file system",
        "Too many open files",
        "could not open file",
        "could not read",
        "could not write",
        "could not extend",
        "could not fsync",
        "could not access",
        "out of memory",
        // From SQLite: the file was damaged or replaced.
        "not a database",
        "locking protocol",
    ];
    SIGNS.iter().any(|sign| text.contains(sign))
}

/// The error of an operation. It may contain the store's error, so that the store can retry.
pub trait Fault: From<StoreError> + Send + 'static {
    /// The store's error, if that ended the operation.
    fn as_store(&self) -> Option<&StoreError>;
}

impl Fault for StoreError {
    fn as_store(&self) -> Option<&StoreError> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(words: &str) -> StoreError {
        StoreError::from(Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(words.to_owned())))
    }

    /// Both mean that the machine failed, and that the caller should try again.
    #[test]
    fn a_machine_that_fails_is_an_outage_and_a_query_that_is_wrong_is_not() {
        for words in [
            "could not open file \"base/16384/16644\": Input/output error",
            "could not read block 3 in file \"base/16384/16644\": read only 0 of 8192 bytes",
            "could not extend file \"base/16384/16644\": No space left on device",
            "could not write to file \"pg_wal/xlogtemp.17\": Read-only file system",
            "could not fsync file \"pg_wal/000000010000000000000001\": Input/output error",
            "out of memory",
            "the database system is shutting down",
            "disk I/O error",
            "attempt to write a readonly database",
            "file is not a database",
            "database disk image is malformed",
        ] {
            assert!(matches!(kind_of(words), StoreError::Unavailable(_)), "{words}");
        }
        for words in ["column \"a\" does not exist", "no such table: a", "could not determine data type of parameter $1"] {
            assert!(matches!(kind_of(words), StoreError::Query(_)), "{words}");
        }
    }
}
