//! OAuth2 (RFC 6749): the token endpoint of every API. A client is an API key; its id is the key's id.

use chrono::{DateTime, TimeDelta, Utc};
use zeroize::Zeroizing;

use super::sign_in_limits::share;
use super::{AuthError, Authenticator, Source, find_user, person};
use crate::config::Limits;
use crate::domain::{Caller, Credential, KeyId, UserId};
use crate::secret::{FreshSecret, Secret, SecretKind};
use crate::store::credentials::{self, ApiKey, TokenKind};
use crate::store::rate_limits::{self, RateLimit};
use crate::store::{self, Fault, StoreError, Tx};

const ACCESS_LASTS: TimeDelta = TimeDelta::hours(1);
const REFRESH_LASTS: TimeDelta = TimeDelta::days(30);

/// The grant that a client presents for a token.
pub enum Grant {
    /// A person's name and password, typed into the app.
    Password {
        /// Address or username.
        username: String,
        /// Their password.
        password: Zeroizing<String>,
    },
    /// Only the client itself.
    ClientCredentials,
    /// A refresh token, which is spent by this.
    Refresh {
        /// The token.
        token: Zeroizing<String>,
    },
}

/// New tokens, shown only once.
pub struct Issued {
    /// The access token.
    pub access: Zeroizing<String>,
    /// The refresh token; none for a client that acts for itself.
    pub refresh: Option<Zeroizing<String>>,
    /// How long the access token is valid.
    pub lasts: TimeDelta,
    /// Whether it may change anything.
    pub may_write: bool,
}

/// RFC 6749 §5.2.
#[derive(Debug, thiserror::Error)]
pub enum OAuthError {
    /// The client is unknown, or its secret is wrong.
    #[error("the client is not known, or its secret is not right")]
    InvalidClient,
    /// The name, the password or the token is wrong.
    #[error("Bad credentials")]
    InvalidGrant,
    /// The limit of tokens for one person or app in an hour.
    #[error("too many tokens in an hour; use one until it ends, and ask again after {}", .0.format("%H:%M:%S UTC"))]
    TooMany(DateTime<Utc>),
    /// Anything else.
    #[error(transparent)]
    Auth(#[from] AuthError),
}

impl OAuthError {
    fn of_password(error: AuthError) -> Self {
        match error {
            AuthError::Wrong | AuthError::Missing => Self::InvalidGrant,
            other => other.into(),
        }
    }
}

impl From<StoreError> for OAuthError {
    fn from(error: StoreError) -> Self {
        Self::Auth(error.into())
    }
}

impl Fault for OAuthError {
    fn as_store(&self) -> Option<&StoreError> {
        match self {
            Self::Auth(error) => error.as_store(),
            _ => None,
        }
    }
}

impl Authenticator {
    /// Issues tokens. The client's name is its key (`csk_…`) or its key's id, its secret the key.
    pub async fn issue(
        &self,
        client: &str,
        secret: &str,
        grant: Grant,
        may_write: bool,
        source: &Source,
    ) -> Result<Issued, OAuthError> {
        let presented = Secret::parse(SecretKind::Key, secret).or_else(|| Secret::parse(SecretKind::Key, client));
        let presented = presented.ok_or(OAuthError::InvalidClient)?;
        let names_another = client.parse::<i64>().is_ok_and(|id| id != presented.id());
        if names_another {
            return Err(OAuthError::InvalidClient);
        }
        let key = self.store.read(move |tx| client_of(tx, &presented)).await?;
        let (user, may_write, spent) = match grant {
            Grant::Password { username, password } => {
                let caller = self.by_password(&username, &password, source).await.map_err(OAuthError::of_password)?;
                (caller.user, may_write, None)
            }
            Grant::ClientCredentials => (None, may_write, None),
            Grant::Refresh { token } => {
                let secret = Secret::parse(SecretKind::Refresh, &token).ok_or(OAuthError::InvalidGrant)?;
                (None, may_write, Some(secret))
            }
        };
        let fresh =
            (FreshSecret::draw(&self.rng).map_err(AuthError::from)?, FreshSecret::draw(&self.rng).map_err(AuthError::from)?);
        let (access_hash, refresh_hash) = (fresh.0.hash(), fresh.1.hash());
        let limits = self.limits.clone();
        let (ids, may_write): ((i64, Option<i64>), bool) = self
            .store
            .write(move |tx| {
                // Spent and replaced in one transaction, since a failure in between would sign the person out.
                let (user, may_write) = match &spent {
                    Some(secret) => {
                        let (user, could_write) = spend_refresh(tx, secret, key.id)?;
                        (Some(user), could_write && may_write)
                    }
                    None => (user, may_write),
                };
                take_token(tx, &limits, user, key.id)?;
                let add = |tx: &mut Tx<'_>, kind, hash, lasts| {
                    credentials::add_access_token(tx, kind, user, Some(key.id), hash, may_write, lasts)
                };
                let access = add(tx, TokenKind::Access, access_hash, ACCESS_LASTS)?;
                let refresh = user.map(|_| add(tx, TokenKind::Refresh, refresh_hash, REFRESH_LASTS)).transpose()?;
                Ok::<_, OAuthError>(((access, refresh), may_write))
            })
            .await?;
        Ok(Issued {
            access: fresh.0.with_id(SecretKind::Access, ids.0).reveal(),
            refresh: ids.1.map(|id| fresh.1.with_id(SecretKind::Refresh, id).reveal()),
            lasts: ACCESS_LASTS,
            may_write,
        })
    }
}

