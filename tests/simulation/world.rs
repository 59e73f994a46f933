//! The real store, operations and outbox, with a manual clock. The database is in memory, where only SQLite itself takes time,
//! or in a file with its WAL, like a daemon's.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use countersign::clock::{Clock, ManualClock};
use countersign::config::{Config, Database};
use countersign::domain::{Address, BundleId, Caller, Credential, Level, NewUser, User};
use countersign::mail::delivery::worker::Outbox;
use countersign::mail::{Mailbox, Sender, Transport};
use countersign::random::Rng;
use countersign::store::{Fault, Store, StoreError, Tx, tokens};
use countersign::workflow::{WorkflowError, accounts};

use super::model::{OWNER, PEOPLE, Who};
use super::side::Side;

pub(crate) const LEVELS: [Level; 3] = [Level::View, Level::Edit, Level::Contribute];

/// No limits, and no emails that nobody caused, since the model has neither.
const SETTINGS: &str = "
    [limits]
    target_letters = 0
    initiator_hourly = 0
    initiator_daily = 0
    app_daily = 0
    domain_hourly = 0
    changes_hourly = 0
    app_changes_hourly = 0
    new_people_hourly = 0
    app_new_people_hourly = 0
    news_letters = 0
    [database]
    connections = 1
    [letters]
    remind_at_half = false
    remind_before_end = \"0s\"
    ends_soon = []
    ended = false
    receipt = \"never\"
";

/// The end of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Committed and answered.
    Done,
    /// The process was killed before the commit, so nothing may be there.
    Killed,
}

/// The database of an instance.
pub(crate) enum Place {
    /// In memory, under this name.
    Memory(String),
    /// In this folder.
    File(tempfile::TempDir),
}

impl Place {
    pub(crate) fn in_memory() -> Self {
        static NAMES: AtomicUsize = AtomicUsize::new(0);
        Self::Memory(format!("simulation-{}", NAMES.fetch_add(1, Ordering::Relaxed)))
    }

    pub(crate) fn on_file() -> Self {
        // A file system in memory, if there is one, since a history needs the disk's order and not its delays.
        let memory = Path::new("/dev/shm");
        Self::File(if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap())
    }

    /// A new one of the same kind.
    fn another(&self) -> Self {
        match self {
            Self::Memory(_) => Self::in_memory(),
            Self::File(_) => Self::on_file(),
        }
    }

    fn open(&self, config: &Config, clock: &ManualClock) -> Store {
        let clock = Clock::Manual(clock.clone());
        match self {
            Self::Memory(name) => Store::in_memory(name, clock).unwrap(),
            Self::File(folder) => {
                let database = Database { url: format!("sqlite:{}", file(folder.path())), ..config.database.clone() };
                Store::open(&database, config.limits.write_queue, clock).unwrap()
            }
        }
    }

    fn look_from_the_side(&self) -> Side {
        match self {
            Self::Memory(name) => Side::open(&format!("file:/{name}?vfs=memdb")),
            Self::File(folder) => Side::open(&file(folder.path())),
        }
    }
}

pub(crate) struct World {
    place: Place,
    pub(crate) config: Arc<Config>,
    pub(crate) store: Store,
    pub(crate) outbox: Outbox,
    pub(crate) sender: Sender,
    pub(crate) side: Side,
    clock: ManualClock,
    pub(crate) people: [User; PEOPLE],
    pub(crate) bundles: [BundleId; 2],
    /// The last row of the audit at the history's beginning.
    audited: i64,
    pub(crate) histories: usize,
}

impl World {
    /// An instance with its people.
    pub(crate) fn build(place: Place, seed: u64) -> Self {
        let config = Arc::new(Config::build(Some(SETTINGS), []).unwrap());
        let clock = ManualClock::new(noon());
        let rng = Rng::seeded(seed);
        let (store, outbox) = open(&place, &config, &clock, &rng);
        store.migrate().unwrap();
        let (people, bundles) = store.write_sync(settle).unwrap();
        let sender = Sender::parse(&config.mail.from).unwrap();
        let side = place.look_from_the_side();
        Self { place, config, store, outbox, sender, side, clock, people, bundles, audited: 0, histories: 0 }
    }

    /// Prepares it for another history, with that history's own random bytes. Returns its epoch.
    pub(crate) fn begin(&mut self, seed: u64) -> u32 {
        self.histories += 1;
        if self.histories.is_multiple_of(256) {
            // The audit has grown; a new one is as good.
            *self = Self::build(self.place.another(), seed);
        }
        self.side.sweep();
        self.set_clock(0);
        self.reopen(seed);
        (self.audited, _) = self.side.counts();
        let epoch = self.store.read_sync(tokens::epoch).unwrap();
        u32::try_from(epoch).unwrap()
    }

