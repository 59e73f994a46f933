//! The people, relationships and requests of a measurement, written through the library as the daemon writes them, before the
//! daemon starts.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use base64::Engine;
use chrono::TimeDelta;
use countersign::auth::{Passwords, SESSION_LASTS};
use countersign::clock::Clock;
use countersign::config::Config;
use countersign::domain::{
    Address, AppId, BundleId, Caller, Credential, KeyId, Level, NewUser, RequestId, Scope, Scopes, UserId, UserRef,
};
use countersign::random::Rng;
use countersign::secret::{FreshSecret, Secret, SecretKind};
use countersign::store::credentials::{self, NewSession};
use countersign::store::outbox::{self, Attempt, NewToken, Sent};
use countersign::store::{Store, StoreError, Tx};
use countersign::workflow::requests::file::{self, Filing};
use countersign::workflow::{WorkflowError, accounts};

/// The number of approvers, each with a password, and of requesters.
pub(crate) const PEOPLE: u64 = 256;
/// The password of every person.
const PASSWORD: &str = "correct horse battery";
/// Relationships: few, and each between many people, as in an installation.
const BUNDLES: u64 = 8;
/// Mail domains, so that no email waits for the limit of one.
const DOMAINS: u64 = 32;
/// The rows of each transaction of the preparation.
const STEP: u64 = 500;

/// A database with all people.
pub(crate) struct People {
    store: Store,
    config: Arc<Config>,
    app: Caller,
    /// The app's API key.
    pub(crate) key: String,
    targets: Vec<UserId>,
    requesters: Vec<UserId>,
    bundles: Vec<BundleId>,
}

/// An approver, a requester and a bundle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) target: UserId,
    pub(crate) allowed: UserId,
    pub(crate) bundle: BundleId,
}

/// A pending request whose email was sent.
#[derive(Clone, Debug)]
pub(crate) struct Mailed {
    /// The index of its approver.
    pub(crate) person: u64,
    pub(crate) pair: Pair,
    pub(crate) request: RequestId,
    /// The token of the email's link.
    pub(crate) token: String,
}

/// The settings of the measured daemon: no limits, and no timed jobs.
pub(crate) fn settings(database: &str) -> Vec<(String, String)> {
    let pairs = [
        ("DATABASE__URL", database.to_owned()),
        ("LIMITS__TARGET_LETTERS", "0".into()),
        ("LIMITS__INITIATOR_HOURLY", "0".into()),
        ("LIMITS__CHANGES_HOURLY", "0".into()),
        ("LIMITS__APP_CHANGES_HOURLY", "0".into()),
        ("LIMITS__NEW_PEOPLE_HOURLY", "0".into()),
        ("LIMITS__APP_NEW_PEOPLE_HOURLY", "0".into()),
        ("LIMITS__INITIATOR_DAILY", "0".into()),
        ("LIMITS__APP_DAILY", "0".into()),
        ("LIMITS__DOMAIN_HOURLY", "0".into()),
        ("LIMITS__REDEEM_PER_MINUTE", "0".into()),
        ("LIMITS__BAD_TOKENS_PER_HOUR", "0".into()),
        ("LIMITS__SIGN_INS", "0".into()),
        ("RETENTION__PURGE_EVERY", "0s".into()),
        ("LOG__LEVEL", "warn".into()),
    ];
    pairs.into_iter().map(|(name, value)| (format!("COUNTERSIGN__{name}"), value)).collect()
}

