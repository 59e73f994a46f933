//! A mail of ours.

crate::word_enum! {
    /// What an email says. Its word, with hyphens, begins the keys of its sentences.
    EmailKind {
        /// To the approver: somebody asks for access to your data.
        Decide = "decide",
        /// To the approver: somebody offers you access.
        Invite = "invite",
        /// To the approver: it still waits.
        Reminder = "reminder",
        /// To the approver: the link that they asked for.
        FreshLink = "fresh_link",
        /// To the requester: your request is on its way.
        Receipt = "receipt",
        /// To the requester: yes.
        Approved = "approved",
        /// To the requester: yes, but for less.
        ApprovedLess = "approved_less",
        /// To the requester: no.
        Declined = "declined",
        /// To the approver: no answer is needed any more.
        Withdrawn = "withdrawn",
        /// To the requester: nobody answered in time.
        Expired = "expired",
        /// To the requester: it can no longer be decided, and why.
        Cancelled = "cancelled",
        /// To who decided until now: somebody else does.
        AnotherDecides = "another_decides",
        /// A six-digit code to sign in with.
        SignInCode = "sign_in_code",
        /// To the requester: the email could not be delivered.
        Undeliverable = "undeliverable",
        /// To who is given to: somebody shared something with you.
        Shared = "shared",
        /// To who has access: it ends soon.
        EndsSoon = "ends_soon",
        /// To who had access: its time is over.
        Ended = "ended",
        /// To who had access: it was taken back.
        Revoked = "revoked",
        /// To somebody whose password others guess at.
        SignInWarning = "sign_in_warning",
        /// To an administrator: what waits for somebody.
        Summary = "summary",
    }
}

impl EmailKind {
    /// Whether it carries a token, minted as it is sent.
    pub const fn carries_token(self) -> bool {
        matches!(self, Self::Decide | Self::Invite | Self::Reminder | Self::FreshLink)
    }

    /// Those that carry a token: a decision cancels what of them still waits.
    pub const WITH_TOKEN: &'static [Self] = &[Self::Decide, Self::Invite, Self::Reminder, Self::FreshLink];

    /// Whether it goes to who asked or offered, to say how that stands.
    pub const fn is_to_requester(self) -> bool {
        matches!(
            self,
            Self::Receipt
                | Self::Approved
                | Self::ApprovedLess
                | Self::Declined
                | Self::Expired
                | Self::Cancelled
                | Self::Undeliverable
        )
    }

    /// Whether its way says how far a request has come: a reminder that is lost takes back no email that arrived.
    pub const fn speaks_for_request(self) -> bool {
        matches!(self, Self::Decide | Self::Invite | Self::FreshLink)
    }
}

crate::word_enum! {
    /// Where an email stands.
    EmailState {
        /// Waiting, or being sent under a lease.
        Queued = "queued",
        /// The next server has it.
        Sent = "sent",
        /// Refused for good, or tried for as long as it made sense.
        Dead = "dead",
        /// Its request was decided before it went out.
        Cancelled = "cancelled",
    }
}
