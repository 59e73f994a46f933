//! What can go wrong with a database, in three words that a caller can act on.

use std::sync::atomic::{AtomicBool, Ordering};

use diesel::result::{DatabaseErrorKind, Error};

/// Why nothing was stored or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// More work waits than the configuration allows; nothing was done.
    #[error("the database has more work waiting than limits.write_queue and database.connections allow; try again shortly")]
    Overloaded,
    /// The database is away, full, read-only or locked; nothing was done.
    #[error("the database cannot be used now: {0}")]
    Unavailable(String),
    /// Two transactions were in each other's way; doing it again helps.
    #[error("the database asked for another try: {0}")]
    Conflict(String),
    /// A rule of the schema said no: a unique index (by its name), or another constraint.
    #[error("a rule of the database refused it: {0}")]
    Violation(String),
    /// Anything else: a mistake of ours.
    #[error("the database refused a query of ours: {0}")]
    Query(String),
}

impl StoreError {
    /// Whether a unique index refused a row.
    pub fn is_violation(&self) -> bool {
        matches!(self, Self::Violation(_))
    }

    /// Whether a unique index over `column` of `table` refused a row. SQLite names the columns, PostgreSQL the index, and
    /// ours are named `table_column`.
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
            DatabaseErrorKind::SerializationFailure => Self::Conflict(text),
            DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::ReadOnlyTransaction => Self::Unavailable(text),
            DatabaseErrorKind::ForeignKeyViolation | DatabaseErrorKind::CheckViolation | DatabaseErrorKind::NotNullViolation => {
                Self::Violation(text)
            }
            _ if text.contains("deadlock detected") || text.contains("lock timeout") || text.contains("could not serialize") => {
                Self::Conflict(text)
            }
            _ if is_outage(&text) => Self::Unavailable(text),
            // A deadlock, a timeout, a full disk, or a mistake of ours. All but the last are over when it is tried again, or told to
            // whoever asked as what to ask again; the log has the words.
            _ if SPEAKS_OTHERWISE.load(Ordering::Relaxed) => Self::Conflict(text),
            _ => Self::Query(text),
        }
    }
}

/// Whether PostgreSQL tells its errors in a language that we do not read.
static SPEAKS_OTHERWISE: AtomicBool = AtomicBool::new(false);

/// From now on PostgreSQL's words say nothing. Answers with whether that is news.
pub(super) fn stop_reading_words() -> bool {
    !SPEAKS_OTHERWISE.swap(true, Ordering::Relaxed)
}

/// The messages of SQLite and libpq that mean the machine, not the query. Neither gives a kind for them.
fn is_outage(text: &str) -> bool {
    const SIGNS: [&str; 26] = [
        "disk is full",
        "disk I/O error",
        "readonly database",
        "database is locked",
        "unable to open database",
        "malformed",
        "connection",
        // Of libpq, whose connection by TLS has ended.
        "SSL SYSCALL error",
        "SSL error",
        "terminating",
        "shutting down",
        "starting up",
        "No space left",
        "statement timeout",
        // Of PostgreSQL, whose disk is gone or full, or which has no more files or memory.
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
        // Of SQLite, whose file is no longer what it was.
        "not a database",
        "locking protocol",
    ];
    SIGNS.iter().any(|sign| text.contains(sign))
}

/// An error that an operation ends with. It can carry the store's, so that the store knows when to try the operation again.
pub trait Fault: From<StoreError> + Send + 'static {
    /// The store's own error inside, if that is what ended the operation.
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

    /// Neither is a mistake in a query of ours, and whoever hears of it is to come again.
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
