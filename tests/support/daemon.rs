//! A real daemon: the binary itself, on a free port, killed with the test.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::http::Response;

use super::wait_until;

/// A running `countersign serve`.
pub(crate) struct Daemon {
    child: Child,
    log: Arc<Mutex<String>>,
    /// Whether nothing reads its log.
    is_deaf: Arc<AtomicBool>,
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
}

/// The status and body of a response.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("no JSON ({e}): {} {}", self.status, self.body))
    }
}

impl Daemon {
    /// Starts one on `database`, with settings by their environment names, and waits until it is ready.
    pub(crate) fn start(database: &str, settings: &[(&str, &str)]) -> Self {
        let mut daemon = Self::begin(database, settings);
        assert!(daemon.is_ready(), "the daemon ended instead of starting: {}", daemon.log());
        daemon
    }

    /// Starts one, which may never become ready.
    pub(crate) fn begin(database: &str, settings: &[(&str, &str)]) -> Self {
        Self::begin_under(&[], database, settings)
    }

    /// The same, started by another program, which replaces itself with it.
    pub(crate) fn begin_under(wrapper: &[&str], database: &str, settings: &[(&str, &str)]) -> Self {
        Self::begin_as(env!("CARGO_BIN_EXE_countersign"), wrapper, database, settings)
    }

    /// The same for another version.
    pub(crate) fn begin_as(program: &str, wrapper: &[&str], database: &str, settings: &[(&str, &str)]) -> Self {
        let port = free_port();
        let url = format!("http://127.0.0.1:{port}");
        let words: Vec<&str> = wrapper.iter().copied().chain([program]).collect();
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .arg("serve")
            .env("COUNTERSIGN__SERVER__LISTEN", format!("127.0.0.1:{port}"))
            .env("COUNTERSIGN__SERVER__PUBLIC_URL", &url)
            .env("COUNTERSIGN__DATABASE__URL", database)
            .env("COUNTERSIGN__SERVER__KEY_FILE", key_file(database))
            .env("COUNTERSIGN__LIMITS__REDEEM_PER_MINUTE", "0")
            .env("COUNTERSIGN__LIMITS__BAD_TOKENS_PER_HOUR", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        for (name, value) in settings {
            command.env(name, value);
        }
        let mut child = command.spawn().expect("the daemon starts");
        let stderr = child.stderr.take().expect("its log");
        let log = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&log);
        let is_deaf = Arc::new(AtomicBool::new(false));
        let deaf = Arc::clone(&is_deaf);
        std::thread::spawn(move || drain(stderr, &kept, &deaf));
        Self { child, log, is_deaf, url }
    }

    /// Waits until it is ready; false if it ended instead.
    pub(crate) fn is_ready(&mut self) -> bool {
        wait_until("the daemon to be ready", || {
            if self.child.try_wait().expect("the daemon's state").is_some() {
                return Some(false);
            }
            let answer = agent().get(format!("{}/readyz", self.url)).call().ok()?;
            (answer.status() == 200).then_some(true)
        })
    }

    /// Whether it is ready by `end`, or has ended; none if neither.
    pub(crate) fn is_ready_by(&mut self, end: Instant) -> Option<bool> {
        let patience = Agent::config_builder().timeout_global(Some(Duration::from_secs(2))).build();
        let agent = Agent::from(patience);
        while Instant::now() < end {
            if self.has_ended() {
                return Some(false);
            }
            if agent.get(format!("{}/readyz", self.url)).call().is_ok() {
                return Some(true);
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
        None
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("the daemon's state").is_some()
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The processor time that it has used.
    pub(crate) fn worked(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("it runs");
        // After the name in brackets: user and system time are the 14th and 15th field, in hundredths of a second.
        let fields = stat.rsplit(") ").next().expect("its state").split(' ').skip(11).take(2);
        Duration::from_millis(10 * fields.map(|ticks| ticks.parse::<u64>().expect("a number")).sum::<u64>())
    }

    /// Its log so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("no reader of a log panics").clone()
    }

    /// Stops reading its log until it has ended.
    pub(crate) fn stop_reading(&self) {
        self.is_deaf.store(true, Ordering::SeqCst);
    }

    /// `kill -9`, without time for cleaning up.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        self.child.wait().expect("the daemon is gone");
    }

    /// Sends SIGTERM. Returns the exit code.
    pub(crate) fn stop(&mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
        let code = self.child.wait().expect("the daemon ends").code();
        self.is_deaf.store(false, Ordering::SeqCst);
        code
    }

    pub(crate) fn get(&self, path: &str, authorization: &str) -> Option<Answer> {
        answer(agent().get(format!("{}{path}", self.url)).header("authorization", authorization).call())
    }

    pub(crate) fn put(&self, path: &str, authorization: &str) -> Option<Answer> {
        let request = agent().put(format!("{}{path}", self.url)).header("authorization", authorization);
        answer(request.header("content-type", "application/json").send_empty())
    }

    pub(crate) fn post(&self, path: &str, authorization: &str, body: &serde_json::Value) -> Option<Answer> {
        let request = agent().post(format!("{}{path}", self.url)).header("authorization", authorization);
        answer(request.header("content-type", "application/json").send(body.to_string()))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.is_deaf.store(false, Ordering::SeqCst);
    }
}

/// A client with a time limit, for which no status is an error.
pub(crate) fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .max_redirects(0)
        .build()
        .into()
}

/// None if there was no complete response, since the daemon died.
fn answer(result: Result<Response<ureq::Body>, ureq::Error>) -> Option<Answer> {
    let mut response = result.ok()?;
    let status = response.status().as_u16();
    let body = response.body_mut().read_to_string().ok()?;
    Some(Answer { status, body })
}

/// A Basic header.
pub(crate) fn basic(name: &str, password: &str) -> String {
    use base64::Engine as _;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{name}:{password}")))
}

/// Beside a SQLite file, which is the default; daemons on PostgreSQL share one.
fn key_file(database: &str) -> String {
    match database.strip_prefix("sqlite:") {
        Some(_) => String::new(),
        None => concat!(env!("CARGO_TARGET_TMPDIR"), "/countersign.key").to_owned(),
    }
}

pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("its number").port()
}

/// Reads the log so that the daemon never blocks; `--nocapture` shows it.
fn drain(log: impl Read, kept: &Mutex<String>, is_deaf: &AtomicBool) {
    for line in BufReader::new(log).lines().map_while(Result::ok) {
        while is_deaf.load(Ordering::SeqCst) {
            std::thread::park_timeout(Duration::from_millis(20));
        }
        eprintln!("daemon: {line}");
        let mut kept = kept.lock().expect("no reader of a log panics");
        kept.push_str(&line);
        kept.push('\n');
    }
}
