//! Words that are part of the SQL text instead of bound values.
//!
//! A partial index (`WHERE state = 'pending'`) serves a query only if the planner sees the literal. With a bound value SQLite
//! plans the statement again at each execution, so preparing it gains nothing, and PostgreSQL's generic plan never uses the
//! index. diesel's own `sql("…")` would show the literal, but disables the statement cache.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Text;

macro_rules! written {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, QueryId)]
        pub(in crate::store) struct $name;

        impl Expression for $name {
            type SqlType = Text;
        }

        impl ValidGrouping<()> for $name {
            type IsAggregate = is_aggregate::Never;
        }

        impl<Tables> AppearsOnTable<Tables> for $name {}

        impl<Tables> SelectableExpression<Tables> for $name {}

        impl<DB: Backend> QueryFragment<DB> for $name {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
                out.push_sql(concat!("'", $text, "'"));
                Ok(())
            }
        }
    )+};
}

written! {
    /// The state of a request that awaits a decision: `requests_pending`, `requests_expiry`.
    Pending = "pending",
    /// The state of an email before it is sent: `outbox_due`, `outbox_codes`.
    Queued = "queued",
    /// The state of an email that was given up: `outbox_dead`.
    Dead = "dead",
    /// The mail state of a request whose email bounced: `requests_bounced`.
    Bounced = "bounced",
    /// The kind of an email with a sign-in code: `outbox_codes`.
    SignInCode = "sign_in_code",
    /// The kind of the daily summary: `outbox_summary_once`.
    Summary = "summary",
}
