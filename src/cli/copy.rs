//! `copy`: an instance moves from SQLite to PostgreSQL, or back, with all that is in it.

use clap::Args;
use serde_json::json;

use super::{Usage, database, print, remark};
use crate::config::{Config, Database};
use crate::store;
use crate::store::copy::{self, Copied};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The database with the instance in it: `sqlite:FILE` or `postgres://…`. No daemon may be running on it. A password need not
    /// be in the URL, where others on the machine can see it: `PGPASSFILE` names a file with it.
    #[arg(long, value_name = "URL")]
    from: String,
    /// The database that it goes to, where nothing is yet; its schema is made if it has none.
    #[arg(long, value_name = "URL")]
    to: String,
    /// Copy nothing: say whether the two hold the same.
    #[arg(long)]
    check: bool,
}

pub(super) fn run(config: &Config, args: &Arguments) -> anyhow::Result<()> {
    for (option, url) in [("--from", &args.from), ("--to", &args.to)] {
        database::check_url(url).map_err(|Usage(reason)| Usage(format!("{option}: {reason}")))?;
    }
    if args.from == args.to {
        return Err(Usage("--from and --to name the same database".into()).into());
    }
    let database = |url: &String| Database { url: url.clone(), ..config.database.clone() };
    let (from, to) = (database(&args.from), database(&args.to));
    let tables = if args.check { copy::compare(&from, &to)? } else { copy::copy(&from, &to)? };
    tables.iter().try_for_each(print)?;
    let rows: u64 = tables.iter().map(|table: &Copied| table.rows).sum();
    print(&json!({ "tables": tables.len(), "rows": rows, "copied": !args.check, "same": true }))?;
    if !args.check {
        remark(&left_to_do(store::sqlite_file(&args.to).is_none()));
    }
    Ok(())
}

/// What the copy cannot do itself.
fn left_to_do(is_shared: bool) -> String {
    let each = if is_shared { "each daemon" } else { "the daemon" };
    format!(
        "all of it arrived. Now set database.url of {each} to the new one and server.key_file to the same key file as before, \
         or share links are dead; keep the old database until you have seen the new one work, and start nothing on it"
    )
}
