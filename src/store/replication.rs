//! PostgreSQL's replication state: whether commits are on a second machine.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::{Conn, StoreError, Tx};

/// The data loss of a failover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standby {
    /// None: a commit waits until a standby has it.
    Synchronous,
    /// None, but no standby is connected, so nothing can be committed.
    Away,
    /// Commits that the standby, if there is one, has not received yet.
    None,
}

impl Standby {
    /// The name of the state.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Synchronous => "synchronous",
            Self::Away => "synchronous, and away",
            Self::None => "none",
        }
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Bool)]
    waits: bool,
    #[diesel(sql_type = Bool)]
    may_see: bool,
    #[diesel(sql_type = BigInt)]
    seen: i64,
}

/// `remote_write` is not enough, because the standby may not have the commit on its disk. The list of standbys is visible only
/// to roles that may read statistics.
const STATE: &str = "SELECT current_setting('synchronous_standby_names') <> '' \
     AND current_setting('synchronous_commit') IN ('on', 'remote_apply') AS waits, \
     pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS may_see, \
     (SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')) AS seen";

/// Reads the replication state; none on SQLite.
pub fn standby(tx: &mut Tx<'_>) -> Result<Option<Standby>, StoreError> {
    let Conn::Postgres(c) = tx.conn() else { return Ok(None) };
    let row: Row = diesel::sql_query(STATE).get_result(c)?;
    Ok(Some(match row {
        Row { waits: false, .. } => Standby::None,
        Row { may_see: true, seen: 0, .. } => Standby::Away,
        Row { .. } => Standby::Synchronous,
    }))
}
