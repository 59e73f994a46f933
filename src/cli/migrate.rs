//! `migrate`: the schema of this version. The daemon migrates at its start too; on PostgreSQL an operator may prefer to do it
//! separately.

use serde_json::json;

use super::{database, print, remark};
use crate::config::Config;
use crate::store::names;

pub(super) fn run(config: &Config) -> anyhow::Result<()> {
    let store = database::open(config)?;
    let ran = store.migrate()?;
    if let Some(warning) = names::warning(&store.read_sync(names::conflicts)?) {
        remark(&warning);
    }
    print(&json!({ "ran": ran }))
}
