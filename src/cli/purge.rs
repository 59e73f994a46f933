//! `purge`: deletes what ended long enough ago. It never deletes a live token, a live grant or the audit.

use clap::Args;
use serde_json::json;

use super::{database, print};
use crate::config::{Config, Span};
use crate::domain::Caller;
use crate::store::purge::Purged;
use crate::workflow::purge::{self, Pace};

#[derive(Debug, Args)]
pub(super) struct Purge {
    /// How long ago it must have ended; by default `retention.grace`.
    #[arg(long, value_name = "30d", value_parser = span)]
    older_than: Option<Span>,
    /// The most requests to delete, and the most rows of each other kind.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    limit: Option<i64>,
    /// Only count the rows that would be deleted, regardless of the limit.
    #[arg(long)]
    dry_run: bool,
}

fn span(text: &str) -> Result<Span, String> {
    Span::parse(text).ok_or_else(|| "write a number and a unit, like 90s, 15m, 12h or 30d".into())
}

pub(super) fn run(config: &Config, args: &Purge) -> anyhow::Result<()> {
    let store = database::existing(config)?;
    let older_than = args.older_than.map(Span::delta);
    let retention = config.retention.clone();
    if args.dry_run {
        let would = store.read_sync(|tx| purge::dry_run(tx, &Caller::operator(), &retention, older_than))?;
        return print(&json!({ "dry_run": true, "would_remove": would }));
    }
    let mut pace = Pace::new(&retention, &store);
    let mut gone = Purged::default();
    let mut left = args.limit.unwrap_or(i64::MAX);
    while left > 0 {
        let (retention, rows) = (retention.clone(), pace.rows().min(left));
        let purged =
            store.write_sync(move |tx| purge::timed(|| purge::batch(tx, &Caller::operator(), &retention, older_than, rows)));
        let (batch, took) = purged?;
        if batch.is_empty() {
            break;
        }
        left -= rows;
        gone = gone.plus(batch);
        // Pauses, since a daemon on the same file waits during each batch.
        std::thread::park_timeout(pace.breath(took));
    }
    print(&json!({ "dry_run": false, "removed": gone }))
}
