//! `copy`: copies an instance from SQLite to PostgreSQL, or back.

use clap::Args;
use serde_json::json;

use super::{Usage, database, print, remark};
use crate::config::{Config, Database};
use crate::store;
use crate::store::copy::{self, Copied};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The database of the instance: `sqlite:FILE` or `postgres://…`. No daemon may be running on it. To keep the password out
    /// of the URL, where others on the machine can see it, name a file with it in `PGPASSFILE`.
    #[arg(long, value_name = "URL")]
    from: String,
    /// The database to copy into, which must be empty; its schema is created if it has none.
    #[arg(long, value_name = "URL")]
    to: String,
    /// Copy nothing; check that both have the same rows.
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

/// The operator's next steps.
fn left_to_do(is_shared: bool) -> String {
    let each = if is_shared { "each daemon" } else { "the daemon" };
    format!(
        "all of it arrived. Now set database.url of {each} to the new one and server.key_file to the same key file as before, \
         or share links are dead; keep the old database until you have seen the new one work, and start nothing on it"
    )
}
