//! The errors of operations. Each variant is something a caller can act on. Each API chooses status and text, in one exhaustive
//! `match`.

use chrono::{DateTime, Utc};

use super::reasons::{WhyForbidden, WhyInvalid, WhyTooMany};
use crate::domain::{RequestId, RequestState, Scope};
use crate::random::RngError;
use crate::store::{Fault, StoreError};

/// The kind of a missing object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// Why a token is no longer valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    Ended(RequestState),
    /// The data has a new owner, who is the approver now.
    NewApprover,
    /// The recipient's address has changed since.
    AddressChanged,
    /// The database was restored from a backup since.
    Restored,
}

impl Closed {
    /// The name of the reason.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ended(state) => state.as_str(),
            Self::NewApprover => "new_decider",
            Self::AddressChanged => "address_changed",
            Self::Restored => "restored",
        }
    }
}

/// Why an operation failed. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum WorkflowError {
    /// The caller is not authenticated.
    #[error("sign in first: this is only for people we know")]
    Unauthenticated,
    /// The named object does not exist, or is not visible to the caller.
    #[error("there is no such {}", match .0 { What::User => "user", What::Group => "group", What::Bundle => "bundle", What::Resource => "resource", What::Request => "request", What::Token => "token", What::Grant => "permission", What::Key => "key", What::Email => "email", What::Session => "session", What::Identity => "linked account" })]
    NotFound(What),
    /// A field refers to something that does not exist.
    #[error("{field}: {value} does not exist; {hint}")]
    Unknown {
        field: &'static str,
        value: String,
        /// Advice for the caller.
        hint: &'static str,
    },
    /// A field has an invalid value.
    #[error("{field}: {problem}")]
    Invalid {
        field: &'static str,
        /// What to change.
        problem: WhyInvalid,
    },
    /// The caller is authenticated but not allowed.
    #[error("{0}")]
    Forbidden(WhyForbidden),
    /// The caller's key lacks the scope.
    #[error("this key has not the scope `{0}`; make one with `countersign key add --scope {0}`")]
    MissingScope(Scope),
    /// The token or request is decided or no longer valid.
    #[error("{}", closed_text(*.0))]
    Closed(Closed),
    /// An equal request with other terms is pending.
    #[error("a request for this is pending until {}{}; wait for its answer or withdraw it, then ask again", ends_at.format("%Y-%m-%d %H:%M:%S UTC"), differing(.differs))]
    OtherTerms {
        /// The pending request, if the caller may read it.
        pending: Option<RequestId>,
        ends_at: DateTime<Utc>,
        /// The differing terms, if the caller may read the pending request.
        differs: Vec<&'static str>,
    },
    /// The object changed since the caller read it.
    #[error("it was changed meanwhile; read it again, and change what is there now")]
    Stale,
    /// A rate limit is used up.
    #[error("{what}; try again after {}", retry_at.format("%Y-%m-%d %H:%M:%S UTC"))]
    TooMany {
        /// The limit.
        what: WhyTooMany,
        /// The time when the call is possible again.
        retry_at: DateTime<Utc>,
    },
    /// The Idempotency-Key was used for another request.
    #[error("this Idempotency-Key was used for another request; use a new key for each thing you want done")]
    KeyReused,
    /// A call with the same Idempotency-Key is in progress.
    #[error("a request with this Idempotency-Key is being answered now; ask again in a second")]
    InFlight,
    /// A unique value is taken.
    #[error("{field}: {value} is taken")]
    Taken { field: &'static str, value: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An error of the random generator.
    #[error(transparent)]
    Rng(#[from] RngError),
}

impl WorkflowError {
    /// An error for a field with an invalid value.
    pub fn invalid(field: &'static str, problem: impl Into<WhyInvalid>) -> Self {
        Self::Invalid { field, problem: problem.into() }
    }

    /// What went wrong, as a stable word for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::NotFound(_) => "not_found",
            Self::Unknown { .. } => "unknown_reference",
            Self::Invalid { .. } => "invalid",
            Self::Forbidden(WhyForbidden::Blocked) => "blocked",
            Self::Forbidden(_) => "forbidden",
            Self::MissingScope(_) => "missing_scope",
            Self::Closed(_) => "closed",
            Self::OtherTerms { .. } => "pending_on_other_terms",
            Self::Stale => "changed_meanwhile",
            Self::TooMany { what: WhyTooMany::DeclinedBefore, .. } => "declined_before",
            Self::TooMany { .. } => "rate_limited",
            Self::KeyReused => "idempotency_key_reused",
            Self::InFlight => "idempotency_key_in_use",
            Self::Taken { .. } => "taken",
            Self::Store(StoreError::Violation(_) | StoreError::Query(_)) => "internal_error",
            Self::Store(_) | Self::Rng(_) => "unavailable",
        }
    }

    /// The field with the wrong value, if one has it.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::Unknown { field, .. } | Self::Invalid { field, .. } | Self::Taken { field, .. } => Some(field),
            _ => None,
        }
    }

    /// Whether the transaction commits in spite of the error: a reference that does not resolve still takes from the rate
    /// limits, and nothing else was written.
    const fn is_kept(&self) -> bool {
        matches!(self, Self::Unknown { field, .. } if matches!(field.as_bytes(), b"user_target" | b"user_allowed" | b"with"))
    }

    /// Moves an error inside a success if its transaction must commit.
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
        Closed::Ended(RequestState::Failed) => "the email for this request could not be delivered",
        Closed::NewApprover => "the data has a new owner, who decides now",
        Closed::AddressChanged => "this link was mailed to an address that is no longer yours; ask for a fresh one",
        Closed::Restored => "this link is from before a restored backup; ask for a fresh one",
    }
}
