//! A mail of ours.

crate::words! {
    /// What a letter says. One template folder each.
    LetterKind {
        /// To the decider: somebody asks for access to your data.
        Decide = "decide",
        /// To the decider: somebody offers you access.
        Invite = "invite",
        /// To the asker: yes.
        Approved = "approved",
        /// To the asker: yes, but for less.
        ApprovedLess = "approved_less",
        /// To the asker: no.
        Declined = "declined",
        /// To the decider: no answer is needed any more.
        Withdrawn = "withdrawn",
        /// To the asker: nobody answered in time.
        Expired = "expired",
        /// A six-digit code to sign in with.
        SignInCode = "sign_in_code",
        /// To the asker: the letter could not be delivered.
        Undeliverable = "undeliverable",
        /// To who is given to: somebody shared something with you.
        Shared = "shared",
    }
}

impl LetterKind {
    /// Whether it carries a token, minted as it is sent.
    pub const fn carries_token(self) -> bool {
        matches!(self, Self::Decide | Self::Invite)
    }
}

crate::words! {
    /// Where a letter stands.
    LetterState {
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
