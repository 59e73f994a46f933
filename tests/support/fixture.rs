//! An instance for one test: a database of its own, a clock that the test moves, a mailbox that it reads, and a method for each
//! operation.
//!
//! ```ignore
//! on_both![a_second_redeem_is_gone];
//!
//! fn a_second_redeem_is_gone(fixture: &Fixture) {
//!     let (ann, bob) = (fixture.user("ann@example.org"), fixture.user("bob@example.org"));
//!     let sleep = fixture.bundle("Sleep data", &ann);
//!     fixture.file(&person(&bob), &ask(&sleep, &ann, &bob)).unwrap();
//!     fixture.deliver();
//!     let token = fixture.token_for("ann@example.org");
//!     fixture.redeem(&ann, &token).unwrap();
//!     assert_eq!(word(fixture.redeem(&ann, &token)), "approved");
//! }
//! ```

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, TimeDelta, Utc};
use countersign::auth::Links;
use countersign::clock::{Clock, ManualClock};
use countersign::config::Config;
use countersign::domain::grant::reshare;
use countersign::domain::{
    Address, AppId, ApprovalLimits, Bundle, BundleId, Caller, Credential, Grant, GrantId, GranteeKind, KeyId, Level, NewUser,
    PrincipalId, Request, RequestId, ResourceId, Scope, Scopes, User, UserRef,
};
use countersign::jobs;
use countersign::key_file::ServerKey;
use countersign::mail::delivery::worker::Outbox;
use countersign::mail::{Captured, Mailbox, Sender, Transport};
use countersign::random::Rng;
use countersign::store::batch::{Changes, Command, Reading, Results};
use countersign::store::grants::NewGrant;
use countersign::store::outbox::QueuedEmail;
use countersign::store::{self, Fault, Store, StoreError, Tx};
use countersign::workflow::requests::decide::{self, Approved, Redeem};
use countersign::workflow::requests::file::{FileRequest, Filing};
use countersign::workflow::requests::view::{self, RequestView};
use countersign::workflow::requests::{close, renew, resend, withdraw};
use countersign::workflow::{WorkflowError, account_changes, accounts, shares};
use diesel::connection::SimpleConnection;
use diesel::sql_types::{Nullable, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};

use super::fast_folder;
use super::postgres::Cluster;

/// Makes two tests of each function that takes a `&Fixture`: `name::sqlite` and `name::postgres`.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn sqlite() {
                insta::allow_duplicates! { super::$name(&$crate::support::fixture::Fixture::new($crate::support::fixture::Kind::Sqlite)) }
            }

            #[test]
            fn postgres() {
                insta::allow_duplicates! { super::$name(&$crate::support::fixture::Fixture::new($crate::support::fixture::Kind::Postgres)) }
            }
        }
    )+};
}
pub(crate) use on_both;

/// The kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// The database, deleted with the last fixture on it.
#[derive(Debug)]
enum Place {
    Sqlite(tempfile::TempDir),
    Postgres(String),
    /// In a cluster of the test's own.
    OwnCluster(String),
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Self::Postgres(url) = self
            && !std::thread::panicking()
        {
            Cluster::shared().drop_database(url);
        }
    }
}

/// An instance without people. Its time is noon of 1 December 2026 until the test moves it.
#[derive(Clone)]
pub(crate) struct Fixture {
    pub(crate) config: Arc<Config>,
    pub(crate) store: Store,
    pub(crate) clock: ManualClock,
    pub(crate) mailbox: Mailbox,
    pub(crate) outbox: Outbox,
    pub(crate) rng: Rng,
    pub(crate) links: Links,
    place: Arc<Place>,
}

/// A column of texts.
#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Nullable<Text>)]
    value: Option<String>,
}

/// A step of a query plan.
#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

impl Fixture {
    /// A fresh, migrated database with the default settings.
    pub(crate) fn new(kind: Kind) -> Self {
        let fixture = Self::empty(kind);
        if kind == Kind::Sqlite {
            fixture.store.migrate().unwrap();
        }
        fixture
    }

    /// Like [`Fixture::new`], but on SQLite without any migration.
    pub(crate) fn empty(kind: Kind) -> Self {
        let place = match kind {
            Kind::Sqlite => Place::Sqlite(tempfile::tempdir_in(fast_folder()).unwrap()),
            Kind::Postgres => Place::Postgres(Cluster::shared().create_database(|url| open(url).migrate().map(drop).unwrap())),
        };
        Self::at(Arc::new(place), "", ManualClock::new(noon()), a_key())
    }

