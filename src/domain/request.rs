//! Requests for access, and their outcomes.

use chrono::{DateTime, TimeDelta, Utc};

use super::{AppId, BundleId, EmailKind, Grant, GrantId, GrantState, Level, RequestId, ResourceId, UserId};

crate::word_enum! {
    /// The kind of a request.
    RequestKind {
        /// The approver gives access to their own data.
        Ask = "ask",
        /// The owner offers, the grantee accepts.
        Invite = "invite",
    }
}

impl RequestKind {
    /// The email that carries the link.
    pub const fn email(self) -> EmailKind {
        match self {
            Self::Ask => EmailKind::Decide,
            Self::Invite => EmailKind::Invite,
        }
    }
}

crate::word_enum! {
    /// The state of a request. [`RequestState::may_become`] lists the legal transitions.
    RequestState {
        /// Waits for the approver.
        Pending = "pending",
        /// The approver approved it; a grant exists or existed.
        Approved = "approved",
        Declined = "declined",
        /// The requester withdrew it.
        Withdrawn = "withdrawn",
        /// It expired without a decision.
        Expired = "expired",
        /// Its bundle, a person or the key was removed.
        Cancelled = "cancelled",
        /// The email could not be delivered and nobody can decide.
        Failed = "failed",
    }
}

impl RequestState {
    /// Whether a request may go from this state to `next`. A decision is final, except that the approver who declined may still
    /// approve until the request expires, which the guarded UPDATE checks.
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Pending => match next {
                Self::Approved | Self::Declined | Self::Withdrawn | Self::Expired | Self::Cancelled | Self::Failed => true,
                Self::Pending => false,
            },
            Self::Declined => matches!(next, Self::Approved),
            Self::Approved | Self::Withdrawn | Self::Expired | Self::Cancelled | Self::Failed => false,
        }
    }
}

crate::word_enum! {
    /// Why a request was cancelled: the codes of `requests.reason_code`.
    WhyCancelled {
        RequesterGone = "requester_gone",
        ApproverGone = "approver_gone",
        /// The data of an offer has another owner now.
        OffererNotOwner = "offerer_not_owner",
        /// The grantee owns the data now.
        GranteeIsOwner = "grantee_is_owner",
        ThingGone = "bundle_gone",
        /// The key of the app that filed it was revoked.
        AppGone = "app_gone",
        /// An administrator removed the request.
        Removed = "removed_by_admin",
    }
}

impl WhyCancelled {
    /// The English text: for programs, for the audit, and for `requests.reason`, which versions without the codes read.
    pub const fn text(self) -> &'static str {
        match self {
            Self::RequesterGone => "who asked is no longer here",
            Self::ApproverGone => "who would decide is no longer here",
            Self::OffererNotOwner => "who offered it no longer owns it",
            Self::GranteeIsOwner => "who would gain owns it now",
            Self::ThingGone => "what was asked for is no longer there",
            Self::AppGone => "the app that asked may no longer ask",
            Self::Removed => "an administrator removed it",
        }
    }

    /// The cause with this text, which versions without the codes stored.
    pub fn of_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|why| why.text() == text)
    }
}

crate::word_enum! {
    /// The delivery state of the approver's email.
    MailState {
        Queued = "queued",
        /// The next mail server has accepted it.
        Sent = "sent",
        /// The mail server refused it temporarily; it is tried again.
        Deferred = "deferred",
        /// It could not be delivered.
        Bounced = "bounced",
    }
}

/// The requested end of access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    At(DateTime<Utc>),
    /// This long after the decision.
    For(TimeDelta),
}

impl Until {
    /// The end of access decided at `now`.
    pub fn from(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::At(at) => at,
            Self::For(length) => now.checked_add_signed(length).unwrap_or(DateTime::<Utc>::MAX_UTC),
        }
    }
}

/// One request, as stored.
#[derive(Clone, Debug)]
pub struct Request {
    pub id: RequestId,
    pub kind: RequestKind,
    /// The person who called; none if an app acted for itself.
    pub initiator: Option<UserId>,
    /// The app, if an app called.
    pub app: Option<AppId>,
    /// The approver (`user_target`), who gets the email and alone may check and redeem.
    pub target: UserId,
    /// The grantee (`user_allowed`): gains access.
    pub allowed: UserId,
    /// The requester's message.
    pub message: Option<String>,
    /// The URL of the email's link; none for our own page.
    pub redeem_url: Option<String>,
    /// The time from filing until it expires.
    pub ttl: TimeDelta,
    pub expires_at: DateTime<Utc>,
    /// The requested end of access.
    pub until: Option<Until>,
    /// The URIs of the requested resources; empty: the whole bundle.
    pub resources: Vec<String>,
    /// The stored state; [`Request::state_at`] also considers the time.
    pub state: RequestState,
    /// The delivery state of the email.
    pub mail_state: MailState,
    /// The number of emails with a link that were requested.
    pub letters: i32,
    /// When the last one was requested.
    pub last_letter_at: DateTime<Utc>,
    /// When it was filed.
    pub created_at: DateTime<Utc>,
    /// When its approver is reminded next.
    pub remind_at: Option<DateTime<Utc>>,
    /// The grant that it asks to prolong.
    pub renews: Option<GrantId>,
    /// The decision, if there is one.
    pub decision: Option<Decision>,
    /// The caller's name for the approver, unless that was an id.
    pub target_as: Option<String>,
    /// The caller's name for the grantee, unless that was an id.
    pub allowed_as: Option<String>,
}

