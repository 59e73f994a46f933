//! Who is asking, however they proved it. Every credential ends here, and every operation starts here.

use std::net::IpAddr;

use super::{KeyId, UserId};

crate::word_enum! {
    /// What an app's key may do.
    Scope {
        /// File, list and withdraw requests.
        Requests = "requests",
        /// Do so on behalf of others.
        ActAs = "act-as",
        /// Register resources.
        Resources = "resources",
        /// Share and revoke.
        Grants = "grants",
        /// Ask what is allowed.
        Check = "check",
        /// See who exists.
        Directory = "directory",
        /// Keep watch and purge.
        Admin = "admin",
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u32);

impl Scopes {
    /// No scope.
    pub const NONE: Self = Self(0);

    /// Every scope: a person who is signed in is limited by who they are, not by a key.
    pub fn all() -> Self {
        Scope::ALL.iter().copied().collect()
    }

    /// Whether `scope` is in it.
    pub fn has(self, scope: Scope) -> bool {
        self.0 & Self::bit(scope) != 0
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Each one, in order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |scope| self.has(*scope))
    }

    const fn bit(scope: Scope) -> u32 {
        1 << scope as u32
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | Self::bit(scope)))
    }
}

/// How the caller proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A password, by Basic.
    Password,
    /// A browser's session.
    Session,
    /// An OAuth2 access token that may write.
    AccessToken,
    /// An OAuth2 access token that may only read.
    ReadOnlyToken,
    /// An app's key.
    Key,
    /// A token that a person's app signed with their Ethereum account: for shares only. It is not the person themselves.
    SignedToken,
    /// The command line, on the machine itself.
    Operator,
}

/// Who is asking.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The person; none for a key that belongs to nobody.
    pub user: Option<UserId>,
    /// Whether that person is an admin.
    pub is_admin: bool,
    /// The key, where one was shown.
    pub key: Option<KeyId>,
    /// The app that they came through by OAuth2. It gives no right; its list says where its emails' links may lead.
    pub app: Option<KeyId>,
    /// What the credential lets them do.
    pub scopes: Scopes,
    /// How they proved it.
    pub credential: Credential,
    /// From where, for the audit.
    pub peer: Option<IpAddr>,
}

impl Caller {
    /// The operator at the command line.
    pub fn operator() -> Self {
        Self {
            user: None,
            is_admin: true,
            key: None,
            app: None,
            scopes: Scopes::all(),
            credential: Credential::Operator,
            peer: None,
        }
    }

    /// A person who is here themselves.
    pub fn person(user: UserId, is_admin: bool, credential: Credential) -> Self {
        Self { user: Some(user), is_admin, key: None, app: None, scopes: Scopes::all(), credential, peer: None }
    }

    /// Whether they may change anything at all.
    pub fn may_write(&self) -> bool {
        self.credential != Credential::ReadOnlyToken
    }

    /// Whether this is the person themselves, who alone may decide: a key never is, whoever's it is.
    pub fn is_in_person(&self) -> bool {
        matches!(self.credential, Credential::Password | Credential::Session | Credential::AccessToken)
    }

    /// Whether they keep watch: an admin in person, or a key with that scope whose user is one.
    pub fn may_administer(&self) -> bool {
        self.is_admin && self.scopes.has(Scope::Admin)
    }
}
