//! Whether what was committed is on a second machine, too: what PostgreSQL says of its standby.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::{Conn, StoreError, Tx};

/// What a failover would cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standby {
    /// Nothing that was answered with success: a commit waits until a standby has it.
    Synchronous,
    /// The same, but no standby is there now, so that nothing can be committed.
    Away,
    /// What a standby, if there is one, has not yet heard.
    None,
}

impl Standby {
    /// The word for it.
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

/// `remote_write` is not enough: the standby may not have it on its disk. Who streams is shown to those who may read statistics.
const LOOK: &str = "SELECT current_setting('synchronous_standby_names') <> '' \
     AND current_setting('synchronous_commit') IN ('on', 'remote_apply') AS waits, \
     pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS may_see, \
     (SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')) AS seen";

/// Asks PostgreSQL; none on SQLite.
pub fn look(tx: &mut Tx<'_>) -> Result<Option<Standby>, StoreError> {
    let Conn::Postgres(c) = tx.conn() else { return Ok(None) };
    let row: Row = diesel::sql_query(LOOK).get_result(c)?;
    Ok(Some(match row {
        Row { waits: false, .. } => Standby::None,
        Row { may_see: true, seen: 0, .. } => Standby::Away,
        Row { .. } => Standby::Synchronous,
    }))
}
