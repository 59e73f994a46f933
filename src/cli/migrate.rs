//! `migrate`: the schema of this version. The daemon does the same as it starts; on PostgreSQL an operator may want it apart.

use serde_json::json;

use super::{database, print};
use crate::config::Config;

pub(super) fn run(config: &Config) -> anyhow::Result<()> {
    let store = database::open(config)?;
    print(&json!({ "ran": store.migrate()? }))
}
