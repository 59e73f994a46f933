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
pub mod remembered_browser;
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
use crate::domain::{Caller, Credential, KeyId, Scope, Scopes, User, UserId};
use crate::random::{Rng, RngError};
use crate::secret::{Secret, SecretKind};
use crate::store::batch::{Changes, Command, Lock, Parties, PartyIds, Reading, Results};
use crate::store::credentials::ApiKey;
use crate::store::{self, Fault, Store, StoreError, Tx, credentials};

pub use self::email_code::Tried;
pub use self::hashing::{PASSWORD_LEAST, TooShort};
pub use self::oauth::{Grant, Issued, OAuthError};
pub use self::password::Passwords;
pub use self::session::{OpenedSession, SESSION_IDLE, SESSION_LASTS, SessionOrigin};
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
    pub fn evict(&self) {
        self.passwords.evict();
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

    /// Answers the question of the caller that the header names: in one transaction, unless a password has to be hashed first.
    pub async fn ask<Q: CallerQuestion>(
        &self,
        header: Option<&str>,
        peer: Option<IpAddr>,
        question: Q,
    ) -> Result<Q::Output, Q::Error> {
        let header = header.ok_or(AuthError::Missing)?;
        let question = Arc::new(question);
        if let Some(claim) = self.claim(header, peer) {
            let asks = Ask { identity: Identity::Claim(claim), peer, question: Arc::clone(&question) };
            if let Some(answer) = self.store.execute(asks).await? {
                return Ok(answer);
            }
        }
        let caller = self.from_header(header, peer).await?;
        let asks = Ask { identity: Identity::Caller(caller), peer, question };
        self.store.execute(asks).await?.ok_or_else(|| AuthError::Wrong.into())
    }

    /// Runs `f` for the caller that the header names, on one snapshot.
    pub async fn read<T, E>(
        &self,
        header: Option<&str>,
        peer: Option<IpAddr>,
        f: impl Fn(&mut Tx<'_>, &Caller) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Fault + From<AuthError>,
    {
        let header = header.ok_or(AuthError::Missing)?;
        let caller = self.from_header(header, peer).await?;
        self.store.read(move |tx| f(tx, &caller)).await
    }

    /// The claim in a header that the database can verify.
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
        self.judge(claim).await?.ok_or(AuthError::Wrong)
    }

    /// The caller of a claim; none if a correct password has to be hashed again.
    async fn judge(&self, claim: Claim) -> Result<Option<Caller>, AuthError> {
        self.store.execute(Ask { identity: Identity::Claim(claim), peer: None, question: Arc::new(WhoCalls) }).await
    }
}

/// A question that is answered in the transaction that authenticates its caller, in one batch with those of other callers.
pub trait CallerQuestion: Send + Sync + 'static {
    /// The answer.
    type Output: Send + 'static;
    /// The error.
    type Error: Fault + From<AuthError> + Send + 'static;
    /// The rows loaded for it besides the token.
    type Loaded: Default;

    /// The secret of the token that it is about.
    fn token(&self) -> Option<Secret> {
        None
    }

    /// Loads the rows for these questions, in their order.
    fn load(_: &mut Tx<'_>, questions: &[&Self]) -> Result<Vec<Self::Loaded>, StoreError> {
        Ok(questions.iter().map(|_| Self::Loaded::default()).collect())
    }

    /// Answers it.
    fn answer(
        &self,
        tx: &mut Tx<'_>,
        caller: &Caller,
        reading: &Reading,
        loaded: &Self::Loaded,
    ) -> Result<Self::Output, Self::Error>;
}

/// The caller of a question.
struct WhoCalls;

impl CallerQuestion for WhoCalls {
    type Output = Caller;
    type Error = AuthError;
    type Loaded = ();

    fn answer(&self, _: &mut Tx<'_>, caller: &Caller, _: &Reading, (): &()) -> Result<Caller, AuthError> {
        Ok(caller.clone())
    }
}

/// A question with its caller. No answer means that a correct password has to be hashed again.
struct Ask<Q> {
    identity: Identity,
    peer: Option<IpAddr>,
    question: Arc<Q>,
}

enum Identity {
    /// Authenticated in the same transaction.
    Claim(Claim),
    /// Authenticated before.
    Caller(Caller),
}

impl<Q: CallerQuestion> Command for Ask<Q> {
    type Output = Option<Q::Output>;
    type Error = Q::Error;
    const ADDS_TO: Option<&'static str> = None;

