//! A PostgreSQL cluster of the benchmark's own: durable and with default settings, like an installation, on a free loopback
//! port, deleted at the end. pgbench measures its limit.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::sql_types::Integer;
use diesel::{Connection, PgConnection, RunQueryDsl};

use crate::process::{Cpu, family, free_address, parent_of, program};
use crate::say;

/// Starts and stops it as a user under whom PostgreSQL runs; shared with the tests.
const SUPERVISOR: &str = include_str!("../../tests/support/postgres.sh");

/// A database that each cluster has.
const FIRST: &str = "postgres";

pub(crate) struct Cluster {
    child: Child,
    answers: BufReader<ChildStdout>,
    binaries: PathBuf,
    port: u16,
    /// The parent of its other processes.
    postmaster: u32,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // It ends when its standard input does, and is waited for, so that its folder is deleted too.
        drop(self.child.stdin.take());
        let _ = self.answers.read_to_end(&mut Vec::new());
        let _ = self.child.wait();
    }
}

impl Cluster {
    /// Starts one; none if PostgreSQL's server or pgbench is not installed.
    pub(crate) fn start() -> Result<Option<Self>> {
        let Some(binaries) = binaries() else { return Ok(None) };
        let port = free_address()?.port();
        let settings = format!("listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\n");
        let mut command = shell()?;
        command.args(["-c", SUPERVISOR, "postgres.sh"]).arg(&binaries).arg(settings);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).current_dir("/").spawn()?;
        let answers = BufReader::new(child.stdout.take().context("no output")?);
        let mut cluster = Self { child, answers, binaries, port, postmaster: 0 };
        let mut said = String::new();
        cluster.answers.read_line(&mut said)?;
        if said.trim_end() != "ready" {
            cluster.child.stdin.take();
            cluster.answers.read_to_string(&mut said)?;
            bail!("PostgreSQL did not start; it says:\n{said}");
        }
        let backend: i32 = diesel::select(sql::<Integer>("pg_backend_pid()")).get_result(&mut cluster.connect(FIRST)?)?;
        cluster.postmaster = parent_of(u32::try_from(backend)?).context("a backend without a parent")?;
        Ok(Some(cluster))
    }

    /// Like [`Self::start`], with a message if there is none.
    pub(crate) fn start_or_say() -> Result<Option<Self>> {
        let cluster = Self::start()?;
        if cluster.is_none() {
            say("PostgreSQL's server and pgbench (package postgresql) are missing: PostgreSQL is not measured")?;
        }
        Ok(cluster)
    }

    /// Its port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// A connection to one of its databases.
    pub(crate) fn connect(&self, database: &str) -> Result<PgConnection> {
        Ok(PgConnection::establish(&self.url_of(database))?)
    }

    /// Adds a database to it.
    pub(crate) fn add_database(&self, name: &str) -> Result<()> {
        Ok(self.connect(FIRST)?.batch_execute(&format!("CREATE DATABASE {name}"))?)
    }

    /// The URL of one of its databases.
    pub(crate) fn url_of(&self, database: &str) -> String {
        format!("postgres://countersign@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    /// The processor time of its processes so far.
    pub(crate) fn cpu(&self) -> Result<Cpu> {
        Cpu::of(&self.processes()?)
    }

    /// All its processes.
    pub(crate) fn processes(&self) -> Result<Vec<u32>> {
        family(self.postmaster)
    }

    /// The URL of its first database, for pgbench.
    pub(crate) fn url(&self) -> String {
        self.url_of(FIRST)
    }

    /// Runs a pgbench script `transactions` times on each of `clients` connections, with prepared statements. Returns the
    /// transactions a second.
    pub(crate) fn pgbench(&self, script: &str, values: &[(&str, i64)], clients: usize, transactions: usize) -> Result<f64> {
        self.pgbench_on(FIRST, script, values, clients, transactions)
    }

    /// The same on another database.
    pub(crate) fn pgbench_on(
        &self,
        database: &str,
        script: &str,
        values: &[(&str, i64)],
        clients: usize,
        transactions: usize,
    ) -> Result<f64> {
        let mut command = Command::new(self.binaries.join("pgbench"));
        command.args(["--no-vacuum", "--protocol=prepared", "--jobs=1", "--file=/dev/stdin"]);
        command.args([format!("--client={clients}"), format!("--transactions={transactions}")]);
        command.args(values.iter().map(|(name, value)| format!("--define={name}={value}")));
        command.args(["--host=127.0.0.1", "--username=countersign", &format!("--port={}", self.port), database]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        child.stdin.take().context("no input")?.write_all(script.as_bytes())?;
        let output = child.wait_with_output()?;
        let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        ensure!(output.status.success() && !complained.contains("ERROR"), "pgbench failed: {complained}");
        let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")).and_then(|rest| rest.split(' ').next());
        rate.and_then(|rate| rate.parse().ok()).with_context(|| format!("pgbench said: {said}"))
    }
}

/// The folder of the newest version's programs.
fn binaries() -> Option<PathBuf> {
    let is_complete =
        |folder: &PathBuf| ["initdb", "pg_ctl", "postgres", "pgbench"].iter().all(|name| folder.join(name).is_file());
    let version = |entry: std::fs::DirEntry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin")));
    let mut found: Vec<_> =
        std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().filter_map(version).collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    let on_path = program("initdb").and_then(|initdb| initdb.parent().map(Path::to_owned));
    found.into_iter().map(|(_, folder)| folder).chain(on_path).find(is_complete)
}

/// A shell as ourselves, or as another user if we are root.
fn shell() -> Result<Command> {
    let id = |arguments: &[&str]| -> Option<String> {
        let output = Command::new("id").args(arguments).stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    if id(&["-u"]).as_deref() != Some("0") {
        return Ok(Command::new("sh"));
    }
    let user = ["postgres", "nobody"].into_iter().find(|user| id(&["-u", user]).is_some());
    let user = user.context("PostgreSQL does not run as root: add a user named `postgres`, or measure as another user")?;
    let mut command = Command::new(program("setpriv").context("setpriv (package util-linux) is missing")?);
    command.arg(format!("--reuid={user}")).arg(format!("--regid={}", id(&["-g", user]).context("each user has a group")?));
    command.args(["--clear-groups", "sh"]);
    Ok(command)
}
