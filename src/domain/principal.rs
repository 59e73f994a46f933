//! Users and groups.

use chrono::{DateTime, Utc};

use super::{Address, GroupId, Name, PrincipalId, UserId};

/// A person.
#[derive(Clone, Debug)]
pub struct User {
    /// Their id, shared with groups' ids.
    pub id: UserId,
    /// The name for sign-in; the address unless they chose another one.
    pub username: String,
    pub email: Address,
    /// First name, may be empty.
    pub first_name: String,
    /// Last name, may be empty.
    pub last_name: String,
    /// The language of their emails and pages (BCP 47).
    pub locale: String,
    /// Their time zone (IANA).
    pub time_zone: String,
    /// Known by address only: no password, signs in by emailed code.
    pub is_external: bool,
    /// Whether they administer and purge; an administrator never decides for others.
    pub is_admin: bool,
    /// The argon2id hash of their password, if they have one.
    pub password_hash: Option<String>,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// Time until which they decide nothing, after somebody else changed how they are identified.
    pub decides_from: Option<DateTime<Utc>>,
    /// Whether they chose language and time zone themselves.
    pub is_language_chosen: bool,
}

crate::word_enum! {
    /// What identifies a person and was changed by somebody else.
    AccountChange {
        /// The address.
        Address = "address",
        /// The username.
        Username = "username",
        /// The password.
        Password = "password",
        /// A linked account at a provider.
        Provider = "provider",
    }
}

/// How a caller names a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserRef {
    Id(UserId),
    /// By address; an unknown person may be added by it.
    Address(Address),
}

impl UserRef {
    /// The address, if they are named by it.
    pub fn address(&self) -> Option<&str> {
        match self {
            Self::Id(_) => None,
            Self::Address(address) => Some(address.as_str()),
        }
    }
}

impl User {
    /// The name for others: their name, or their address if they have none; for a [hidden](Self::hidden) person the caller's
    /// name for them, or their id.
    pub fn display_name(&self) -> String {
        let name = format!("{} {}", self.first_name, self.last_name);
        let name = name.trim();
        if !name.is_empty() {
            return name.to_owned();
        }
        if self.is_hidden() { self.called() } else { self.email.to_string() }
    }

    /// The caller's name for a hidden person, or their id.
    pub fn called(&self) -> String {
        let called = [self.email.as_str(), &self.username].into_iter().find(|text| !text.is_empty());
        called.map_or_else(|| format!("#{}", self.id), str::to_owned)
    }

    /// Whether their identity is hidden. Every other person has a username.
    pub fn is_hidden(&self) -> bool {
        self.username.is_empty() || self.email.as_str().is_empty()
    }

    /// The same person without anything that identifies them: only the id, and the caller's own name for them.
    #[must_use]
    pub fn hidden(&self, called: Option<&str>) -> Self {
        let address = called.filter(|called| called.contains('@')).unwrap_or_default();
        Self {
            id: self.id,
            username: called.filter(|_| address.is_empty()).unwrap_or_default().to_owned(),
            email: Address::from_stored(address.to_owned()),
            first_name: String::new(),
            last_name: String::new(),
            locale: String::new(),
            time_zone: String::new(),
            is_external: false,
            is_admin: false,
            password_hash: None,
            created_at: DateTime::UNIX_EPOCH,
            decides_from: None,
            is_language_chosen: false,
        }
    }
}

/// A person to add.
#[derive(Clone, Debug)]
pub struct NewUser {
    pub email: Address,
    /// None: the address.
    pub username: Option<String>,
    pub first_name: String,
    pub last_name: String,
    /// BCP 47.
    pub locale: String,
    /// IANA.
    pub time_zone: String,
    /// Known by address only.
    pub is_external: bool,
    /// Whether they are an administrator.
    pub is_admin: bool,
    /// The argon2id hash of a password.
    pub password_hash: Option<String>,
    /// 20 bytes in lower-case hex with `0x`: the account that signs Eluvio's tokens.
    pub eth_address: Option<String>,
    /// Eluvio's tenant id (`iten…`).
    pub tenant: Option<String>,
}

impl NewUser {
    /// A person of whom only the address is known.
    pub fn with_address(email: Address) -> Self {
        Self {
            email,
            username: None,
            first_name: String::new(),
            last_name: String::new(),
            locale: "en".into(),
            time_zone: "UTC".into(),
            is_external: false,
            is_admin: false,
            password_hash: None,
            eth_address: None,
            tenant: None,
        }
    }

    /// The same for an external user, with the language and time zone of the instance.
    pub fn external(email: Address, locale: &str, time_zone: &str) -> Self {
        let (locale, time_zone) = (locale.to_owned(), time_zone.to_owned());
        Self { locale, time_zone, is_external: true, ..Self::with_address(email) }
    }
}

/// A named set of users.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its id, shared with users' ids.
    pub id: GroupId,
    /// Its name, unique among groups.
    pub name: String,
}

/// A user or a group.
#[derive(Clone, Debug)]
pub enum Principal {
    User(User),
    /// A named set of them.
    Group(Group),
}

impl Principal {
    /// Its id.
    pub fn id(&self) -> PrincipalId {
        match self {
            Self::User(user) => user.id.into(),
            Self::Group(group) => group.id.into(),
        }
    }

    /// Its name: the username or the group's name.
    pub fn name(&self) -> &str {
        match self {
            Self::User(user) => &user.username,
            Self::Group(group) => &group.name,
        }
    }
}

/// The name that a person types to sign in: an address, else a username.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInName {
    Address(Address),
    Username(Name),
}

impl SignInName {
    /// Parses a typed name. None if nobody can have it.
    pub fn read(text: &str) -> Option<Self> {
        Address::pasted(text).map_or_else(|_| Name::read(text).map(Self::Username), |one| Some(Self::Address(one)))
    }
}
