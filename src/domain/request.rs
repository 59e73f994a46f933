//! Requests for access, and their outcomes.

use chrono::{DateTime, TimeDelta, Utc};

use super::{BundleId, EmailKind, Grant, GrantId, GrantState, KeyId, Level, RequestId, ResourceId, UserId};

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
    /// Where a request stands. All but `pending` are final.
    RequestState {
        /// Waits for the approver.
        Pending = "pending",
        /// The approver said yes; a grant exists or existed.
        Approved = "approved",
        /// The approver said no.
        Declined = "declined",
        /// The requester took it back.
        Withdrawn = "withdrawn",
        /// Nobody answered in time.
        Expired = "expired",
        /// What it was about is gone: the bundle, a person, the key.
        Cancelled = "cancelled",
        /// The email could not be delivered and nobody can decide.
        Failed = "failed",
    }
}

crate::word_enum! {
    /// Why a request was cancelled, as it is kept with it.
    WhyCancelled {
        /// Who asked.
        AskerGone = "who asked is no longer here",
        /// Who decides.
        DeciderGone = "who would decide is no longer here",
        /// The offer was another's to make.
        NotOfferersAnyMore = "who offered it no longer owns it",
        /// It was handed to who asked for it.
        AskersOwn = "who would gain owns it now",
        /// The bundle was removed.
        ThingGone = "what was asked for is no longer there",
        /// Its key was revoked.
        AppGone = "the app that asked may no longer ask",
        /// By hand.
        Removed = "an administrator removed it",
    }
}

crate::word_enum! {
    /// The delivery state of the approver's email.
    MailState {
        /// Queued.
        Queued = "queued",
        /// The next mail server has accepted it.
        Sent = "sent",
        /// The mail server refused it temporarily; it is tried again.
        Deferred = "deferred",
        /// It could not be delivered.
        Bounced = "bounced",
    }
}

/// When requested access shall end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// At a moment.
    At(DateTime<Utc>),
    /// This long after the decision.
    For(TimeDelta),
}

impl Until {
    /// The end, if the decision were made `now`.
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
    /// Its id.
    pub id: RequestId,
    /// Its kind.
    pub kind: RequestKind,
    /// The person who called; none if an app acted for itself.
    pub initiator: Option<UserId>,
    /// The app's API key, if an app called.
    pub key: Option<KeyId>,
    /// The approver (`user_target`), who gets the email and alone may check and redeem.
    pub target: UserId,
    /// The grantee (`user_allowed`): gains access.
    pub allowed: UserId,
    /// The requester's message.
    pub message: Option<String>,
    /// The URL of the email's link; none for our own page.
    pub redeem_url: Option<String>,
    /// How long it can be decided.
    pub ttl: TimeDelta,
    /// From this moment on it can no longer be decided.
    pub expires_at: DateTime<Utc>,
    /// When the access shall end.
    pub until: Option<Until>,
    /// The URIs of the requested resources; empty: the whole bundle.
    pub resources: Vec<String>,
    /// The stored state; [`Request::state_at`] judges the clock too.
    pub state: RequestState,
    /// The delivery state of the email.
    pub mail_state: MailState,
    /// How many emails with a link were requested.
    pub letters: i32,
    /// When the last of them was requested.
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
    /// The state, judged at `now`: a pending request whose time is over has expired, whether a job recorded it or not.
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

    /// Whether `user` is one of the people in it.
    pub fn involves(&self, user: UserId) -> bool {
        self.target == user || self.allowed == user || self.initiator == Some(user)
    }
}

/// The end of a request.
#[derive(Clone, Debug)]
pub struct Decision {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom; none if time or a removal ended it.
    pub by: Option<UserId>,
    /// The reason of a decline or of a cancellation.
    pub reason: Option<String>,
    /// Whether less was given than requested.
    pub is_narrowed: bool,
    /// What was given, if it is recorded: for an approval with limits, or one that prolongs a grant.
    pub given: Option<Given>,
    /// The resulting grant.
    pub grant: Option<Outcome>,
}

/// The access that an approval gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The level.
    pub level: Level,
    /// The end; none: no end.
    pub until: Option<DateTime<Utc>>,
    /// The URIs of the resources; empty: the whole bundle.
    pub resources: Vec<String>,
}

/// The grant that resulted from a request, in its present state.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// Its id.
    pub id: GrantId,
    /// Its level.
    pub level: Level,
    /// Its start.
    pub starts_at: DateTime<Utc>,
    /// Its end; none: no end.
    pub ends_at: Option<DateTime<Utc>>,
    /// Whether it is enabled.
    pub is_enabled: bool,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Outcome {
    /// The state, judged at `now`.
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
    /// The level.
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
