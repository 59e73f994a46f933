//! Commands: the frequent operations. A command loads its rows, decides, and returns its changes. On PostgreSQL each statement
//! is a round trip, so waiting commands of one kind share a transaction with one load and one write. On SQLite the same code
//! runs for one command at a time.

mod changes;
mod filing;
mod parties;
mod reading;
mod redemption;

pub use self::changes::{Changes, Notice};
pub use self::filing::{History, HistoryKey};
pub use self::parties::{Parties, PartyIds};
pub use self::reading::Reading;
pub use self::redemption::{FoundToken, older_grants, tokens};
pub use super::tx::Lock;
use super::{Fault, StoreError, Tx};

/// The results of several commands; none for a command that needs its own transaction.
pub type Results<C> = Vec<Ran<C>>;

/// An operation that shares its transaction with others of its kind.
pub trait Command: Send + Sync + Sized {
    /// The result.
    type Output: Send + 'static;
    /// The error of a refused command.
    type Error: Fault + Send + 'static;
    /// The table that gets new rows; none for a command that only reads.
    const ADDS_TO: Option<&'static str>;

    /// Loads the rows for all of `commands` and decides each, in order. A refused command adds no change. A database error
    /// rolls all of them back, and each then runs alone.
    fn run_all(tx: &mut Tx<'_>, commands: &[&Self], changes: &mut Changes) -> Result<Results<Self>, StoreError>;

    /// Writes the rows that [`Command::run_all`] needs to decide this command. Runs only in the command's own transaction.
    fn prepare(&self, _: &mut Tx<'_>) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Runs the command in this transaction. The caller rolls back on failure.
    fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Self::Error> {
        if let Some(result) = run_once(self, tx)? {
            return result;
        }
        self.prepare(tx)?;
        let undecided = || StoreError::Conflict("a command changed while it was prepared".into());
        run_once(self, tx)?.ok_or_else(undecided)?
    }
}

/// The result of one command; none if it must be prepared first.
type Ran<C> = Option<Result<<C as Command>::Output, <C as Command>::Error>>;

fn run_once<C: Command>(command: &C, tx: &mut Tx<'_>) -> Result<Ran<C>, StoreError> {
    let mut changes = Changes::begin(tx, C::ADDS_TO, 1)?;
    let result = C::run_all(tx, &[command], &mut changes)?.pop().flatten();
    if result.as_ref().is_some_and(Result::is_ok) {
        changes.write(tx)?;
    }
    Ok(result)
}
