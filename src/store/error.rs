//! What can go wrong with a database, in three words that a caller can act on.

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
            _ => Self::Query(text),
        }
    }
}

/// The messages of SQLite and libpq that mean the machine, not the query. Neither gives a kind for them.
fn is_outage(text: &str) -> bool {
    const SIGNS: [&str; 12] = [
        "disk is full",
        "disk I/O error",
        "readonly database",
        "database is locked",
        "unable to open database",
        "malformed",
        "connection",
        "terminating",
        "shutting down",
        "starting up",
        "No space left",
        "statement timeout",
    ];
    SIGNS.iter().any(|sign| text.contains(sign))
}

/// An error that a story ends with. It can carry the store's, so that the store knows when to try the story again.
pub trait Fault: From<StoreError> + Send + 'static {
    /// The store's own error inside, if that is what ended the story.
    fn as_store(&self) -> Option<&StoreError>;
}

impl Fault for StoreError {
    fn as_store(&self) -> Option<&StoreError> {
        Some(self)
    }
}