    /// A PostgreSQL database without any table.
    pub(crate) fn bare_postgres() -> Self {
        let place = Place::Postgres(Cluster::shared().create_empty_database());
        Self::at(Arc::new(place), "", ManualClock::new(noon()), a_key())
    }

    /// On a migrated database in a cluster of the test's own.
    pub(crate) fn elsewhere(url: &str) -> Self {
        let fixture = Self::at(Arc::new(Place::OwnCluster(url.to_owned())), "", ManualClock::new(noon()), a_key());
        fixture.store.migrate().unwrap();
        fixture
    }

    fn at(place: Arc<Place>, settings: &str, clock: ManualClock, links: Links) -> Self {
        let url = match &*place {
            Place::Sqlite(folder) => format!("sqlite:{}", folder.path().join("countersign.db").display()),
            Place::Postgres(url) | Place::OwnCluster(url) => url.clone(),
        };
        let url = ("COUNTERSIGN__DATABASE__URL".to_owned(), url);
        let config = Arc::new(Config::build(Some(settings), [url]).unwrap());
        let store =
            Store::open(&config.database, config.limits.write_queue, Clock::Manual(clock.clone())).expect("the database opens");
        let mailbox = Mailbox::new(config.limits.captured_letters, Clock::Manual(clock.clone()));
        let transport = match Transport::from_config(&config.mail, 1, Clock::Manual(clock.clone())).unwrap() {
            Transport::Capture(_) => Transport::Capture(mailbox.clone()),
            other => other,
        };
        let rng = Rng::System;
        let sender = Sender::parse(&config.mail.from).unwrap();
        let outbox = Outbox::new(store.clone(), transport, rng.clone(), Arc::clone(&config), sender);
        Self { config, store, clock, mailbox, outbox, rng, links, place }
    }

    /// Another daemon on the same data and clock, with these settings. It also stands for a restart.
    pub(crate) fn with(&self, settings: &str) -> Self {
        Self::at(Arc::clone(&self.place), settings, self.clock.clone(), self.links.clone())
    }

    /// The kind of its database.
    pub(crate) fn kind(&self) -> Kind {
        if matches!(*self.place, Place::Sqlite(_)) { Kind::Sqlite } else { Kind::Postgres }
    }

    /// The SQLite file.
    pub(crate) fn file_path(&self) -> PathBuf {
        match &*self.place {
            Place::Sqlite(folder) => folder.path().join("countersign.db"),
            Place::Postgres(_) | Place::OwnCluster(_) => panic!("PostgreSQL has no file"),
        }
    }

    /// Runs SQL on a connection beside the store's.
    pub(crate) fn sql(&self, text: &str) -> diesel::QueryResult<()> {
        match &*self.place {
            Place::Sqlite(_) => self.sqlite().batch_execute(text),
            Place::Postgres(url) | Place::OwnCluster(url) => PgConnection::establish(url).unwrap().batch_execute(text),
        }
    }

    /// A transaction on PostgreSQL that keeps this statement's locks until it is dropped.
    pub(crate) fn lock(&self, text: &str) -> PgConnection {
        let (Place::Postgres(url) | Place::OwnCluster(url)) = &*self.place else { panic!("SQLite has one writer") };
        let mut conn = PgConnection::establish(url).unwrap();
        conn.batch_execute(&format!("BEGIN; {text}")).unwrap();
        conn
    }

    /// The number of statements on PostgreSQL that wait for locks.
    pub(crate) fn waiting_for_rows(&self) -> usize {
        self.count("pg_stat_activity", "datname = current_database() AND wait_event_type = 'Lock'")
    }

    /// The column `value` of a query's rows.
    pub(crate) fn texts(&self, query: &str) -> Vec<String> {
        let query = diesel::sql_query(query.to_owned());
        let values: Vec<Value> = match &*self.place {
            Place::Sqlite(_) => query.load(&mut self.sqlite()).unwrap(),
            Place::Postgres(url) | Place::OwnCluster(url) => query.load(&mut PgConnection::establish(url).unwrap()).unwrap(),
        };
        values.into_iter().map(|value| value.value.unwrap_or_default()).collect()
    }

