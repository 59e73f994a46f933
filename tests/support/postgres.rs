//! The tests' own PostgreSQL cluster: on a free loopback port, in a folder of its own (in memory, if it need not be durable), and
//! deleted when the tests end, panic or
//! are killed.
//!
//! ```ignore
//! let url = Cluster::shared().create_database(|url| migrate(url));
//! ```

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl};

const SUPERVISOR: &str = include_str!("postgres.sh");

/// Far more than any one test uses, since all tests run at once.
const MAX_CONNECTIONS: u16 = 300;

/// The data that a crash of the machine may lose.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Everything: nothing waits for the disk.
    None,
    /// No committed data, like an installation.
    Full,
}

/// A running cluster. Dropping it stops it and deletes its folder.
pub(crate) struct Cluster {
    pub(crate) port: u16,
    supervisor: Mutex<Supervisor>,
    /// The database that `create_database` copies, migrated once.
    template: OnceLock<String>,
    databases: AtomicU32,
}

impl Cluster {
    /// The cluster that all tests of this process share, not durable. Each test has a database of its own; never crash this
    /// cluster.
    pub(crate) fn shared() -> &'static Cluster {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| Cluster::start(Durability::None))
    }

    /// A cluster for one test, to crash and to measure.
    pub(crate) fn start(durability: Durability) -> Cluster {
        Self::start_with(durability, None)
    }

    /// A durable one, with its data below a folder that everybody may write to.
    pub(crate) fn start_in(folder: &Path) -> Cluster {
        Self::start_with(Durability::Full, Some(folder))
    }

    /// A standby that follows this one. See [`Cluster::wait_for_standby`].
    pub(crate) fn standby(&self) -> Cluster {
        Self::start_as(Durability::Full, None, Some(self.port), None)
    }

    /// One with German error messages, by the locales in this folder.
    pub(crate) fn start_in_german(locales: &Path) -> Cluster {
        let cluster = Self::start_as(Durability::None, None, None, Some(locales));
        cluster.run("ALTER SYSTEM SET lc_messages = 'de_DE.UTF-8'");
        cluster.run("SELECT pg_reload_conf()");
        cluster
    }

    /// Runs SQL as the cluster's superuser, in one of its databases.
    pub(crate) fn run_in(&self, url: &str, sql: &str) {
        let mut conn = PgConnection::establish(&self.url(database_name(url))).expect("the cluster takes connections");
        conn.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// From now on a commit waits for the standby.
    pub(crate) fn wait_for_standby(&self) {
        self.run("ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.run("SELECT pg_reload_conf()");
    }

    /// The URL of the same database in this cluster.
    pub(crate) fn here(&self, url: &str) -> String {
        self.url(database_name(url))
    }

    /// Makes the server write a file into its data directory, which only its user can read.
    pub(crate) fn write_file(&self, name: &str, text: &str) {
        let lines = "SELECT unnest(string_to_array($text$";
        self.run(&format!("COPY ({lines}{text}$text$, E'\\n'))) TO PROGRAM 'umask 077; cat > {name}'"));
    }

    /// The result of a query for one text.
    pub(crate) fn text(&self, url: &str, sql: &str) -> String {
        let mut conn = PgConnection::establish(&self.here(url)).expect("the cluster takes connections");
        diesel::select(diesel::dsl::sql::<diesel::sql_types::Text>(sql)).get_result(&mut conn).unwrap()
    }

    /// Makes a standby the primary.
    pub(crate) fn promote(&self) {
        self.supervisor.lock().unwrap().command("promote", "promoted").unwrap();
    }

    /// The URL of the same database in the one of the two clusters that is writable.
    pub(crate) fn here_or_at(&self, other: &Cluster, url: &str) -> String {
        let (name, here, there) = (database_name(url), self.port, other.port);
        format!(
            "postgres:///{name}?user=countersign&host=127.0.0.1,127.0.0.1&port={here},{there}\
             &target_session_attrs=read-write&sslmode=disable"
        )
    }

    fn start_with(durability: Durability, folder: Option<&Path>) -> Cluster {
        Self::start_as(durability, folder, None, None)
    }

    fn start_as(durability: Durability, folder: Option<&Path>, primary: Option<u16>, locales: Option<&Path>) -> Cluster {
        let binaries = binaries().unwrap_or_else(|reason| panic!("{reason}"));
        let fast = (durability == Durability::None).then(super::fast_folder);
        let folder = folder.or(fast.as_deref());
        let mut attempts = 0;
        loop {
            let port = free_port();
            match Supervisor::start(&binaries, &settings(port, durability), folder, primary, locales) {
                Ok(supervisor) => {
                    let (supervisor, template) = (Mutex::new(supervisor), OnceLock::new());
                    return Cluster { port, supervisor, template, databases: AtomicU32::new(0) };
                }
                // Another process may take the port between our choice and PostgreSQL's start.
                Err(reason) if reason.contains("in use") && attempts < 5 => attempts += 1,
                Err(reason) => panic!("PostgreSQL did not start; it says:\n{reason}"),
            }
        }
    }

    /// A fresh, migrated database; returns its URL. The first caller's `migrate` gets the URL of an empty database, once for
    /// each cluster; every database is a copy of that.
    pub(crate) fn create_database(&self, migrate: impl FnOnce(&str)) -> String {
        let template = self.template.get_or_init(|| {
            let url = self.create_empty_database();
            migrate(&url);
            let name = database_name(&url).to_owned();
            // An open connection would prevent copying.
            self.run(&format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false"));
            name
        });
        self.create(&format!("TEMPLATE {template}"))
    }

    /// A fresh, empty database; returns its URL.
    pub(crate) fn create_empty_database(&self) -> String {
        self.create("TEMPLATE template0")
    }

    /// Deletes a database, even with open connections. Not needed at the cluster's end; it saves some 8 MB of disk.
    pub(crate) fn drop_database(&self, url: &str) {
        self.run(&format!("DROP DATABASE {} WITH (FORCE)", database_name(url)));
    }

    /// Stops the cluster as a crash would: connections break, nothing more is written.
    pub(crate) fn crash(&self) {
        self.supervisor.lock().unwrap().command("crash", "crashed").unwrap();
    }

    /// Ends it by `kill -9`, which works even if its disk is gone.
    pub(crate) fn kill(&self) {
        self.supervisor.lock().unwrap().command("kill", "killed").unwrap();
    }

    /// Restarts a crashed cluster, on the same port, with all committed data.
    pub(crate) fn recover(&self) {
        self.supervisor.lock().unwrap().command("start", "ready").unwrap();
    }

    fn create(&self, options: &str) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.run(&format!("CREATE DATABASE {name} {options}"));
        self.url(&name)
    }

    /// Runs SQL as the superuser.
    pub(crate) fn run(&self, sql: &str) {
        let mut conn = PgConnection::establish(&self.url("postgres")).expect("the cluster takes connections");
        conn.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    fn url(&self, name: &str) -> String {
        format!("postgres://countersign@127.0.0.1:{}/{name}?sslmode=disable", self.port)
    }
}

fn database_name(url: &str) -> &str {
    url.rsplit('/').next().and_then(|rest| rest.split('?').next()).expect("a URL of ours")
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr()).expect("a free port").port()
}

fn settings(port: u16, durability: Durability) -> String {
    let common = format!(
        "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\n\
         max_connections = {MAX_CONNECTIONS}\ntimezone = 'UTC'\nlog_timezone = 'UTC'\n"
    );
    match durability {
        Durability::Full => common,
        Durability::None => {
            common
                + "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nwal_level = minimal\n\
                   max_wal_senders = 0\nautovacuum = off\nmin_wal_size = 32MB\nmax_wal_size = 128MB\n"
        }
    }
}

/// The shell that outlives us while it stops the cluster; see `postgres.sh`.
struct Supervisor {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Supervisor {
    /// Returns when the cluster accepts connections, or with its error.
    fn start(
        binaries: &Path,
        settings: &str,
        folder: Option<&Path>,
        primary: Option<u16>,
        locales: Option<&Path>,
    ) -> Result<Supervisor, String> {
        let mut child = shell()
            .envs(folder.map(|folder| ("TMPDIR", folder)))
            .envs(locales.map(|locales| ("LOCPATH", locales)))
            .args(["-c", SUPERVISOR, "postgres.sh"])
            .args([binaries.as_os_str(), OsStr::new(settings)])
            .args(primary.map(|port| port.to_string()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .current_dir("/")
            // A group of its own, so that Ctrl-C at the terminal does not reach the cluster.
            .process_group(0)
            .spawn()
            .map_err(|error| format!("cannot start a shell: {error}"))?;
        let answers = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut supervisor = Supervisor { child, answers };
        supervisor.expect("ready")?;
        Ok(supervisor)
    }

    fn command(&mut self, command: &str, answer: &str) -> Result<(), String> {
        let input = self.child.stdin.as_mut().expect("it is piped");
        writeln!(input, "{command}").map_err(|error| error.to_string())?;
        self.expect(answer)
    }

    fn expect(&mut self, answer: &str) -> Result<(), String> {
        let mut said = String::new();
        self.answers.read_line(&mut said).map_err(|error| error.to_string())?;
        if said.trim_end() == answer {
            return Ok(());
        }
        self.answers.read_to_string(&mut said).map_err(|error| error.to_string())?;
        Err(said)
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        // Closing its standard input ends it.
        let _ = self.child.wait();
    }
}

/// A shell as a user under whom PostgreSQL runs: ourselves, unless we are root.
fn shell() -> Command {
    if output_of("id", &["-u"]).as_deref() != Some("0") {
        return Command::new("sh");
    }
    let user = ["postgres", "nobody"].into_iter().find(|user| output_of("id", &["-u", user]).is_some());
    let user = user.expect("PostgreSQL does not run as root: add a user named `postgres`, or run the tests as another user");
    let group = output_of("id", &["-g", user]).expect("each user has a group");
    if output_of("setpriv", &["--version"]).is_some() {
        let mut command = Command::new("setpriv");
        command.args([format!("--reuid={user}"), format!("--regid={group}")]).args(["--clear-groups", "sh"]);
        command
    } else {
        let mut command = Command::new("runuser");
        command.args(["-u", user, "--", "sh"]);
        command
    }
}

/// The folder of PostgreSQL's programs: the newest of the distribution's, then by `pg_config` and the path.
fn binaries() -> Result<PathBuf, String> {
    let mut folders = versions("/usr/lib/postgresql", "");
    folders.extend(versions("/usr", "pgsql-"));
    folders.extend(output_of("pg_config", &["--bindir"]).map(PathBuf::from));
    folders.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    find_binaries(&folders)
}

fn find_binaries(folders: &[PathBuf]) -> Result<PathBuf, String> {
    let is_complete = |folder: &&PathBuf| ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).is_file());
    folders.iter().find(is_complete).cloned().ok_or_else(|| {
        "PostgreSQL's server programs (initdb, pg_ctl, postgres) are not on this machine: run scripts/test, which installs \
         them, or `apt-get install --no-install-recommends postgresql`"
            .to_owned()
    })
}

/// `<parent>/<prefix><version>/bin`, newest first.
fn versions(parent: &str, prefix: &str) -> Vec<PathBuf> {
    let version = |entry: std::fs::DirEntry| -> Option<(u32, PathBuf)> {
        let version = entry.file_name().to_str()?.strip_prefix(prefix)?.split('.').next()?.parse().ok()?;
        Some((version, entry.path().join("bin")))
    };
    let mut found: Vec<_> = std::fs::read_dir(parent).into_iter().flatten().flatten().filter_map(version).collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, folder)| folder).collect()
}

