//! The house itself: the real store on a file that lives in memory, the real stories, the real outbox, a clock moved by hand.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use countersign::clock::{Clock, ManualClock};
use countersign::config::Config;
use countersign::domain::{Address, BundleId, Caller, Credential, Level, NewUser, User};
use countersign::mail::outbox::{Outbox, Wake};
use countersign::mail::{Mailbox, Sender, Transport};
use countersign::store::{Fault, Store, StoreError, Tx, tokens};
use countersign::token::Chance;
use countersign::workflow::{Refusal, account};
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection};

use super::model::{OWNER, PEOPLE, Who};

pub(crate) const LEVELS: [Level; 3] = [Level::View, Level::Edit, Level::Contribute];

/// No budgets, no letters that nobody caused: the model has neither.
const SETTINGS: &str = "
    [limits]
    target_letters = 0
    initiator_hourly = 0
    initiator_daily = 0
    app_daily = 0
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

/// What a history leaves; the audit stays.
const SWEEP: &str = "
    PRAGMA foreign_keys = OFF;
    BEGIN IMMEDIATE;
    DELETE FROM outbox; DELETE FROM tokens; DELETE FROM grants; DELETE FROM request_items; DELETE FROM requests;
    DELETE FROM idempotency_keys; DELETE FROM cooldowns; DELETE FROM blocks;
    COMMIT;
";

/// How a write ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Committed and answered.
    Done,
    /// The process was killed before the commit: nothing of it may be there.
    Killed,
}

/// A row of several numbers and a word, by what the query calls them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, QueryableByName)]
pub(crate) struct Row {
    #[diesel(sql_type = Text)]
    pub(crate) word: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(crate) a: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(crate) b: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(crate) c: Option<i64>,
}

pub(crate) struct World {
    folder: tempfile::TempDir,
    pub(crate) config: Arc<Config>,
    pub(crate) store: Store,
    pub(crate) outbox: Outbox,
    pub(crate) sender: Sender,
    clock: ManualClock,
    side: SqliteConnection,
    pub(crate) people: [User; PEOPLE],
    pub(crate) bundles: [BundleId; 2],
    /// How many rows the audit had when the history began.
    audited: i64,
    histories: usize,
}

impl World {
    /// A house with its people in it.
    pub(crate) fn build(seed: u64) -> Self {
        // Memory, where there is a file system of it: what a history needs of the disk is order, not time.
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let mut config = Config::build(Some(SETTINGS), []).unwrap();
        config.database.url = format!("sqlite:{}", file(folder.path()).display());
        let config = Arc::new(config);
        let clock = ManualClock::new(noon());
        let chance = Chance::seeded(seed);
        let (store, outbox) = open(&config, &clock, &chance);
        store.migrate().unwrap();
        let (people, bundles) = store.write_sync(settle).unwrap();
        let sender = Sender::parse(&config.mail.from).unwrap();
        let side = SqliteConnection::establish(file(folder.path()).to_str().unwrap()).unwrap();
        Self { folder, config, store, outbox, sender, clock, side, people, bundles, audited: 0, histories: 0 }
    }

    /// Readies it for another history, with chance of that history's own; answers with the epoch it is in.
    pub(crate) fn begin(&mut self, seed: u64) -> u32 {
        self.histories += 1;
        if self.histories.is_multiple_of(256) {
            // The audit has grown; a young one is as good.
            *self = Self::build(seed);
        }
        self.side.batch_execute(SWEEP).unwrap();
        self.set_clock(0);
        self.reopen(seed);
        self.audited = self.number("SELECT '' AS word, count(*) AS a, NULL AS b, NULL AS c FROM audit").unwrap();
        let epoch = self.store.read_sync(tokens::epoch).unwrap();
        u32::try_from(epoch).unwrap()
    }

    /// What a restart is: nothing is left but the file.
    pub(crate) fn restart(&mut self, seed: u64) {
        let chance = Chance::seeded(seed);
        (self.store, self.outbox) = open(&self.config, &self.clock, &chance);
    }