    /// SQLite's plan of a query with these parameters.
    pub(crate) fn plan(&self, query: &str, texts: &[&str]) -> String {
        let mut query = diesel::sql_query(format!("EXPLAIN QUERY PLAN {query}")).into_boxed();
        for text in texts {
            query = query.bind::<Text, _>((*text).to_owned());
        }
        let steps: Vec<Step> = query.load(&mut self.sqlite()).unwrap();
        steps.into_iter().map(|step| step.detail).collect::<Vec<_>>().join("; ")
    }

    /// The number of a table's rows that meet the condition.
    pub(crate) fn count(&self, table: &str, condition: &str) -> usize {
        let query = format!("SELECT CAST(count(*) AS TEXT) AS value FROM {table} WHERE {condition}");
        self.texts(&query)[0].parse().unwrap()
    }

    /// The whole database as its files, or as text.
    pub(crate) fn dump(&self) -> Vec<u8> {
        match self.kind() {
            Kind::Sqlite => {
                let files = std::fs::read_dir(self.file_path().parent().unwrap()).unwrap();
                files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
            }
            Kind::Postgres => {
                let tables = self.texts("SELECT tablename::text AS value FROM pg_tables WHERE schemaname = 'public'");
                assert!(tables.len() > 20);
                let rows = tables.iter().flat_map(|table| self.texts(&format!("SELECT t::text AS value FROM {table} AS t")));
                rows.collect::<Vec<_>>().join("\n").into_bytes()
            }
        }
    }

    fn sqlite(&self) -> SqliteConnection {
        let mut conn = SqliteConnection::establish(self.file_path().to_str().unwrap()).unwrap();
        conn.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
        conn
    }

    /// One transaction.
    pub(crate) fn write<T, E>(&self, f: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: Fault,
    {
        self.store.write_sync(f)
    }

    /// A command, which shares its transaction with others on PostgreSQL.
    pub(crate) fn execute<C: Command + 'static>(&self, command: C) -> Result<C::Output, C::Error> {
        runtime().block_on(self.store.execute(command))
    }

    /// One read.
    pub(crate) fn read<T, E: Fault>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.store.read_sync(f)
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(crate) fn pass(&self, time: TimeDelta) {
        self.clock.advance(time);
    }

    /// A person named after the address: `ann@…` is Ann.
    pub(crate) fn user(&self, email: &str) -> User {
        self.add_user(email, |_| ())
    }

    pub(crate) fn admin(&self, email: &str) -> User {
        self.add_user(email, |new| new.is_admin = true)
    }

    pub(crate) fn add_user(&self, email: &str, change: impl FnOnce(&mut NewUser)) -> User {
        let mut new = NewUser::with_address(address(email));
        let mut name: Vec<char> = email.split('@').next().unwrap().chars().collect();
        name[0] = name[0].to_ascii_uppercase();
        new.first_name = name.into_iter().collect();
        change(&mut new);
        self.write(move |tx| accounts::add_user(tx, &Caller::operator(), &new)).unwrap()
    }

    /// A bundle of a person's data.
    pub(crate) fn bundle(&self, name: &str, owner: &User) -> Bundle {
        self.bundle_of(name, owner, &[])
    }

    /// A bundle with these resources, at the level `edit`.
    pub(crate) fn bundle_of(&self, name: &str, owner: &User, uris: &[&str]) -> Bundle {
        let (name, owner) = (name.to_owned(), Some(owner.id));
        let uris: Vec<String> = uris.iter().map(|uri| (*uri).to_owned()).collect();
        self.write(move |tx| accounts::add_bundle(tx, &Caller::operator(), &name, owner, Level::Edit, &uris)).unwrap()
    }

    /// A bundle without an owner: every person gives access to their own data.
    pub(crate) fn relationship(&self, name: &str) -> Bundle {
        let name = name.to_owned();
        self.write(move |tx| accounts::add_bundle(tx, &Caller::operator(), &name, None, Level::View, &[])).unwrap()
    }

    /// A grant that its grantee may share on, as SAS and Filr make them.
    pub(crate) fn entitle(&self, bundle: &Bundle, holder: &User, level: Level) -> Grant {
        self.entitle_with(bundle, holder.id.into(), level, reshare::INTERNAL | reshare::EXTERNAL, None, &[])
    }

