//! Words that stand in the SQL itself instead of being bound.
//!
//! An index over some of the rows (`WHERE state = 'pending'`) serves a query only if the planner sees the word while it
//! plans. With a bound one SQLite plans the statement again each time it is executed, so that keeping it prepared gains
//! nothing, and PostgreSQL's generic plan never uses the index. diesel's own `sql("…")` would show the word, but then diesel
//! does not keep the statement.

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
    /// A request's state while it waits for its approver: `requests_pending`, `requests_expiry`.
    Pending = "pending",
    /// An email's state until it is sent: `outbox_due`, `outbox_codes`.
    Queued = "queued",
    /// An email's state when it was given up: `outbox_dead`.
    Dead = "dead",
    /// How far an email came that will not arrive: `requests_bounced`.
    Bounced = "bounced",
    /// The kind of an email with a code to sign in: `outbox_codes`.
    SignInCode = "sign_in_code",
    /// The kind of an administrator's daily email: `outbox_summary_once`.
    Summary = "summary",
}