impl Authenticator {
    /// Issues an access token for a name and a password to an app without a secret (RFC 6749 §2.1). The app need not be known,
    /// since it could send the name and password with every call. There is no refresh token, since it would outlive the
    /// password without anybody to revoke it from.
    pub async fn issue_to_person(
        &self,
        username: &str,
        password: &str,
        may_write: bool,
        source: &Source,
    ) -> Result<Issued, OAuthError> {
        let caller = self.by_password(username, password, source).await.map_err(OAuthError::of_password)?;
        let fresh = FreshSecret::draw(&self.rng).map_err(AuthError::from)?;
        let hash = fresh.hash();
        let limits = self.limits.clone();
        let add = move |tx: &mut Tx<'_>| {
            if let Some(user) = caller.user {
                take(tx, of_person(&limits, user))?;
            }
            Ok::<_, OAuthError>(credentials::add_access_token(
                tx,
                TokenKind::Access,
                caller.user,
                None,
                hash,
                may_write,
                ACCESS_LASTS,
            )?)
        };
        let id = self.store.write(add).await?;
        let access = fresh.with_id(SecretKind::Access, id).reveal();
        Ok(Issued { access, refresh: None, lasts: ACCESS_LASTS, may_write })
    }
}

/// Counts one token of the person who signs in, or of the app that acts for itself. Tokens have the same limits as changes but
/// are counted apart, so that the limit of changes does not prevent signing in.
fn take_token(tx: &mut Tx<'_>, limits: &Limits, user: Option<UserId>, client: KeyId) -> Result<(), OAuthError> {
    let of_app = || RateLimit {
        kind: "app_tokens",
        subject: client.0,
        burst: limits.app_changes_hourly,
        every: share(TimeDelta::hours(1), limits.app_changes_hourly),
    };
    take(tx, user.map_or_else(of_app, |user| of_person(limits, user)))
}

fn of_person(limits: &Limits, user: UserId) -> RateLimit {
    let every = share(TimeDelta::hours(1), limits.changes_hourly);
    RateLimit { kind: "tokens", subject: user.0, burst: limits.changes_hourly, every }
}

fn take(tx: &mut Tx<'_>, budget: RateLimit) -> Result<(), OAuthError> {
    if budget.burst == 0 {
        return Ok(());
    }
    rate_limits::take(tx, budget)?.map_or(Ok(()), |retry_at| Err(OAuthError::TooMany(retry_at)))
}

fn client_of(tx: &mut Tx<'_>, presented: &Secret) -> Result<ApiKey, OAuthError> {
    let stored = credentials::find_key(tx, KeyId(presented.id()))?;
    if !presented.matches(stored.as_ref().map(|key| key.secret_hash.as_slice())) {
        return Err(OAuthError::InvalidClient);
    }
    stored.filter(|key| key.is_live_at(tx.now())).ok_or(OAuthError::InvalidClient)
}

/// Spends a refresh token, which is valid once, for the client it was issued to.
fn spend_refresh(tx: &mut Tx<'_>, secret: &Secret, client: KeyId) -> Result<(UserId, bool), OAuthError> {
    let stored = credentials::find_access_token(tx, TokenKind::Refresh, secret.id())?;
    if !secret.matches(stored.as_ref().map(|token| token.secret_hash.as_slice())) {
        return Err(OAuthError::InvalidGrant);
    }
    let token =
        stored.filter(|token| token.is_live_at(tx.now()) && token.key == Some(client.0)).ok_or(OAuthError::InvalidGrant)?;
    let user = token.user.ok_or(OAuthError::InvalidGrant)?;
    // Locked, so that a new password or address also revokes the tokens issued here.
    let is_here = store::users::lock_share(tx, UserId(user))?.is_some();
    if !is_here || !credentials::revoke_access_token(tx, secret.id())? {
        return Err(OAuthError::InvalidGrant);
    }
    Ok((UserId(user), token.may_write))
}

/// The caller of an access token: a person through an app, or the app itself.
pub(super) fn by_access_token(tx: &mut Tx<'_>, secret: &Secret) -> Result<Caller, AuthError> {
    let stored = credentials::find_access_token(tx, TokenKind::Access, secret.id())?;
    if !secret.matches(stored.as_ref().map(|token| token.secret_hash.as_slice())) {
        return Err(AuthError::Wrong);
    }
    let token = stored.filter(|token| token.is_live_at(tx.now())).ok_or(AuthError::Wrong)?;
    if let (Some(user), None) = (token.user, token.key) {
        let user = find_user(tx, UserId(user))?;
        return Ok(person(&user, credential(token.may_write, Credential::AccessToken)));
    }
    let key = token.key.map(|id| credentials::find_key(tx, KeyId(id))).transpose()?.flatten();
    let key = key.filter(|key| key.is_live_at(tx.now())).ok_or(AuthError::Wrong)?;
    if let Some(user) = token.user {
        let user = find_user(tx, UserId(user))?;
        return Ok(Caller { client: Some(key.id), ..person(&user, credential(token.may_write, Credential::AccessToken)) });
    }
    let is_admin = key.user.map(|id| find_user(tx, id)).transpose()?.is_some_and(|user| user.is_admin);
    Ok(Caller {
        user: key.user,
        is_admin,
        key: Some(key.id),
        app: Some(key.app),
        client: None,
        scopes: key.scopes,
        credential: credential(token.may_write, Credential::Key),
        peer: None,
    })
}

fn credential(may_write: bool, writing: Credential) -> Credential {
    if may_write { writing } else { Credential::ReadOnlyToken }
}