/// The URL of a SQLite file.
pub(crate) fn sqlite(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

/// The address of an approver.
pub(crate) fn address_of(person: u64) -> String {
    format!("decider{person}@mail{}.example", person % DOMAINS)
}

/// The body of an app's request for a pair.
pub(crate) fn filing_body(target: i64, allowed: i64, bundle: i64) -> String {
    format!(r#"{{"user_target":"/api/user/{target}/","user_allowed":"/api/user/{allowed}/","bundle":"/api/bundle/{bundle}/"}}"#)
}

/// The Basic header of a person. The daemon caches a name and a password exactly as sent, for a minute; with one more blank
/// before the address they are different to it. So everybody can sign in again, and the measurement needs no argon2.
pub(crate) fn basic(address: &str, blanks: usize) -> String {
    let pair = format!("{}{address}:{PASSWORD}", " ".repeat(blanks));
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

/// The approvers, the requesters, the relationships, and the app's key.
type Everybody = (Vec<UserId>, Vec<UserId>, Vec<BundleId>, Secret);

impl People {
    /// Creates the database with all people.
    pub(crate) fn settle(database: &str) -> Result<Self> {
        let config = Arc::new(Config::build(None, settings(database))?);
        let store = Store::open(&config.database, config.limits.write_queue, Clock::System)?;
        store.migrate()?;
        // One hash for all: passwords are not measured, and hashing 256 takes time.
        let hash = Passwords::hash(&Rng::System, PASSWORD)?;
        let (targets, requesters, bundles, key): Everybody = store.write_sync(move |tx| {
            let operator = Caller::operator();
            let (mut targets, mut requesters, mut bundles) = (Vec::new(), Vec::new(), Vec::new());
            for person in 0..PEOPLE {
                targets.push(add_person(tx, &operator, &address_of(person), Some(hash.clone()))?);
                requesters.push(add_person(tx, &operator, &format!("asker{person}@mail{}.example", person % DOMAINS), None)?);
            }
            for bundle in 0..BUNDLES {
                bundles.push(accounts::add_bundle(tx, &operator, &format!("Relation {bundle}"), None, Level::View, &[])?.id);
            }
            let new = accounts::NewKey {
                name: "Load".into(),
                app: None,
                user: None,
                scopes: [Scope::Requests, Scope::ActAs].into_iter().collect(),
                redeem_urls: Vec::new(),
            };
            let key = accounts::add_key(tx, &operator, &Rng::System, &new)?;
            Ok::<_, WorkflowError>((targets, requesters, bundles, key))
        })?;
        let app = Caller {
            user: None,
            is_admin: false,
            key: Some(KeyId(key.id())),
            app: Some(AppId(key.id())),
            client: None,
            scopes: [Scope::Requests, Scope::ActAs].into_iter().collect::<Scopes>(),
            credential: Credential::Key,
            peer: Some(std::net::Ipv4Addr::LOCALHOST.into()),
        };
        Ok(Self { store, config, app, key: key.reveal().to_string(), targets, requesters, bundles })
    }

    /// The `n`th pair: the approvers in turn, each time with another requester, and another relationship after all of those.
    pub(crate) fn pair(&self, n: u64) -> Result<Pair> {
        let at = |list: &[UserId], n: u64| list.get(usize::try_from(n % PEOPLE)?).copied().context("nobody is there");
        let bundle = self.bundles.get(usize::try_from(n / (PEOPLE * PEOPLE))?).copied();
        Ok(Pair {
            target: at(&self.targets, n)?,
            allowed: at(&self.requesters, n / PEOPLE + n)?,
            bundle: bundle.context("no pair of people is left that has not asked yet; measure less at once")?,
        })
    }

    /// Signs a browser of an approver in. Returns its cookie's value.
    pub(crate) fn sign_in(&self, person: u64) -> Result<String> {
        let user = self.targets.get(usize::try_from(person)?).copied().context("nobody is there")?;
        let secret = FreshSecret::draw(&Rng::System)?;
        let hash = secret.hash();
        let add = move |tx: &mut Tx<'_>| {
            let (secret, agent, peer, lasts) = (hash, "Load", None, SESSION_LASTS);
            credentials::add_session(tx, &NewSession { user, secret, agent, peer, lasts, has_mailbox: true, last_visit_at: None })
        };
        let id = self.store.write_sync(add)?;
        Ok(secret.with_id(SecretKind::Session, id.0).reveal().to_string())
    }

    /// The caller of the app's key.
    pub(crate) fn app(&self) -> &Caller {
        &self.app
    }

    /// Copies the database in its present state.
    pub(crate) fn copy_to(&self, file: &Path) -> Result<()> {
        Ok(self.store.backup(&file.display().to_string())?)
    }

    /// Its settings.
    pub(crate) fn config(&self) -> &Arc<Config> {
        &self.config
    }

    /// Files the pairs `from..to`; their emails stay queued. Returns how many there are.
    pub(crate) fn file(&self, from: u64, to: u64) -> Result<usize> {
        for start in (from..to).step_by(usize::try_from(STEP)?) {
            let filings = (start..to.min(start + STEP)).map(|n| self.pair(n).map(filing)).collect::<Result<Vec<_>>>()?;
            let (config, app) = (Arc::clone(&self.config), self.app.clone());
            self.store
                .write_sync(move |tx| filings.iter().try_for_each(|filing| file::file(tx, &config, &app, filing).map(drop)))?;
        }
        Ok(usize::try_from(to - from)?)
    }

    /// Files the pairs `from..to` and treats their emails like the outbox worker, without sending them.
    pub(crate) fn mail(&self, from: u64, to: u64) -> Result<Vec<Mailed>> {
        let mut mailed = Vec::new();
        for start in (from..to).step_by(usize::try_from(STEP)?) {
            let numbers = start..to.min(start + STEP);
            let count = self.file(numbers.start, numbers.end)?;
            let pairs = numbers.clone().map(|n| self.pair(n)).collect::<Result<Vec<_>>>()?;
            let minted = self.store.write_sync(move |tx| mint_all(tx, count))?;
            for ((n, pair), (request, secret)) in numbers.zip(pairs).zip(minted) {
                mailed.push(Mailed { person: n % PEOPLE, pair, request, token: secret.reveal().to_string() });
            }
        }
        Ok(mailed)
    }
}

fn add_person(tx: &mut Tx<'_>, caller: &Caller, address: &str, password_hash: Option<String>) -> Result<UserId, WorkflowError> {
    let address = Address::parse(address).map_err(|error| WorkflowError::invalid("email", error.to_string()))?;
    let new = NewUser { password_hash, first_name: "Ann".into(), last_name: "Lee".into(), ..NewUser::with_address(address) };
    Ok(accounts::add_user(tx, caller, &new)?.id)
}

/// The same for the library.
pub(crate) fn filing(pair: Pair) -> Filing {
    Filing {
        target: UserRef::Id(pair.target),
        allowed: UserRef::Id(pair.allowed),
        bundle: pair.bundle,
        level: None,
        message: None,
        redeem_url: None,
        ttl: None,
        until: None,
        resources: None,
    }
}

/// Claims the emails that wait, mints their tokens, and records them as sent: what the outbox's worker does around sending.
fn mint_all(tx: &mut Tx<'_>, count: usize) -> Result<Vec<(RequestId, Secret)>, StoreError> {
    const LEASE: i64 = 1;
    let unlucky = |e: countersign::random::RngError| StoreError::Query(e.to_string());
    let missing = || StoreError::Query("an email lost its request or its reader".into());
    let mut minted = Vec::new();
    let emails = outbox::claim(tx, i64::try_from(count).unwrap_or(i64::MAX), LEASE, TimeDelta::minutes(2))?;
    for email in emails {
        let request = email.request.ok_or_else(missing)?;
        let user = countersign::store::users::find(tx, email.user)?.ok_or_else(missing)?;
        let secret = FreshSecret::draw(&Rng::System).map_err(unlucky)?;
        let ids = outbox::add_tokens(tx, &[NewToken { request, user: &user, secret: secret.hash() }])?;
        let id = ids.into_iter().next().ok_or_else(missing)?;
        let attempt = Attempt { email: email.id, token: Some(id), message_id: format!("<{:032x}@localhost>", id.0) };
        outbox::set_attempts(tx, &[attempt])?;
        outbox::record_sent(tx, &[Sent { email: email.id, lease: LEASE, request: Some(request) }])?;
        minted.push((request, secret.with_id(SecretKind::Redeem, id.0)));
    }
    Ok(minted)
}