    pub(crate) fn entitle_with(
        &self,
        bundle: &Bundle,
        holder: PrincipalId,
        level: Level,
        reshare: i32,
        ends_at: Option<DateTime<Utc>>,
        resources: &[ResourceId],
    ) -> Grant {
        let (bundle, resources) = (bundle.clone(), resources.to_vec());
        self.write(move |tx| {
            let new = NewGrant {
                request: None,
                parent: None,
                grantor: bundle.owner.unwrap(),
                owner: bundle.owner.unwrap(),
                grantee_kind: GranteeKind::User,
                grantee: Some(holder),
                grantee_as: None,
                bundle: Some(bundle.id),
                resources: &resources,
                level,
                reshare,
                starts_at: None,
                ends_at,
                is_enabled: true,
                comment: "",
                tenant: None,
                attributes: None,
                created_by: bundle.owner,
            };
            store::grants::add(tx, &new)
        })
        .unwrap()
    }

    /// The caller of an app's calls with a key.
    pub(crate) fn app(&self, name: &str, user: Option<&User>, scopes: &[Scope]) -> Caller {
        self.key_of(None, name, user, scopes)
    }

    /// The same with another key of an app.
    pub(crate) fn key_of(&self, app: Option<AppId>, name: &str, user: Option<&User>, scopes: &[Scope]) -> Caller {
        let (is_admin, user) = (user.is_some_and(|user| user.is_admin), user.map(|user| user.id));
        let scopes: Scopes = scopes.iter().copied().collect();
        let redeem_urls = vec!["https://app.example/redeem".to_owned()];
        let new = accounts::NewKey { name: name.to_owned(), app, user, scopes, redeem_urls };
        let rng = self.rng.clone();
        let secret = self.write(move |tx| accounts::add_key(tx, &Caller::operator(), &rng, &new)).unwrap();
        Caller {
            user,
            is_admin: is_admin && scopes.has(Scope::Admin),
            key: Some(KeyId(secret.id())),
            app: Some(app.unwrap_or(AppId(secret.id()))),
            client: None,
            scopes,
            credential: Credential::Key,
            peer: None,
        }
    }

    pub(crate) fn file(&self, caller: &Caller, filing: &Filing) -> Result<(RequestView, bool), WorkflowError> {
        let (config, caller, filing) = (Arc::clone(&self.config), caller.clone(), filing.clone());
        let filed = self.execute(FileRequest { config, caller, filing, renews: None })??;
        Ok((filed.view, filed.is_new))
    }

    /// A request by a person for themselves.
    pub(crate) fn asked(&self, bundle: &Bundle, target: &User, allowed: &User) -> Request {
        self.file(&person(allowed), &ask(bundle, target, allowed)).unwrap().0.request
    }

    /// A delivered request, with its email's token.
    pub(crate) fn asked_by_mail(&self, bundle: &Bundle, target: &User, allowed: &User) -> (Request, String) {
        let request = self.asked(bundle, target, allowed);
        self.deliver();
        // Emails that are due together are sent in any order.
        let is_its = |token: &String| self.check(target, token).is_ok_and(|view| view.request.id == request.id);
        let token = self.tokens_for(target.email.as_str()).into_iter().find(is_its).expect("an email about it");
        (request, token)
    }

    /// A delivered and approved request. Returns the grant.
    pub(crate) fn given(&self, bundle: &Bundle, target: &User, allowed: &User) -> Grant {
        let (_, token) = self.asked_by_mail(bundle, target, allowed);
        self.redeem(target, &token).unwrap().1.grant
    }

    pub(crate) fn check(&self, user: &User, token: &str) -> Result<RequestView, WorkflowError> {
        self.check_as(&person(user), token)
    }

    pub(crate) fn check_as(&self, caller: &Caller, token: &str) -> Result<RequestView, WorkflowError> {
        self.execute(Check { caller: caller.clone(), token: token.to_owned() })
    }

    pub(crate) fn redeem(&self, user: &User, token: &str) -> Result<(RequestView, Approved), WorkflowError> {
        self.redeem_as(&person(user), token, &ApprovalLimits::default())
    }

    pub(crate) fn redeem_as(
        &self,
        caller: &Caller,
        token: &str,
        to: &ApprovalLimits,
    ) -> Result<(RequestView, Approved), WorkflowError> {
        self.execute(Redeem { caller: caller.clone(), token: token.to_owned(), limits: to.clone() })
    }

    pub(crate) fn decline(&self, user: &User, token: &str, reason: Option<&str>) -> Result<RequestView, WorkflowError> {
        let (caller, token, reason) = (person(user), token.to_owned(), reason.map(str::to_owned));
        self.write(move |tx| decide::decline_by_token(tx, &caller, &token, reason.as_deref()))
    }

