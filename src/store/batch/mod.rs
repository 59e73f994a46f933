//! Commands: the operations that many callers wait for at the same moment. A command loads what it rests on, decides, and says
//! what changes. On PostgreSQL, where each statement is a round trip, the commands of one kind that wait share one transaction:
//! one load and one write serve all of them. On SQLite the same code runs for one command at a time.

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

/// What each of several commands came to; none: it needs a transaction of its own.
pub type Results<C> = Vec<Ran<C>>;

/// An operation that shares its transaction with others of its kind.
pub trait Command: Send + Sync + Sized {
    /// What it answers.
    type Output: Send + 'static;
    /// Why it was refused.
    type Error: Fault + Send + 'static;
    /// The table to which it adds rows; none: it only reads.
    const ADDS_TO: Option<&'static str>;

    /// Loads for all of `commands`, and decides them in their order. A refused one adds no change. An error of the database undoes all of
    /// them; each then runs alone.
    fn run_all(tx: &mut Tx<'_>, commands: &[&Self], changes: &mut Changes) -> Result<Results<Self>, StoreError>;

    /// Does what must be in the database before [`Command::run_all`] can decide this one, which has a transaction of its own.
    fn prepare(&self, _: &mut Tx<'_>) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Runs it in this transaction, which its caller undoes if it fails.
    fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Self::Error> {
        if let Some(result) = run_once(self, tx)? {
            return result;
        }
        self.prepare(tx)?;
        let undecided = || StoreError::Conflict("a command changed while it was prepared".into());
        run_once(self, tx)?.ok_or_else(undecided)?
    }
}

/// What a command came to; none: it is to be prepared first.
type Ran<C> = Option<Result<<C as Command>::Output, <C as Command>::Error>>;

fn run_once<C: Command>(command: &C, tx: &mut Tx<'_>) -> Result<Ran<C>, StoreError> {
    let mut changes = Changes::begin(tx, C::ADDS_TO, 1)?;
    let result = C::run_all(tx, &[command], &mut changes)?.pop().flatten();
    if result.as_ref().is_some_and(Result::is_ok) {
        changes.write(tx)?;
    }
    Ok(result)
}
