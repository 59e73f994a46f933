//! What can go wrong with a database, in three words that a caller can act on.

use std::sync::atomic::{AtomicBool, Ordering};

use diesel::result::{DatabaseErrorKind, Error};

/// Why nothing was stored or read.
#[derive(Clone, Debug, thiserror::Error)]
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
    /// The one place that reads an error's words. diesel maps a dozen SQLSTATEs and the constraints of `SQLite` to kinds and hides
    /// all others: a deadlock (40P01), a lock that was not free in time (55P03), a statement that took too long (57014), a full
    /// disk (53100, `SQLITE_FULL`), a failed read (58030, `SQLITE_IOERR`). Asking libpq itself would take unsafe code.
    fn of_words(text: String) -> Self {
        const IN_THE_WAY: [&str; 3] = ["deadlock detected", "lock timeout", "could not serialize"];
        if IN_THE_WAY.iter().any(|sign| text.contains(sign)) {
            return Self::Conflict(text);
        }
        if is_outage(&text) {
            return Self::Unavailable(text);
        }
        // In a language that is not read here it may be any of these or a mistake of ours. All but the last pass, so it is tried
        // again, and the caller is told to come back. The log has the words.
        if IS_FOREIGN.load(Ordering::Relaxed) { Self::Conflict(text) } else { Self::Query(text) }
    }
}

/// Whether PostgreSQL reports errors in a language other than English.
static IS_FOREIGN: AtomicBool = AtomicBool::new(false);

/// From now on PostgreSQL's words say nothing. Answers with whether that is news.
pub(super) fn stop_reading_words() -> bool {
    !IS_FOREIGN.swap(true, Ordering::Relaxed)
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
