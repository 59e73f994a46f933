//! The kinds and states of emails.

crate::word_enum! {
    /// The kinds of emails. The word, with hyphens, begins the keys of its texts.
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
        /// To a person one of whose browsers is remembered now.
        BrowserRemembered = "browser_remembered",
        /// To a person whose account somebody else changed, at the old and the new address.
        AccountChanged = "account_changed",
        /// To an administrator: the open requests.
        Summary = "summary",
    }
}

/// What an email is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// A request that waits for the reader's decision.
    Decision,
    /// How a request stands.
    Request,
    Grant,
    /// Neither.
    System,
}

impl EmailKind {
    /// What it is about: the one place that groups the kinds.
    pub const fn topic(self) -> Topic {
        match self {
            Self::Decide | Self::Invite | Self::Reminder | Self::FreshLink => Topic::Decision,
            Self::Receipt
            | Self::Approved
            | Self::ApprovedLess
            | Self::Declined
            | Self::Withdrawn
            | Self::Expired
            | Self::Cancelled
            | Self::AnotherDecides
            | Self::Undeliverable => Topic::Request,
            Self::Shared | Self::EndsSoon | Self::Ended | Self::Revoked => Topic::Grant,
            Self::SignInCode | Self::SignInWarning | Self::BrowserRemembered | Self::AccountChanged | Self::Summary => {
                Topic::System
            }
        }
    }

    /// Whether it carries a token, which is minted when it is sent.
    pub fn carries_token(self) -> bool {
        self.topic() == Topic::Decision
    }

    /// The kinds that carry a token: a decision cancels queued emails of these kinds.
    pub const WITH_TOKEN: &'static [Self] = &[Self::Decide, Self::Invite, Self::Reminder, Self::FreshLink];

    /// Whether it tells the requester how their request stands.
    pub fn is_to_requester(self) -> bool {
        self.topic() == Topic::Request && !matches!(self, Self::Withdrawn | Self::AnotherDecides)
    }

    /// Whether its delivery is the delivery state of the request. A lost reminder does not change that of the first email.
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

/// The codes of a mail server's reply: what is done about an email is chosen by them, never by the server's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyCode {
    /// The reply code of RFC 5321, such as 550.
    pub code: u16,
    /// The enhanced code of RFC 3463, such as 5.1.1.
    pub enhanced: Option<String>,
}

impl ReplyCode {
    /// The codes of a reply; the enhanced code is the first word of its text.
    pub fn of(code: u16, words: &str) -> Self {
        let is_number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        let is_enhanced = |word: &&str| {
            let parts: Vec<&str> = word.split('.').collect();
            matches!(parts.as_slice(), ["2" | "4" | "5", subject, detail] if is_number(subject) && is_number(detail))
        };
        Self { code, enhanced: words.split_whitespace().next().filter(is_enhanced).map(str::to_owned) }
    }

    /// The codes of a line that begins with the reply code.
    pub fn of_line(line: &str) -> Option<Self> {
        let (code, words) = line.split_at_checked(3)?;
        let code = code.parse().ok().filter(|code| (200..600).contains(code))?;
        (words.is_empty() || words.starts_with(' ')).then(|| Self::of(code, words))
    }

    /// Whether the server refused for good.
    pub const fn is_permanent(&self) -> bool {
        500 <= self.code
    }

    /// Whether it says that there is no such mailbox. Servers answer 550 to blocked emails too; their enhanced code says so.
    pub fn is_no_mailbox(&self) -> bool {
        match self.enhanced.as_deref() {
            Some("5.1.1" | "5.1.10") => true,
            Some(policy) if policy.starts_with("5.7.") => false,
            _ => self.code == 550,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ReplyCode;

    #[test]
    fn a_reply_is_known_by_its_codes_whatever_its_words_say() {
        for (line, enhanced, is_no_mailbox) in [
            ("550 5.1.1 <x@y.org>: unknown", Some("5.1.1"), true),
            ("554 5.1.10 no such recipient", Some("5.1.10"), true),
            ("550 no such user", None, true),
            ("550", None, true),
            ("550 5.2.1 disabled", Some("5.2.1"), true),
            ("550 5.7.1 blocked; see 5.1.1", Some("5.7.1"), false),
            ("552 5.2.2 over quota, not 550", Some("5.2.2"), false),
            ("451 4.3.0 550 was said further on", Some("4.3.0"), false),
            ("554 10.0.0.1 is listed", None, false),
            ("554 5.1 short", None, false),
            ("554 5.1.1.1 long", None, false),
        ] {
            let reply = ReplyCode::of_line(line).unwrap();
            assert_eq!((reply.enhanced.as_deref(), reply.is_no_mailbox()), (enhanced, is_no_mailbox), "{line}");
            assert_eq!(reply.is_permanent(), line.starts_with('5'), "{line}");
        }
        for line in ["", "55", "5500 x", "the mail server failed at the greeting: 550", "999 x", "55\u{e4}"] {
            assert_eq!(ReplyCode::of_line(line), None, "{line}");
        }
    }
}