    fn run_all(tx: &mut Tx<'_>, commands: &[&Self], _: &mut Changes) -> Result<Results<Self>, StoreError> {
        let keys = commands.iter().filter_map(|command| command.identity.key()).map(|secret| KeyId(secret.id())).collect();
        let keys = Parties::load(tx, PartyIds { keys, ..PartyIds::default() }, Lock::No)?;
        // Nothing is loaded for callers whose key or access token is wrong.
        let mut results: Results<Self> = Vec::new();
        results.resize_with(commands.len(), || None);
        let mut right: Vec<(usize, &Self, Known<'_>)> = Vec::with_capacity(commands.len());
        for (place, command) in commands.iter().enumerate() {
            match command.identity.known(tx, &keys) {
                Ok(known) => right.push((place, command, known)),
                Err(AuthError::Store(error)) => return Err(error),
                Err(error) => drop(results.get_mut(place).map(|result| *result = Some(Err(error.into())))),
            }
        }
        let questions: Vec<&Q> = right.iter().map(|(_, command, _)| &*command.question).collect();
        let loaded = Q::load(tx, &questions)?;
        let users = right.iter().filter_map(|(.., known)| known.user()).collect();
        let tokens: Vec<Secret> = questions.iter().filter_map(|question| question.token()).collect();
        let reading = Reading::load(tx, users, &tokens)?;
        for ((place, command, known), loaded) in right.into_iter().zip(&loaded) {
            let answer = match known.caller(&reading) {
                Ok(Some(caller)) => {
                    let caller = Caller { peer: command.peer, ..caller };
                    command.question.answer(tx, &caller, &reading, loaded).map(Some)
                }
                Ok(None) => Ok(None),
                Err(error) => Err(Q::Error::from(error)),
            };
            // After an error of the database no other answer of this transaction is right.
            if let Some(error) = answer.as_ref().err().and_then(Fault::as_store) {
                return Err(error.clone());
            }
            if let Some(result) = results.get_mut(place) {
                *result = Some(answer);
            }
        }
        Ok(results)
    }
}

impl Identity {
    fn key(&self) -> Option<&Secret> {
        if let Self::Claim(Claim::Key(secret)) = self { Some(secret) } else { None }
    }

    /// What is known before anything else is loaded. A wrong key or access token is an error.
    fn known<'a>(&'a self, tx: &mut Tx<'_>, keys: &'a Parties) -> Result<Known<'a>, AuthError> {
        Ok(match self {
            Self::Caller(caller) => Known::Caller(caller.clone()),
            Self::Claim(Claim::Access(secret)) => Known::Caller(oauth::by_access_token(tx, secret)?),
            Self::Claim(Claim::Key(secret)) => Known::Key(right_key(keys, secret, tx.now()).ok_or(AuthError::Wrong)?),
            Self::Claim(Claim::CachedSignIn(cached)) => Known::CachedSignIn(cached),
        })
    }
}

/// A caller whose secret is right, before the row of the person is loaded.
enum Known<'a> {
    Caller(Caller),
    Key(&'a ApiKey),
    CachedSignIn(&'a CachedSignIn),
}

impl Known<'_> {
    /// The user whose row says what the caller may do.
    fn user(&self) -> Option<UserId> {
        match self {
            Self::Caller(_) => None,
            Self::Key(key) => key.user,
            Self::CachedSignIn(cached) => Some(cached.user()),
        }
    }

    /// The caller; none if a password has to be hashed again.
    fn caller(self, reading: &Reading) -> Result<Option<Caller>, AuthError> {
        match self {
            Self::Caller(caller) => Ok(Some(caller)),
            Self::CachedSignIn(cached) => Ok(cached.judge(reading)),
            Self::Key(key) => {
                let user = key.user.map(|id| reading.user(id).ok_or(AuthError::Wrong)).transpose()?;
                let is_admin = user.is_some_and(|user| user.is_admin) && key.scopes.has(Scope::Admin);
                Ok(Some(Caller {
                    user: key.user,
                    is_admin,
                    key: Some(key.id),
                    app: Some(key.app),
                    client: None,
                    scopes: key.scopes,
                    credential: Credential::Key,
                    peer: None,
                }))
            }
        }
    }
}

/// A credential to be verified by the database.
enum Claim {
    Key(Secret),
    Access(Secret),
    CachedSignIn(CachedSignIn),
}

impl Claim {
    fn of_secret(text: &str) -> Option<Self> {
        let key = Secret::parse(SecretKind::Key, text).map(Self::Key);
        key.or_else(|| Secret::parse(SecretKind::Access, text).map(Self::Access))
    }
}

/// The live key with this secret.
fn right_key<'a>(keys: &'a Parties, secret: &Secret, now: DateTime<Utc>) -> Option<&'a ApiKey> {
    let stored = keys.key(KeyId(secret.id()));
    let is_right = secret.matches(stored.map(|key| key.secret_hash.as_slice()));
    stored.filter(|key| is_right && key.is_live_at(now))
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
