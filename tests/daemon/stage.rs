//! A database with people and bundles, made by the library before a daemon opens it.

use chrono::TimeDelta;
use countersign::clock::Clock;
use countersign::config::Config;
use countersign::domain::{Address, BundleId, Caller, Credential, Level, NewUser, RequestId, User, UserId, UserRef};
use countersign::random::Rng;
use countersign::secret::{FreshSecret, SecretKind};
use countersign::store::outbox::{self, NewToken};
use countersign::store::{Store, requests};
use countersign::workflow::requests::file::{self, Filing};
use countersign::workflow::{WorkflowError, accounts};

/// The password of every person here.
pub(crate) const PASSWORD: &str = "a long enough password";

pub(crate) struct Stage {
    pub(crate) store: Store,
    config: Config,
    password_hash: String,
}

impl Stage {
    pub(crate) fn set(database: &str) -> Self {
        let url = ("COUNTERSIGN__DATABASE__URL".to_owned(), database.to_owned());
        let unlimited = ["TARGET_LETTERS", "INITIATOR_HOURLY", "INITIATOR_DAILY", "APP_DAILY", "DOMAIN_HOURLY"];
        let unlimited = unlimited.map(|name| (format!("COUNTERSIGN__LIMITS__{name}"), "0".to_owned()));
        let config = Config::build(None, unlimited.into_iter().chain([url])).unwrap();
        let store = Store::open(&config.database, 1_000, Clock::System).unwrap();
        store.migrate().unwrap();
        let password_hash = countersign::auth::Passwords::hash(&Rng::System, PASSWORD).unwrap();
        Self { store, config, password_hash }
    }

    pub(crate) fn user(&self, address: &str) -> User {
        let new = NewUser {
            password_hash: Some(self.password_hash.clone()),
            ..NewUser::with_address(Address::parse(address).unwrap())
        };
        self.store.write_sync(move |tx| accounts::add_user(tx, &Caller::operator(), &new)).unwrap()
    }

    pub(crate) fn bundle(&self, name: &str, owner: Option<UserId>) -> BundleId {
        let name = name.to_owned();
        let add = move |tx: &mut countersign::store::Tx<'_>| {
            accounts::add_bundle(tx, &Caller::operator(), &name, owner, Level::View, &[])
        };
        self.store.write_sync(add).unwrap().id
    }

    /// Files a request and mints its token, as the worker would.
    pub(crate) fn token(&self, target: &User, allowed: &User, bundle: BundleId) -> (RequestId, String) {
        let config = self.config.clone();
        let (target, caller) = (target.clone(), Caller::person(allowed.id, false, Credential::Password));
        let filing = Filing {
            target: UserRef::Id(target.id),
            allowed: UserRef::Id(allowed.id),
            bundle,
            level: None,
            message: None,
            redeem_url: None,
            ttl: Some(TimeDelta::hours(1)),
            until: None,
            resources: None,
        };
        self.store
            .write_sync(move |tx| {
                let (view, _) = file::file(tx, &config, &caller, &filing)?;
                let secret = FreshSecret::draw(&Rng::System)?;
                let new = NewToken { request: view.request.id, user: &target, secret: secret.hash() };
                let id = outbox::add_tokens(tx, &[new])?[0];
                let text = secret.with_id(SecretKind::Redeem, id.0).reveal().to_string();
                Ok::<_, WorkflowError>((view.request.id, text))
            })
            .unwrap()
    }

    /// Tokens for one approver, each of another requester and another bundle.
    pub(crate) fn tokens(&self, target: &User, count: usize) -> Vec<(RequestId, String)> {
        let token = |number| {
            let requester = self.user(&format!("bob{number}@example.org"));
            self.token(target, &requester, self.bundle(&format!("data {number}"), Some(target.id)))
        };
        (0..count).map(token).collect()
    }

    /// The database's URL.
    pub(crate) fn database(&self) -> &str {
        &self.config.database.url
    }

    /// Whether a request led to a grant.
    pub(crate) fn has_grant(&self, request: RequestId) -> bool {
        let found = self.store.read_sync(|tx| requests::find(tx, request)).unwrap();
        found.and_then(|request| request.decision?.grant).is_some()
    }
}
