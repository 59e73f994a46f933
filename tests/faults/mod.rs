//! Real daemons under a client's load, killed between two steps, cut off from their database, their mail server and their
//! clients, without disk space, and without power. Afterwards a checker compares the client's answers, the database, the mail
//! server's log and the audit.
//!
//! A test that needs root or a missing tool says so and is counted as skipped. The long form is `scripts/faults --minutes N
//! --seed S`.

mod checker;
mod client;
mod clock;
mod crash;
mod cut;
mod disk;
mod failover;
mod hands;
mod language;
mod lease;
mod long;
mod migration;
mod overload;
mod pool;
mod power;
mod previous;
mod purge;
mod queue;
mod read_only;
mod restore;
mod scarce;
mod silent;
mod stop;
mod storage;
mod syscalls;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::daemon::stage::Stage;
use crate::support::daemon::Daemon;
use crate::support::faulty_smtp::{Act, FaultySmtp, Moment};
use crate::support::postgres::Cluster;
pub(crate) use crate::support::skipped;

pub(crate) use self::client::Client;

/// A database with people and bundles, a mail server, and the client.
pub(crate) struct Scene {
    /// Deleted with the scene.
    _folder: tempfile::TempDir,
    pub(crate) database: String,
    pub(crate) smtp: Arc<FaultySmtp>,
    pub(crate) client: Client,
    logs: Vec<String>,
    crashes: usize,
}

impl Scene {
    pub(crate) fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::on_sqlite_in(folder)
    }

    pub(crate) fn on_sqlite_in(folder: tempfile::TempDir) -> Self {
        let database = format!("sqlite:{}", folder.path().join("faults.db").display());
        Self::on(folder, database, |_, _| Act::Go)
    }

    pub(crate) fn on_postgres() -> Self {
        Self::on(tempfile::tempdir().unwrap(), Cluster::shared().create_empty_database(), |_, _| Act::Go)
    }

    pub(crate) fn on(
        folder: tempfile::TempDir,
        database: String,
        script: impl Fn(Moment, usize) -> Act + Send + Sync + 'static,
    ) -> Self {
        Self::with(folder, database, FaultySmtp::start(script))
    }

    pub(crate) fn with(folder: tempfile::TempDir, database: String, smtp: FaultySmtp) -> Self {
        let smtp = Arc::new(smtp);
        let client = Client::new(Stage::set(&database), Arc::clone(&smtp));
        Self { _folder: folder, database, smtp, client, logs: Vec::new(), crashes: 0 }
    }

    /// A daemon for it. `crash` is the point at which it dies.
    pub(crate) fn daemon(&self, crash: &str) -> Daemon {
        self.daemon_with(&self.database, crash, &[])
    }

    /// The same, started by another program (strace).
    pub(crate) fn daemon_under(&self, wrapper: &[&str]) -> Daemon {
        self.start(env!("CARGO_BIN_EXE_countersign"), &self.database, wrapper, "", &[])
    }

    /// The same, with another database URL and more settings.
    pub(crate) fn daemon_with(&self, database: &str, crash: &str, more: &[(&str, &str)]) -> Daemon {
        self.start(env!("CARGO_BIN_EXE_countersign"), database, &[], crash, more)
    }

    /// A daemon of another version.
    pub(crate) fn daemon_of(&self, program: &str) -> Daemon {
        self.start(program, &self.database, &[], "", &[])
    }

    fn start(&self, program: &str, database: &str, wrapper: &[&str], crash: &str, more: &[(&str, &str)]) -> Daemon {
        let port = self.smtp.port.to_string();
        let key_file = format!("{}/{}", env!("CARGO_TARGET_TMPDIR"), key_of(&self.database));
        let mut settings = vec![
            ("COUNTERSIGN_CRASH", crash),
            ("COUNTERSIGN__MAIL__TRANSPORT", "smtp"),
            ("COUNTERSIGN__MAIL__SMTP__HOST", "127.0.0.1"),
            ("COUNTERSIGN__MAIL__SMTP__PORT", port.as_str()),
            ("COUNTERSIGN__MAIL__SMTP__TLS", "none"),
            ("COUNTERSIGN__MAIL__SMTP__TIMEOUT", "2s"),
            ("COUNTERSIGN__SERVER__KEY_FILE", key_file.as_str()),
            ("COUNTERSIGN__LIMITS__TARGET_LETTERS", "0"),
            ("COUNTERSIGN__LIMITS__INITIATOR_HOURLY", "0"),
            ("COUNTERSIGN__LIMITS__NEW_PEOPLE_HOURLY", "0"),
            ("COUNTERSIGN__LIMITS__APP_NEW_PEOPLE_HOURLY", "0"),
            ("COUNTERSIGN__LIMITS__INITIATOR_DAILY", "0"),
            ("COUNTERSIGN__LIMITS__DOMAIN_HOURLY", "0"),
            ("COUNTERSIGN__LIMITS__SIGN_INS", "0"),
            ("COUNTERSIGN__LOG__LEVEL", "debug"),
        ];
        settings.extend_from_slice(more);
        Daemon::begin_as(program, wrapper, database, &settings)
    }

    /// Repeats all unfinished steps until they are done.
    pub(crate) fn is_well_within(&mut self, time: Duration, daemon: &Daemon) {
        let end = Instant::now() + time;
        while !self.client.work(&daemon.url) {
            assert!(Instant::now() < end, "{}", self.client.transcript());
            self.client.let_time_pass();
        }
    }

    /// Cleans up after a dead daemon.
    pub(crate) fn died(&mut self, daemon: &mut Daemon) {
        crate::support::wait_until("the daemon to be gone", || daemon.has_ended().then_some(()));
        self.logs.push(daemon.log());
        self.crashes += 1;
        // So that the test need not wait two minutes for a lease.
        self.client.let_time_pass();
    }

    /// Finishes all steps with a healthy daemon, stops it, and runs all checks.
    pub(crate) fn finish(mut self) {
        let mut daemon = self.daemon("");
        assert!(daemon.is_ready(), "it starts again: {}", daemon.log());
        let is_done = self.client.work(&daemon.url);
        assert!(is_done, "a healthy daemon answers everything; {}", self.client.transcript());
        self.client.wait_for_the_post();
        let metrics = crate::support::daemon::agent().get(format!("{}/metrics", daemon.url)).call();
        self.logs.push(metrics.unwrap().body_mut().read_to_string().unwrap());
        assert_eq!(daemon.stop(), Some(0), "it stops cleanly");
        self.logs.push(daemon.log());
        let files = self.database.strip_prefix("sqlite:").map(|path| Path::new(path).parent().unwrap().to_owned());
        checker::check(&self.client, &self.smtp.heard(), &self.logs, self.crashes, files.as_deref());
    }
}

/// One server key for each PostgreSQL database; on SQLite the default path would do, but this is simpler.
fn key_of(database: &str) -> String {
    let safe: String = database.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    format!("{}.key", &safe[safe.len().saturating_sub(60)..])
}
