//! Why an operation did not happen. Each variant is something a caller can act on; what status and words it becomes is for
//! each API to say, in one `match` that names them all.

use chrono::{DateTime, Utc};

use super::reasons::{WhyForbidden, WhyInvalid, WhyTooMany};
use crate::domain::{RequestId, RequestState, Scope};
use crate::random::RngError;
use crate::store::{Fault, StoreError};

/// What was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum What {
    User,
    Group,
    Bundle,
    Resource,
    Request,
    Token,
    Grant,
    Key,
    Email,
    Session,
    Identity,
}

/// Why a token no longer decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Its request has ended so.
    Ended(RequestState),
    /// The data has a new owner, who decides now.
    NewDecider,
    /// The address it was mailed to is no longer its reader's.
    AddressChanged,
    /// The database was restored from a backup after it was mailed.
    Restored,
}

impl Closed {
    /// One word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ended(state) => state.as_str(),
            Self::NewDecider => "new_decider",
            Self::AddressChanged => "address_changed",
            Self::Restored => "restored",
        }
    }
}

/// Why an operation did not happen. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum WorkflowError {
    /// Nobody said who they are.
    #[error("sign in first: this is only for people we know")]
    Unauthenticated,
    /// What was named does not exist, or is nothing to the caller.
    #[error("there is no such {}", match .0 { What::User => "user", What::Group => "group", What::Bundle => "bundle", What::Resource => "resource", What::Request => "request", What::Token => "token", What::Grant => "permission", What::Key => "key", What::Email => "letter", What::Session => "session", What::Identity => "linked account" })]
    NotFound(What),
    /// A field that names something that does not exist.
    #[error("{field}: {value} does not exist; {hint}")]
    Unknown {
        /// The field.
        field: &'static str,
        /// What it said.
        value: String,
        /// What to do about it.
        hint: &'static str,
    },
    /// A field that cannot be.
    #[error("{field}: {problem}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What to change.
        problem: WhyInvalid,
    },
    /// The caller is known, and may not.
    #[error("{0}")]
    Forbidden(WhyForbidden),
    /// The caller's key has not the scope.
    #[error("this key has not the scope `{0}`; make one with `countersign key add --scope {0}`")]
    MissingScope(Scope),
    /// The token or request has been decided, or is dead.
    #[error("{}", closed_text(*.0))]
    Closed(Closed),
    /// A request for the same thing is pending on other terms.
    #[error("a request for this is pending until {}{}; wait for its answer or withdraw it, then ask again", ends_at.format("%Y-%m-%d %H:%M:%S UTC"), differing(.differs))]
    OtherTerms {
        /// The pending request, for those who may read it.
        pending: Option<RequestId>,
        /// When it ends, if nobody answers.
        ends_at: DateTime<Utc>,
        /// The terms that differ, for those who may read it.
        differs: Vec<&'static str>,
    },
    /// It is no longer as the caller saw it.
    #[error("it was changed meanwhile; read it again, and change what is there now")]
    Stale,
    /// Too much, too soon.
    #[error("{what}; try again after {}", retry_at.format("%Y-%m-%d %H:%M:%S UTC"))]
    TooMany {
        /// What there was too much of.
        what: WhyTooMany,
        /// When it is possible again.
        retry_at: DateTime<Utc>,
    },
    /// The same Idempotency-Key was used for something else.
    #[error("this Idempotency-Key was used for another request; use a new key for each thing you want done")]
    KeyReused,
    /// The same Idempotency-Key is being answered at this moment.
    #[error("a request with this Idempotency-Key is being answered now; ask again in a second")]
    InFlight,
    /// What would be unique is taken.
    #[error("{field}: {value} is taken")]
    Taken {
        /// The field.
        field: &'static str,
        /// What it said.
        value: String,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The random generator.
    #[error(transparent)]
    Rng(#[from] RngError),
}

impl WorkflowError {
    /// A field that cannot be.
    pub fn invalid(field: &'static str, problem: impl Into<WhyInvalid>) -> Self {
        Self::Invalid { field, problem: problem.into() }
    }

    /// Whether what was done until then stays: a name that leads nowhere was paid for, and nothing else was done before that.
    const fn is_kept(&self) -> bool {
        matches!(self, Self::Unknown { field, .. } if matches!(field.as_bytes(), b"user_target" | b"user_allowed" | b"with"))
    }

    /// A result as a transaction ends by it: a refusal that keeps what was counted goes out within a success.
    pub fn settled<T>(result: Result<T, Self>) -> Result<Result<T, Self>, Self> {
        match result {
            Err(refusal) if refusal.is_kept() => Ok(Err(refusal)),
            other => other.map(Ok),
        }
    }
}

impl Fault for WorkflowError {
    fn as_store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

fn differing(differs: &[&str]) -> String {
    if differs.is_empty() { String::new() } else { format!(" on other terms ({})", differs.join(", ")) }
}

const fn closed_text(closed: Closed) -> &'static str {
    match closed {
        Closed::Ended(RequestState::Pending) => "this request is still pending",
        Closed::Ended(RequestState::Approved) => "this request was approved already",
        Closed::Ended(RequestState::Declined) => "this request was declined",
        Closed::Ended(RequestState::Withdrawn) => "this request was withdrawn by the one who asked",
        Closed::Ended(RequestState::Expired) => "this request has expired; it can be asked again",
        Closed::Ended(RequestState::Cancelled) => "this request was cancelled, since what it was about is no longer there",
        Closed::Ended(RequestState::Failed) => "the letter for this request could not be delivered",
        Closed::NewDecider => "the data has a new owner, who decides now",
        Closed::AddressChanged => "this link was mailed to an address that is no longer yours; ask for a fresh one",
        Closed::Restored => "this link is from before a restored backup; ask for a fresh one",
    }
}