    /// Decides without a token, as the inbox does.
    pub(crate) fn approve(&self, user: &User, request: RequestId) -> Result<(RequestView, Approved), WorkflowError> {
        let caller = person(user);
        self.write(move |tx| {
            let request = view::find(tx, &caller, request)?;
            decide::approve(tx, &caller, &request, &ApprovalLimits::default())
        })
    }

    pub(crate) fn resend(&self, caller: &Caller, request: RequestId) -> Result<Request, WorkflowError> {
        let caller = caller.clone();
        self.write(move |tx| resend::resend(tx, &caller, request))
    }

    pub(crate) fn delete(&self, caller: &Caller, request: RequestId) -> Result<(), WorkflowError> {
        let caller = caller.clone();
        self.write(move |tx| withdraw::delete(tx, &caller, request))
    }

    pub(crate) fn revoke(&self, caller: &Caller, grant: GrantId) -> Result<Vec<GrantId>, WorkflowError> {
        let caller = caller.clone();
        self.write(move |tx| shares::revoke(tx, &caller, grant))
    }

    pub(crate) fn hand_over(&self, bundle: BundleId, to: &User) -> Result<(), WorkflowError> {
        let to = to.id;
        self.write(move |tx| accounts::hand_over(tx, &Caller::operator(), bundle, to))
    }

    pub(crate) fn remove_user(&self, user: &User, heir: Option<&User>) -> Result<(), WorkflowError> {
        let (user, heir) = (user.id, heir.map(|heir| heir.id));
        self.write(move |tx| accounts::remove_user(tx, &Caller::operator(), user, heir))
    }

    /// Queues the notices that are due, as the daemon's job does. Returns how many rows it looked at.
    pub(crate) fn queue_notices(&self) -> usize {
        let config = Arc::clone(&self.config);
        self.write(move |tx| jobs::queue_what_is_due(tx, &config, 100)).unwrap()
    }

    /// Requests to keep access that ends.
    pub(crate) fn renew(&self, user: &User, grant: GrantId) -> Result<(RequestView, bool), WorkflowError> {
        let (config, caller) = (Arc::clone(&self.config), person(user));
        self.write(move |tx| renew::ask(tx, &config, &caller, grant, None))
    }

    /// Records the expired requests.
    pub(crate) fn sweep(&self) -> usize {
        self.write(|tx| close::expire_overdue(tx, 100)).unwrap()
    }

    pub(crate) fn request(&self, id: RequestId) -> Request {
        self.read(|tx| store::requests::find(tx, id)).unwrap().expect("the request is there")
    }

    /// Its present state in a word.
    pub(crate) fn state(&self, id: RequestId) -> &'static str {
        self.request(id).state_at(self.now()).as_str()
    }

    pub(crate) fn grant(&self, id: GrantId) -> Grant {
        self.read(|tx| store::grants::find(tx, id)).unwrap().expect("the grant is there")
    }

    pub(crate) fn is_live(&self, id: GrantId) -> bool {
        self.grant(id).is_live_at(self.now())
    }

    /// All emails, oldest first.
    pub(crate) fn queue(&self) -> Vec<QueuedEmail> {
        let mut emails = self.read(|tx| store::outbox::list(tx, 1_000)).unwrap();
        emails.reverse();
        emails
    }

    /// The emails, oldest first: kind and state of each.
    pub(crate) fn emails(&self) -> Vec<(&'static str, &'static str)> {
        self.queue().iter().map(|email| (email.kind.as_str(), email.state.as_str())).collect()
    }

    /// Sends what is due. Returns the number of attempts. Not from within a runtime: see [`Fixture::delivered`].
    pub(crate) fn deliver(&self) -> usize {
        runtime().block_on(self.delivered())
    }

    /// Sends what is due.
    pub(crate) async fn delivered(&self) -> usize {
        self.outbox.deliver_due().await.expect("the outbox can be read")
    }

    /// The captured emails to an address, newest first.
    pub(crate) fn emails_to(&self, email: &str) -> Vec<Captured> {
        self.mailbox.list().into_iter().filter(|sent| sent.to == email).collect()
    }

    /// Confirms the change of an account from the mailbox before it.
    pub(crate) fn confirm_change(&self, email: &str) {
        let secret = self.emails_to(email).iter().find_map(|email| confirmation_in(&email.text)).unwrap();
        self.write(move |tx| account_changes::confirm(tx, &Caller::operator(), &secret)).unwrap();
    }

    /// The token in the newest email to an address that has one.
    pub(crate) fn token_for(&self, email: &str) -> String {
        self.tokens_for(email).into_iter().next().unwrap_or_else(|| panic!("no email with a token to {email}"))
    }

    /// The tokens in the emails to an address, newest first.
    pub(crate) fn tokens_for(&self, email: &str) -> Vec<String> {
        self.emails_to(email).iter().filter_map(|email| token_in(&email.text)).collect()
    }

    /// The audit's events, oldest first within each chain.
    pub(crate) fn events(&self) -> Vec<String> {
        self.texts("SELECT event AS value FROM audit ORDER BY at, chain, seq")
    }
}

