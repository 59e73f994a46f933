//! The caller, however they authenticated. Every credential ends here, and every operation starts here.

use std::net::IpAddr;

use super::{AppId, KeyId, UserId};

crate::word_enum! {
    /// What an API key may do.
    Scope {
        /// File, list and withdraw requests.
        Requests = "requests",
        /// Act on behalf of others.
        ActAs = "act-as",
        Resources = "resources",
        /// Share and revoke.
        Grants = "grants",
        Check = "check",
        /// See all people.
        Directory = "directory",
        /// Administer, and purge.
        Admin = "admin",
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u32);

impl Scopes {
    /// No scope.
    pub const NONE: Self = Self(0);

    /// All scopes, for people who sign in: their own rights limit them, not a key.
    pub fn all() -> Self {
        Scope::ALL.iter().copied().collect()
    }

    /// Whether `scope` is in it.
    pub fn has(self, scope: Scope) -> bool {
        self.0 & Self::bit(scope) != 0
    }

    /// Its scopes, in order.
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

/// How the caller authenticated.
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
    Key,
    /// A token that a person's app signed with their Ethereum account, for shares only. It does not count as the person
    /// themselves.
    SignedToken,
    /// The command line on the machine itself.
    Operator,
}

/// The caller of an operation.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The person; none for a key that belongs to no person.
    pub user: Option<UserId>,
    /// Whether that person is an administrator.
    pub is_admin: bool,
    /// The API key, if they used one.
    pub key: Option<KeyId>,
    /// The app of that key.
    pub app: Option<AppId>,
    /// The key of the app that they came through by OAuth2. It gives no right; its list restricts the links in emails.
    pub client: Option<KeyId>,
    /// The scopes of the credential.
    pub scopes: Scopes,
    /// How they authenticated.
    pub credential: Credential,
    /// Their address, for the audit.
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
            client: None,
            scopes: Scopes::all(),
            credential: Credential::Operator,
            peer: None,
        }
    }

    /// A person in person.
    pub fn person(user: UserId, is_admin: bool, credential: Credential) -> Self {
        Self { user: Some(user), is_admin, key: None, app: None, client: None, scopes: Scopes::all(), credential, peer: None }
    }

    /// Whether the caller may change anything at all.
    pub fn may_write(&self) -> bool {
        self.credential != Credential::ReadOnlyToken
    }

    /// Whether this is the person themselves, who alone may decide. A key never is, even that of the person.
    pub fn is_in_person(&self) -> bool {
        matches!(self.credential, Credential::Password | Credential::Session | Credential::AccessToken)
    }

    /// Whether they may administer: an administrator in person, or a key with that scope whose user is one.
    pub fn may_administer(&self) -> bool {
        self.is_admin && self.scopes.has(Scope::Admin)
    }
}
