//! Authentication. Passwords, keys, OAuth2 tokens and sessions all end in one [`Caller`]; no other module sees a credential.

mod attempt;
pub mod eluvio_token;
mod email_code;
mod hash_queue;
mod hashing;
mod oauth;
pub mod oidc;
mod opaque_string;
mod password;
pub mod session;
pub mod share_links;
mod sign_in_cache;
mod sign_in_limits;
mod single_flight;
mod waiters;

use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use self::sign_in_cache::CachedSignIn;
use crate::config::Limits;
use crate::domain::{Caller, Credential, KeyId, Scope, Scopes, TokenId, User, UserId};
use crate::random::{Rng, RngError};
use crate::secret::{Secret, SecretKind};
use crate::store::access::Asked;
use crate::store::{self, Fault, LooksAt, Store, StoreError, Tx, Wants, credentials};

pub use self::email_code::Tried;
pub use self::hashing::{PASSWORD_LEAST, TooShort};
pub use self::oauth::{Grant, Issued, OAuthError};
pub use self::password::Passwords;
pub use self::session::{SESSION_IDLE, SESSION_LASTS, SessionOrigin};
pub use self::share_links::Links;
pub use self::sign_in_limits::{KnownBrowser, Source};

/// Why a credential is refused.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// There is none.
    #[error("sign in: send Basic with your address and password, or Bearer with a key or an access token")]
    Missing,
    /// It is wrong, expired or revoked. The answer reveals neither which nor whether the name exists.
    #[error("the name or the password, key or token is not right, or no longer good")]
    Wrong,
    /// Too many wrong ones.
    #[error("too many wrong tries; try again after {}", .0.format("%H:%M:%S UTC"))]
    TooMany(DateTime<Utc>),
    /// More passwords wait to be hashed than the queue has places for.
    #[error("too many sign-ins at once; try again shortly")]
    Overloaded,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The random generator.
    #[error(transparent)]
    Rng(#[from] RngError),
}

impl Fault for AuthError {
    fn as_store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

/// Verifies credentials.
pub struct Authenticator {
    store: Store,
    rng: Rng,
    passwords: Passwords,
    signatures: Semaphore,
    signatures_waiting: Semaphore,
    limits: Limits,
}

impl Authenticator {
    /// One for the process.
    pub fn new(store: Store, rng: Rng, limits: &Limits) -> Result<Self, RngError> {
        let passwords = Passwords::new(&rng, limits.hashing_slots)?;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let (signatures, signatures_waiting) = (Semaphore::new(cores), Semaphore::new(eluvio_token::WAITING_MOST));
        Ok(Self { store, rng, passwords, signatures, signatures_waiting, limits: limits.clone() })
    }

    /// Frees memory that no sign-in needs at the moment; called regularly.
    pub fn tidy(&self) {
        self.passwords.tidy();
    }

    /// The source of random bytes.
    pub fn rng(&self) -> &Rng {
        &self.rng
    }

    /// The caller that an `Authorization` header names: Basic or Bearer, the scheme in any case.
    pub async fn from_header(&self, header: &str, peer: Option<IpAddr>) -> Result<Caller, AuthError> {
        let (scheme, value) = header.trim().split_once(' ').ok_or(AuthError::Wrong)?;
        let mut caller = if scheme.eq_ignore_ascii_case("basic") {
            let (name, password) = decode_basic(value).ok_or(AuthError::Wrong)?;
            self.by_password(&name, &password, &Source::of_peer(peer)).await?
        } else if scheme.eq_ignore_ascii_case("bearer") {
            self.by_secret(value.trim()).await?
        } else {
            return Err(AuthError::Wrong);
        };
        caller.peer = peer;
        Ok(caller)
    }

    /// Tells the caller that the header names to an operation that only looks: in one transaction, on one snapshot, unless a
    /// password has to be hashed first.
    pub async fn look<T, E>(
        &self,
        header: Option<&str>,
        peer: Option<IpAddr>,
        reach: Reach,
        story: impl Fn(&mut Tx<'_>, &Caller) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Fault + From<AuthError>,
    {
        let header = header.ok_or(AuthError::Missing)?;
        let story = Arc::new(story);
        if let Some(claim) = self.claim(header, peer) {
            let story = Arc::clone(&story);
            // SQLite looks at each by itself.
            let wants = if self.store.is_shared() { claim.wants(&reach) } else { None };
            let told = move |tx: &mut Tx<'_>| {
                let caller = claim.judge(tx)?.map(|caller| Caller { peer, ..caller });
                caller.map(|caller| story(tx, &caller)).transpose()
            };
            let told = match wants {
                Some(wants) => self.store.glance_with(wants, told).await,
                None if reach.is_short() => self.store.glance(told).await,
                None => self.store.read(told).await,
            };
            if let Some(told) = told? {
                return Ok(told);
            }
        }
        let caller = self.from_header(header, peer).await?;
        let told = move |tx: &mut Tx<'_>| story(tx, &caller);
        if reach.is_short() { self.store.glance(told).await } else { self.store.read(told).await }
    }

    /// What a header shows, where a look at the database tells what that is worth.
    fn claim(&self, header: &str, peer: Option<IpAddr>) -> Option<Claim> {
        let (scheme, value) = header.trim().split_once(' ')?;
        if scheme.eq_ignore_ascii_case("basic") {
            let (name, password) = decode_basic(value)?;
            let network = Source::of_peer(peer).network();
            return self.passwords.remembered(&name, &password, network).map(Claim::CachedSignIn);
        }
        if scheme.eq_ignore_ascii_case("bearer") { Claim::of_secret(value.trim()) } else { None }
    }

    async fn by_secret(&self, text: &str) -> Result<Caller, AuthError> {
        let claim = Claim::of_secret(text).ok_or(AuthError::Wrong)?;
        let judged = match &claim {
            Claim::Key(secret) => {
                let wants = Wants::Caller { key: Some(Arc::clone(secret)), user: None, at: LooksAt::Nothing };
                self.store.glance_with(wants, move |tx| claim.judge(tx)).await
            }
            _ => self.store.glance(move |tx| claim.judge(tx)).await,
        };
        judged?.ok_or(AuthError::Wrong)
    }
}

/// How far an operation looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// At many rows.
    Wide,
    /// At a few that are found by their keys: see [`Store::glance`].
    Short,
    /// At what a token decides.
    Token(TokenId),
    /// At what people hold on things, a few of each.
    Held(Vec<Asked>),
}

impl Reach {
    fn is_short(&self) -> bool {
        match self {
            Self::Wide => false,
            Self::Short | Self::Token(_) => true,
            Self::Held(asked) => asked.len() <= 1,
        }
    }
}

enum Claim {
    Key(Arc<Secret>),
    Access(Secret),
    CachedSignIn(CachedSignIn),
}

impl Claim {
    fn of_secret(text: &str) -> Option<Self> {
        let key = Secret::parse(SecretKind::Key, text).map(|secret| Self::Key(Arc::new(secret)));
        key.or_else(|| Secret::parse(SecretKind::Access, text).map(Self::Access))
    }