fn open(url: &str) -> Store {
    let mut config = Config::defaults().unwrap();
    url.clone_into(&mut config.database.url);
    Store::open(&config.database, 64, Clock::Manual(ManualClock::new(noon()))).unwrap()
}

fn a_key() -> Links {
    Links::new(ServerKey::draw(&Rng::System).unwrap())
}

fn noon() -> DateTime<Utc> {
    "2026-12-01T12:00:00Z".parse().unwrap()
}

/// The runtime of tests that are not async themselves.
pub(crate) fn runtime() -> &'static tokio::runtime::Runtime {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap())
}

pub(crate) fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// A person in person.
pub(crate) fn person(user: &User) -> Caller {
    Caller::person(user.id, user.is_admin, Credential::Password)
}

/// A request with only the mandatory members.
pub(crate) fn ask(bundle: &Bundle, target: &User, allowed: &User) -> Filing {
    Filing {
        target: UserRef::Id(target.id),
        allowed: UserRef::Id(allowed.id),
        bundle: bundle.id,
        level: None,
        message: None,
        redeem_url: None,
        ttl: None,
        until: None,
        resources: None,
    }
}

/// An offer: the grantee decides.
pub(crate) fn offer(bundle: &Bundle, to: &User) -> Filing {
    ask(bundle, to, to)
}

/// The token of a link in a text.
pub(crate) fn token_in(text: &str) -> Option<String> {
    secret_in(text, "csr_")
}

/// The secret that confirms the change of an account, in the email about it.
pub(crate) fn confirmation_in(text: &str) -> Option<String> {
    secret_in(text, "csc_")
}

fn secret_in(text: &str, prefix: &str) -> Option<String> {
    let start = text.find(prefix)?;
    let end = text[start..].find(|c: char| !c.is_ascii_alphanumeric() && !"_-".contains(c));
    Some(text[start..end.map_or(text.len(), |end| start + end)].to_owned())
}

/// The result of an operation in a word: `ok`, or the error's.
pub(crate) fn word<T>(result: Result<T, WorkflowError>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(WorkflowError::Unauthenticated) => "unauthenticated",
        Err(WorkflowError::NotFound(_)) => "not found",
        Err(WorkflowError::Unknown { .. }) => "unknown",
        Err(WorkflowError::Invalid { field, .. }) => field,
        Err(WorkflowError::Forbidden(_)) => "forbidden",
        Err(WorkflowError::MissingScope(_)) => "missing scope",
        Err(WorkflowError::Closed(closed)) => closed.as_str(),
        Err(WorkflowError::TooMany { .. }) => "too many",
        Err(WorkflowError::KeyReused) => "key reused",
        Err(WorkflowError::InFlight) => "in flight",
        Err(WorkflowError::Stale) => "stale",
        Err(WorkflowError::OtherTerms { .. }) => "other terms",
        Err(WorkflowError::Taken { .. }) => "taken",
        Err(WorkflowError::Store(error)) => panic!("the store: {error}"),
        Err(WorkflowError::Rng(error)) => panic!("{error}"),
    }
}

/// What a caller is asked by a token, read for all callers who ask at the same moment.
struct Check {
    caller: Caller,
    token: String,
}

impl Command for Check {
    type Output = RequestView;
    type Error = WorkflowError;
    const ADDS_TO: Option<&'static str> = None;

    fn run_all(tx: &mut Tx<'_>, commands: &[&Self], _: &mut Changes) -> Result<Results<Self>, StoreError> {
        let tokens: Vec<_> = commands.iter().filter_map(|check| decide::token_secret(&check.token)).collect();
        let reading = Reading::load(tx, Vec::new(), &tokens)?;
        let check = |command: &&Self| Some(decide::check_within(tx, &reading, &command.caller, &command.token));
        Ok(commands.iter().map(check).collect())
    }
}