impl Request {
    /// The state at `now`: a request past its end has expired, whether a job recorded that or not.
    pub fn state_at(&self, now: DateTime<Utc>) -> RequestState {
        match self.state {
            RequestState::Pending if now >= self.expires_at && self.mail_state == MailState::Bounced => RequestState::Failed,
            RequestState::Pending if now >= self.expires_at => RequestState::Expired,
            state => state,
        }
    }

    /// The person who gets news of the outcome: the grantee of an ask, the owner of an invite.
    pub fn requester(&self) -> Option<UserId> {
        match self.kind {
            RequestKind::Ask => Some(self.allowed),
            RequestKind::Invite => self.initiator,
        }
    }

    /// The approver's message with the decision.
    pub fn words(&self) -> Option<&str> {
        match self.decision.as_ref()?.reason.as_ref()? {
            Reason::Words(words) => Some(words),
            Reason::Cancelled(_) => None,
        }
    }

    /// Why it was cancelled, if known.
    pub fn why_cancelled(&self) -> Option<WhyCancelled> {
        match self.decision.as_ref()?.reason.as_ref()? {
            Reason::Words(_) => None,
            Reason::Cancelled(why) => Some(*why),
        }
    }

    /// Whether `user` is one of the people in it.
    pub fn involves(&self, user: UserId) -> bool {
        self.target == user || self.allowed == user || self.initiator == Some(user)
    }
}

/// The end of a request.
#[derive(Clone, Debug)]
pub struct Decision {
    pub at: DateTime<Utc>,
    /// The person who decided; none if time or a removal ended it.
    pub by: Option<UserId>,
    /// The reason, if there is one.
    pub reason: Option<Reason>,
    /// Whether less was given than requested.
    pub is_narrowed: bool,
    /// What was given, if recorded: for an approval with limits, or one that prolongs a grant.
    pub given: Option<Given>,
    pub grant: Option<Outcome>,
}

/// Why a request was declined or cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The approver's message.
    Words(String),
    /// The cause of a cancellation.
    Cancelled(WhyCancelled),
}

impl Reason {
    /// The code of a cancellation.
    pub const fn code(&self) -> Option<&'static str> {
        match self {
            Self::Words(_) => None,
            Self::Cancelled(why) => Some(why.as_str()),
        }
    }

    /// The English text, for programs.
    pub fn text(&self) -> &str {
        match self {
            Self::Words(words) => words,
            Self::Cancelled(why) => why.text(),
        }
    }
}

/// The access that an approval gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub level: Level,
    /// The end; none: no end.
    pub until: Option<DateTime<Utc>>,
    /// The URIs of the resources; empty: the whole bundle.
    pub resources: Vec<String>,
}

/// The grant that resulted from a request, in its present state.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    pub id: GrantId,
    pub level: Level,
    /// Its start.
    pub starts_at: DateTime<Utc>,
    /// Its end; none: no end.
    pub ends_at: Option<DateTime<Utc>>,
    pub is_enabled: bool,
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Outcome {
    /// The state at `now`.
    pub fn state_at(&self, now: DateTime<Utc>) -> GrantState {
        match self {
            Self { revoked_at: Some(_), .. } => GrantState::Revoked,
            Self { ends_at: Some(end), .. } if *end <= now => GrantState::Expired,
            Self { is_enabled: false, .. } => GrantState::Disabled,
            Self { starts_at, .. } if now < *starts_at => GrantState::Scheduled,
            _ => GrantState::Active,
        }
    }
}

impl From<&Grant> for Outcome {
    fn from(grant: &Grant) -> Self {
        let Grant { id, level, starts_at, ends_at, is_enabled, revoked_at, .. } = *grant;
        Self { id, level, starts_at, ends_at, is_enabled, revoked_at }
    }
}

/// One requested item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestItem {
    /// The bundle, or …
    pub bundle: Option<BundleId>,
    /// … the single resource.
    pub resource: Option<ResourceId>,
    pub level: Level,
}

/// The limits of an approval. None: as requested.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApprovalLimits {
    /// A lower level.
    pub level: Option<Level>,
    /// An earlier end.
    pub until: Option<Until>,
    /// Fewer resources, by URI.
    pub resources: Option<Vec<String>>,
}

impl ApprovalLimits {
    /// Whether there are no limits.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::RequestState::{self, Approved, Cancelled, Declined, Expired, Failed, Pending, Withdrawn};

    #[test]
    fn a_pending_request_ends_in_six_ways_and_only_a_decline_can_still_be_approved() {
        let legal = [
            (Pending, Approved),
            (Pending, Declined),
            (Pending, Withdrawn),
            (Pending, Expired),
            (Pending, Cancelled),
            (Pending, Failed),
            (Declined, Approved),
        ];
        for from in RequestState::ALL.iter().copied() {
            for to in RequestState::ALL.iter().copied() {
                assert_eq!(from.may_become(to), legal.contains(&(from, to)), "{from} to {to}");
            }
        }
    }
}