fn output_of(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

mod tests {
    use diesel::prelude::*;
    use diesel::sql_types::{Bool, Text};

    use super::*;

    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        value: String,
    }

    fn connect(url: &str) -> PgConnection {
        PgConnection::establish(url).unwrap()
    }

    fn texts(conn: &mut PgConnection, sql: &str) -> Vec<String> {
        diesel::sql_query(sql).load::<Row>(conn).unwrap().into_iter().map(|row| row.value).collect()
    }

    fn migrate(url: &str) {
        connect(url).batch_execute("CREATE TABLE words (value TEXT NOT NULL)").unwrap();
    }

    #[test]
    fn concurrent_test_databases_are_migrated_once_and_share_nothing() {
        let cluster = Cluster::start(Durability::None);
        let migrations = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for name in 0..16 {
                let (cluster, migrations) = (&cluster, &migrations);
                scope.spawn(move || {
                    let url = cluster.create_database(|url| {
                        migrations.fetch_add(1, Ordering::Relaxed);
                        migrate(url);
                    });
                    let mut conn = connect(&url);
                    conn.batch_execute(&format!("INSERT INTO words VALUES ('{name}')")).unwrap();
                    assert_eq!(texts(&mut conn, "SELECT value FROM words"), [name.to_string()]);
                });
            }
        });
        assert_eq!(migrations.into_inner(), 1);
    }

    #[test]
    fn the_shared_cluster_is_the_same_for_all_and_orders_text_as_a_language_does() {
        assert!(std::ptr::eq(Cluster::shared(), Cluster::shared()));
        let url = Cluster::shared().create_empty_database();
        let mut conn = connect(&url);
        let is_durable = diesel::select(diesel::dsl::sql::<Bool>("current_setting('fsync')::bool")).get_result::<bool>(&mut conn);
        assert_eq!(is_durable, Ok(false));
        let version = &texts(&mut conn, "SELECT current_setting('server_version_num') AS value")[0];
        if version.parse::<u32>().unwrap() >= 150_000 {
            let ordered = texts(&mut conn, "SELECT value FROM (VALUES ('c'), ('B'), ('a')) AS t (value) ORDER BY value");
            assert_eq!(ordered, ["a", "B", "c"]);
        }
        // A connection is still open.
        Cluster::shared().drop_database(&url);
        assert!(PgConnection::establish(&url).is_err());
    }

    #[test]
    fn commits_of_a_durable_cluster_survive_a_crash() {
        let cluster = Cluster::start(Durability::Full);
        let url = cluster.create_database(migrate);
        let mut conn = connect(&url);
        conn.batch_execute("INSERT INTO words VALUES ('kept')").unwrap();
        cluster.crash();
        assert!(conn.batch_execute("SELECT 1").is_err());
        assert!(PgConnection::establish(&url).is_err());
        cluster.recover();
        let mut conn = connect(&url);
        assert_eq!(texts(&mut conn, "SELECT value FROM words"), ["kept"]);
        let settings = "SELECT name || ' ' || setting AS value FROM pg_settings
            WHERE name IN ('fsync', 'full_page_writes', 'max_connections', 'synchronous_commit') ORDER BY name";
        assert_eq!(
            texts(&mut conn, settings),
            ["fsync on", "full_page_writes on", "max_connections 300", "synchronous_commit on"]
        );
    }

    #[test]
    fn without_postgresql_the_error_says_what_to_install() {
        let reason = find_binaries(&[PathBuf::from("/nowhere")]).unwrap_err();
        assert!(reason.contains("apt-get install --no-install-recommends postgresql"), "{reason}");
    }
}
