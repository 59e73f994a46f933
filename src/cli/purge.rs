//! `purge`: removes what ended long enough ago. Never a live token, a live grant or the audit.

use clap::Args;
use serde_json::json;

use super::{open, print};
use crate::config::{Config, Span};
use crate::domain::Caller;
use crate::store::purge::Purged;
use crate::workflow::purge;

#[derive(Debug, Args)]
pub(super) struct Purge {
    /// Only what ended longer ago than this; without it, than `retention.grace`.
    #[arg(long, value_name = "30d", value_parser = span)]
    older_than: Option<Span>,
    /// At most so many requests, and so many of each other kind.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    limit: Option<i64>,
    /// Only count what would be removed, all of it whatever the limit.
    #[arg(long)]
    dry_run: bool,
}

fn span(text: &str) -> Result<Span, String> {
    Span::parse(text).ok_or_else(|| "write a number and a unit, like 90s, 15m, 12h or 30d".into())
}

pub(super) fn run(config: &Config, args: &Purge) -> anyhow::Result<()> {
    let store = open::existing(config)?;
    let older_than = args.older_than.map(Span::delta);
    let retention = config.retention.clone();
    if args.dry_run {
        let would = store.read_sync(|tx| purge::dry_run(tx, &Caller::operator(), &retention, older_than))?;
        return print(&json!({ "dry_run": true, "would_remove": would }));
    }
    let mut gone = Purged::default();
    let mut left = args.limit.unwrap_or(i64::MAX);
    while left > 0 {
        let (retention, limit) = (retention.clone(), left.min(retention.batch));
        let batch = store.write_sync(move |tx| purge::batch(tx, &Caller::operator(), &retention, older_than, limit))?;
        if batch.is_empty() {
            break;
        }
        left -= batch.requests.max(batch.sessions).max(batch.codes).max(batch.answers).max(1);
        gone = gone.plus(batch);
    }
    print(&json!({ "dry_run": false, "removed": gone }))
}
