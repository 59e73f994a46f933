//! Why operations are refused, as codes. Programs read the English texts; pages and emails choose a sentence by code, in the
//! reader's language.

crate::word_enum! {
    /// Why an authenticated caller is not allowed.
    WhyForbidden {
        TokenReadOnly = "this access token may only read; ask for one with the scope readwrite",
        AdminsOnly = "this is for administrators",
        NoLongerAdmin = "you are no longer an administrator",
        OnlyForYourself = "you can only ask for access for yourself (user_allowed)",
        OfferNeedsPerson = "an offer comes from a person: use a key that belongs to the owner",
        NotYoursToOffer = "you may offer only what is yours, or what you were given with the right to share on",
        OfferAboveOwnLevel = "you may not offer more than you hold yourself; ask for a lower level",
        OfferBeyondOwnResources = "you may not offer more than you hold yourself; name fewer resources",
        Blocked = "user_target does not take requests from you",
        RequesterLostRight = "who asked may no longer ask for this, so it can no longer be approved",
        OffererLostRight = "who offers this may no longer share it on",
        OffererHoldsLess = "who offers this does not hold as much themselves any more",
        OnlyRequesterAsksAgain = "only who asked can ask again",
        OnlyRequesterWithdraws = "only who asked can withdraw a request",
        OnlyRequesterResends = "only who asked can have the email sent again",
        OnlyApproverGetsLink = "only who decides can have the link sent to them",
        OnlyApproverBlocks = "only who decides can block who asked",
        MailboxNotProved = "prove first that you read your mailbox: enter a code from it",
        AccountChanged = "somebody else changed this account, so it decides nothing for 7 days, or until the earlier mailbox confirms the change",
        OnlyApproverDecides = "only user_target can decide",
        DecisionNeedsPerson = "only user_target in person can decide",
        TokenNeedsPerson = "only user_target in person can check or redeem a token, never a key",
        TokenOfAnother = "this token is not valid for this user; sign in as the one it was mailed to",
        GrantRevoked = "this access was taken back; ask for it again",
        SharedDirectly = "this was shared with you directly; ask who shared it to prolong it",
        NamesNeedSignIn = "people change their own names, signed in",
        NamesOfOthers = "people change their own names only",
        ChecksOfOthers = "people ask about themselves only; ask about others with a key that has the scope `check`, or as an admin",
        OnlyOwnerGives = "only user_target can give access to their data; file a bundle_permission_request to ask them",
        SharingNeedsPerson = "only a person can share; use a key that belongs to one",
        SharesNeedPerson = "only a person has shares; use a key that belongs to one",
        NotYoursToShare = "you may share only what is yours, or what you were given with the right to share it on so, and never more than you hold",
        UnregisteredResource = "nobody registered this resource, so it is nobody's to share; `countersign resource add` registers it",
        GrantorHoldsLess = "you do not hold as much yourself any more, so you cannot give it",
        OnlyGrantorChanges = "only who gave it can change it; others can take it back or let it be",
        OnlyMakerChanges = "only who made a share changes it",
        OnlyMakerRevokes = "only who made a share, or whose objects they are, takes it back",
        ShareRevoked = "share revoked",
        SharedWithYourGroup = "it is given to a group that you are in; only who gave it, or whose data it is, can take it back",
        OtherTenant = "this is another tenant's",
    }
}

crate::word_enum! {
    /// The exceeded limits.
    WhyTooMany {
        Resends = "the email was sent as often as it is sent for one request",
        ResendPause = "the email is sent again at most every ten minutes",
        DeclinedBefore = "user_target declined this before",
        EmailsToApprover = "user_target has had as many emails as one person is sent",
        EmailsToApproverFromYou = "user_target has had as many emails as one person or app sends them",
        EmailsToDomain = "as many emails as are sent to one mail domain have gone to user_target's",
        EmailsByYou = "you have caused as many emails as are sent for one person or app",
        Changes = "you have changed as much as one person or app may in an hour",
        NewPeople = "you have named as many people whom you do not see as one person or app may in an hour",
    }
}

/// Why a field is invalid. Reasons with a sentence on a page are codes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhyInvalid {
    /// The requested end came before the decision.
    #[error("the end that was asked for has passed; this can only be declined")]
    EndPassed,
    #[error("it must be in the future")]
    NotInFuture,
    /// Control characters, which a terminal would interpret.
    #[error("no control characters but line breaks and tabs")]
    ControlCharacters,
    /// Any other reason; no form of this program sends it.
    #[error("{0}")]
    Other(String),
}

impl From<String> for WhyInvalid {
    fn from(text: String) -> Self {
        Self::Other(text)
    }
}

impl From<&str> for WhyInvalid {
    fn from(text: &str) -> Self {
        Self::Other(text.to_owned())
    }
}
