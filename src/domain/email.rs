//! The kinds and states of emails.

crate::word_enum! {
    /// The kind of an email. Each has one template folder.
    EmailKind {
        /// To the approver: a request for access to their data.
        Decide = "decide",
        /// To the approver: an offer of access.
        Invite = "invite",
        /// To the approver: the request is still pending.
        Reminder = "reminder",
        /// To the approver: a new link, as requested.
        FreshLink = "fresh_link",
        /// To the requester: confirms the request.
        Receipt = "receipt",
        /// To the requester: approved.
        Approved = "approved",
        /// To the requester: approved with limits.
        ApprovedLess = "approved_less",
        /// To the requester: declined.
        Declined = "declined",
        /// To the approver: the request was withdrawn.
        Withdrawn = "withdrawn",
        /// To the requester: the request expired without an answer.
        Expired = "expired",
        /// To the requester: the request was cancelled, and why.
        Cancelled = "cancelled",
        /// To the former approver: somebody else decides now.
        AnotherDecides = "another_decides",
        /// A six-digit sign-in code.
        SignInCode = "sign_in_code",
        /// To the requester: the email could not be delivered.
        Undeliverable = "undeliverable",
        /// To the grantee: somebody shared something with them.
        Shared = "shared",
        /// To the grantee: access ends soon.
        EndsSoon = "ends_soon",
        /// To the grantee: access has ended.
        Ended = "ended",
        /// To the grantee: access was revoked.
        Revoked = "revoked",
        /// To a person whose password others are guessing.
        SignInWarning = "sign_in_warning",
        /// To an administrator: the open requests.
        Summary = "summary",
    }
}

impl EmailKind {
    /// Whether it carries a token, which is minted when it is sent.
    pub const fn carries_token(self) -> bool {
        matches!(self, Self::Decide | Self::Invite | Self::Reminder | Self::FreshLink)
    }

    /// The kinds that carry a token: a decision cancels queued emails of these kinds.
    pub const WITH_TOKEN: &'static [Self] = &[Self::Decide, Self::Invite, Self::Reminder, Self::FreshLink];

    /// Whether its delivery sets the request's mail state. A reminder's does not, since an earlier email arrived already.
    pub const fn speaks_for_request(self) -> bool {
        matches!(self, Self::Decide | Self::Invite | Self::FreshLink)
    }
}

crate::word_enum! {
    /// The state of an email.
    EmailState {
        /// Queued, or being sent under a lease.
        Queued = "queued",
        /// The next mail server has accepted it.
        Sent = "sent",
        /// Refused for good, or given up after the last retry.
        Dead = "dead",
        /// Its request was decided before it was sent.
        Cancelled = "cancelled",
    }
}