    /// What telling whose it is, and the operation, will look at, where that is known.
    fn wants(&self, reach: &Reach) -> Option<Wants> {
        let at = match reach {
            Reach::Token(token) => LooksAt::Token(*token),
            Reach::Held(asked) => LooksAt::Held(asked.clone()),
            Reach::Wide | Reach::Short => return None,
        };
        match self {
            Self::CachedSignIn(remembered) => Some(remembered.wants(at)),
            Self::Key(secret) => Some(Wants::Caller { key: Some(Arc::clone(secret)), user: None, at }),
            Self::Access(_) => None,
        }
    }

    /// Whose it is; none where a password that was right has to be judged again.
    fn judge(&self, tx: &mut Tx<'_>) -> Result<Option<Caller>, AuthError> {
        match self {
            Self::Key(secret) => by_key(tx, secret).map(Some),
            Self::Access(secret) => oauth::by_access_token(tx, secret).map(Some),
            Self::CachedSignIn(remembered) => remembered.judge(tx),
        }
    }
}

/// The name and password of a Basic header. They are UTF-8, as our challenges say (RFC 7617, section 2.1). Clients that ignore
/// challenges send ISO-8859-1, so bytes that are not UTF-8 are decoded as that.
pub fn decode_basic(value: &str) -> Option<(String, Zeroizing<String>)> {
    let decoded = Zeroizing::new(STANDARD.decode(value.trim()).ok()?);
    let text = match std::str::from_utf8(&decoded) {
        Ok(text) => Zeroizing::new(text.to_owned()),
        // The first 256 characters of Unicode are those of ISO-8859-1.
        Err(_) => Zeroizing::new(decoded.iter().map(|byte| char::from(*byte)).collect()),
    };
    let (name, password) = text.split_once(':')?;
    Some((name.to_owned(), Zeroizing::new(password.to_owned())))
}

fn by_key(tx: &mut Tx<'_>, secret: &Secret) -> Result<Caller, AuthError> {
    let stored = credentials::find_key(tx, KeyId(secret.id()))?;
    if !secret.matches(stored.as_ref().map(|key| key.secret_hash.as_slice())) {
        return Err(AuthError::Wrong);
    }
    let key = stored.filter(|key| key.is_live_at(tx.now())).ok_or(AuthError::Wrong)?;
    let user = key.user.map(|id| find_user(tx, id)).transpose()?;
    let is_admin = user.as_ref().is_some_and(|user| user.is_admin) && key.scopes.has(Scope::Admin);
    Ok(Caller {
        user: key.user,
        is_admin,
        key: Some(key.id),
        app: None,
        scopes: key.scopes,
        credential: Credential::Key,
        peer: None,
    })
}

fn find_user(tx: &mut Tx<'_>, id: UserId) -> Result<User, AuthError> {
    store::users::find(tx, id)?.ok_or(AuthError::Wrong)
}

fn person(user: &User, credential: Credential) -> Caller {
    Caller { scopes: Scopes::all(), ..Caller::person(user.id, user.is_admin, credential) }
}

/// The live key that a client names without proof, by its id or by itself. Naming one gives no right: only its list of
/// `redeem_url`s is used, which lead to the app's own pages.
pub fn app_named(tx: &mut Tx<'_>, name: &str) -> Result<Option<KeyId>, StoreError> {
    let shown = Secret::parse(SecretKind::Key, name);
    let Some(id) = shown.as_ref().map(Secret::id).or_else(|| name.parse().ok()) else { return Ok(None) };
    let key = credentials::find_key(tx, KeyId(id))?;
    let is_right = |key: &credentials::ApiKey| shown.as_ref().is_none_or(|shown| shown.matches(Some(&key.secret_hash)));
    Ok(key.filter(|key| is_right(key) && key.is_live_at(tx.now())).map(|key| key.id))
}