    /// The same database with chance of another seed.
    fn reopen(&mut self, seed: u64) {
        let chance = Chance::seeded(seed);
        self.store = self.store.clone().with_chance(chance.clone());
        self.outbox = outbox(&self.config, &self.store, &self.clock, &chance);
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

    /// One transaction; what it answers is for [`Fate::Done`] only.
    pub(crate) fn act<T: Send + 'static>(
        &self,
        fate: Fate,
        mut story: impl FnMut(&mut Tx<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Option<Result<T, Refusal>> {
        match fate {
            Fate::Done => Some(self.store.write_sync(story)),
            Fate::Killed => {
                let killed = self.store.write_sync(move |tx| {
                    let _ = story(tx);
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

    /// The audit's chain is whole, and so is what a power cut at this moment would leave of the file.
    pub(crate) fn verify(&self) {
        self.store.read_sync(countersign::store::audit::verify).unwrap().unwrap();
        let (_copy, path) = self.power_cut();
        let mut left = SqliteConnection::establish(&path).unwrap();
        let rows = "SELECT (SELECT count(*) FROM audit) || ' ' || (SELECT count(*) FROM requests) AS word, \
                    NULL AS a, NULL AS b, NULL AS c";
        let left: Vec<Row> = diesel::sql_query(rows).load(&mut left).unwrap();
        let mut side = SqliteConnection::establish(file(self.folder.path()).to_str().unwrap()).unwrap();
        let here: Vec<Row> = diesel::sql_query(rows).load(&mut side).unwrap();
        assert_eq!(left, here, "what was committed is in the files");
    }

    // --- from the side ---

    pub(crate) fn rows(&mut self, query: &str) -> Vec<Row> {
        diesel::sql_query(query).load(&mut self.side).unwrap()
    }

    fn number(&mut self, query: &str) -> Option<i64> {
        self.rows(query)[0].a
    }

    /// What was written down since the history began: each event and how often.
    pub(crate) fn audited(&mut self) -> Vec<(String, usize)> {
        let since = self.audited;
        let query =
            format!("SELECT event AS word, count(*) AS a, NULL AS b, NULL AS c FROM audit WHERE seq > {since} GROUP BY event");
        self.rows(&query).into_iter().map(|row| (row.word, usize::try_from(row.a.unwrap()).unwrap())).collect()
    }

    /// Copies the file and its log as they are on the disk at this moment: what a power cut would leave.
    pub(crate) fn power_cut(&self) -> (tempfile::TempDir, String) {
        let copy = tempfile::tempdir_in(self.folder.path()).unwrap();
        for entry in std::fs::read_dir(self.folder.path()).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            // The shared memory beside the log is made anew by whoever opens it.
            if entry.file_type().unwrap().is_file() && !name.ends_with("-shm") {
                std::fs::copy(entry.path(), copy.path().join(name)).unwrap();
            }
        }
        let path = file(copy.path()).display().to_string();
        (copy, path)
    }
}

fn settle(tx: &mut Tx<'_>) -> Result<([User; PEOPLE], [BundleId; 2]), Refusal> {
    let by = Caller::operator();
    let mut person = |name: &str| {
        let address = Address::parse(&format!("{name}@example.org")).unwrap();
        account::add_user(tx, &by, &NewUser::with_address(address))
    };
    let people = [person("ann")?, person("bob")?, person("cyd")?, person("dan")?];
    let owned = account::add_bundle(tx, &by, "Sleep data", Some(people[OWNER].id), Level::Edit, &[])?.id;
    let relationship = account::add_bundle(tx, &by, "coach", None, Level::View, &[])?.id;
    Ok((people, [owned, relationship]))
}

fn open(config: &Arc<Config>, clock: &ManualClock, chance: &Chance) -> (Store, Outbox) {
    let store = Store::open(&config.database, config.limits.write_queue, Clock::Manual(clock.clone())).unwrap();
    let store = store.with_chance(chance.clone());
    let outbox = outbox(config, &store, clock, chance);
    (store, outbox)
}

fn outbox(config: &Arc<Config>, store: &Store, clock: &ManualClock, chance: &Chance) -> Outbox {
    let transport = Transport::Capture(Mailbox::new(1, Clock::Manual(clock.clone())));
    let sender = Sender::parse(&config.mail.from).unwrap();
    Outbox::new(store.clone(), transport, chance.clone(), Arc::clone(config), sender, Wake::default())
}

fn file(folder: &Path) -> PathBuf {
    folder.join("house.db")
}

fn noon() -> DateTime<Utc> {
    "2026-12-01T12:00:00Z".parse().unwrap()
}

/// What a story ended with, in a word: `ok`, or the refusal's.
pub(crate) fn word(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NotFound(_) => "not found",
        Refusal::Invalid { field, .. } => field,
        Refusal::Forbidden(_) => "forbidden",
        Refusal::Closed(closed) => closed.as_str(),
        Refusal::TooMany { .. } => "too many",
        Refusal::KeyReused => "key reused",
        other => panic!("no refusal of a simulation's: {other}"),
    }
}