    /// A restart: only the database is kept.
    pub(crate) fn restart(&mut self, seed: u64) {
        let rng = Rng::seeded(seed);
        (self.store, self.outbox) = open(&self.place, &self.config, &self.clock, &rng);
    }

    /// The same database with random bytes from another seed.
    fn reopen(&mut self, seed: u64) {
        let rng = Rng::seeded(seed);
        self.store = self.store.clone().with_rng(rng.clone());
        self.outbox = outbox(&self.config, &self.store, &self.clock, &rng);
    }

    pub(crate) fn set_clock(&self, seconds: i64) {
        self.clock.advance(noon() + TimeDelta::seconds(seconds) - self.clock.now());
    }

    pub(crate) fn moment(seconds: i64) -> DateTime<Utc> {
        noon() + TimeDelta::seconds(seconds)
    }

    pub(crate) fn caller(&self, who: Who) -> Caller {
        Caller::person(self.people[who].id, false, Credential::Password)
    }

    /// One transaction; its result counts for [`Fate::Done`] only.
    pub(crate) fn act<T: Send + 'static>(
        &self,
        fate: Fate,
        mut operation: impl FnMut(&mut Tx<'_>) -> Result<T, WorkflowError> + Send + 'static,
    ) -> Option<Result<T, WorkflowError>> {
        match fate {
            Fate::Done => Some(self.store.write_sync(operation)),
            Fate::Killed => {
                let killed = self.store.write_sync(move |tx| {
                    let _ = operation(tx);
                    Err::<(), StoreError>(StoreError::Unavailable("killed".into()))
                });
                assert!(killed.is_err());
                None
            }
        }
    }

    pub(crate) fn look<T, E: Fault>(&self, look: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.store.read_sync(look)
    }

    /// The audit's chain is valid, and so is the file that a power cut at this moment would leave.
    pub(crate) fn verify(&mut self) {
        self.store.read_sync(countersign::store::audit::verify).unwrap().unwrap();
        let Place::File(folder) = &self.place else { return };
        let copy = power_cut(folder.path());
        let left = Side::open(&file(copy.path())).counts();
        assert_eq!(left, self.side.counts(), "what was committed is in the files");
    }

    /// The audit since the history's beginning: each event and how often.
    pub(crate) fn audited(&mut self) -> Vec<(String, usize)> {
        self.side.audited(self.audited)
    }
}

/// Copies the file and its WAL as they are on disk, as a power cut would leave them.
fn power_cut(folder: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir_in(folder).unwrap();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        // Opening the database rebuilds the shared memory beside the WAL.
        if entry.file_type().unwrap().is_file() && !name.ends_with("-shm") {
            std::fs::copy(entry.path(), copy.path().join(name)).unwrap();
        }
    }
    copy
}

fn settle(tx: &mut Tx<'_>) -> Result<([User; PEOPLE], [BundleId; 2]), WorkflowError> {
    let by = Caller::operator();
    let mut person = |name: &str| {
        let address = Address::parse(&format!("{name}@example.org")).unwrap();
        accounts::add_user(tx, &by, &NewUser::with_address(address))
    };
    let people = [person("ann")?, person("bob")?, person("cyd")?, person("dan")?];
    let owned = accounts::add_bundle(tx, &by, "Sleep data", Some(people[OWNER].id), Level::Edit, &[])?.id;
    let relationship = accounts::add_bundle(tx, &by, "coach", None, Level::View, &[])?.id;
    Ok((people, [owned, relationship]))
}

fn open(place: &Place, config: &Arc<Config>, clock: &ManualClock, rng: &Rng) -> (Store, Outbox) {
    let store = place.open(config, clock).with_rng(rng.clone());
    let outbox = outbox(config, &store, clock, rng);
    (store, outbox)
}

fn outbox(config: &Arc<Config>, store: &Store, clock: &ManualClock, rng: &Rng) -> Outbox {
    let transport = Transport::Capture(Mailbox::new(1, Clock::Manual(clock.clone())));
    let sender = Sender::parse(&config.mail.from).unwrap();
    Outbox::new(store.clone(), transport, rng.clone(), Arc::clone(config), sender)
}

fn file(folder: &Path) -> String {
    folder.join("data.db").display().to_string()
}

fn noon() -> DateTime<Utc> {
    "2026-12-01T12:00:00Z".parse().unwrap()
}

/// The result of an operation in a word: `ok`, or the error's.
pub(crate) fn word(refusal: &WorkflowError) -> &'static str {
    match refusal {
        WorkflowError::NotFound(_) => "not found",
        WorkflowError::Invalid { field, .. } => field,
        WorkflowError::Forbidden(_) => "forbidden",
        WorkflowError::Closed(closed) => closed.as_str(),
        WorkflowError::TooMany { .. } => "too many",
        WorkflowError::KeyReused => "key reused",
        WorkflowError::OtherTerms { .. } => "other terms",
        other => panic!("no refusal of a simulation's: {other}"),
    }
}
