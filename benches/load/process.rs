//! Other processes: the daemon, the bare framework, and their use of the system.

use std::cell::Cell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// A server in a process of its own; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) at: SocketAddr,
    /// From exec until it was ready.
    pub(crate) ready_after: Duration,
    /// The requests of loads that it has answered.
    pub(crate) answered: Cell<usize>,
    is_ended_gently: bool,
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.is_ended_gently {
            let _ = Command::new("kill").args(["-TERM", &self.id().to_string()]).status();
        } else {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

impl Server {
    /// `countersign serve` with these settings, once it is ready.
    pub(crate) fn daemon(settings: &[(String, String)], log: &Path) -> Result<Self> {
        Self::daemon_on(None, settings, log)
    }

    /// The same, restricted to these cores.
    pub(crate) fn daemon_on(cores: Option<&str>, settings: &[(String, String)], log: &Path) -> Result<Self> {
        const DAEMON: &str = env!("CARGO_BIN_EXE_countersign");
        let at = free_address()?;
        let mut command = Command::new(if cores.is_some() { "taskset" } else { DAEMON });
        command.args(cores.map(|cores| ["--cpu-list", cores, DAEMON]).into_iter().flatten());
        command.arg("serve").envs(settings.iter().map(|(name, value)| (name, value)));
        command.env("COUNTERSIGN__SERVER__LISTEN", at.to_string());
        command.env("COUNTERSIGN__SERVER__PUBLIC_URL", format!("http://{at}"));
        command.env("COUNTERSIGN__SERVER__KEY_FILE", log.with_file_name("countersign.key"));
        Self::start(command, at, log)
    }

    /// Any server that has a `/readyz`, once it is ready there.
    pub(crate) fn start(mut command: Command, at: SocketAddr, log: &Path) -> Result<Self> {
        let file = File::options().create(true).append(true).open(log)?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let start = Instant::now();
        let mut server = Self::of(command.spawn()?, at);
        while !is_ready(at) {
            if let Some(status) = server.child.try_wait()? {
                bail!("a server ended ({status}) before it was ready; see {}", log.display());
            }
            if start.elapsed() > Duration::from_secs(20) {
                bail!("a server was not ready within 20 seconds; see {}", log.display());
            }
            std::thread::park_timeout(Duration::from_micros(500));
        }
        server.ready_after = start.elapsed();
        Ok(server)
    }

    fn of(child: Child, at: SocketAddr) -> Self {
        Self { child, at, ready_after: Duration::ZERO, answered: Cell::default(), is_ended_gently: false }
    }

    /// The same, stopped by SIGTERM, since its children end with it.
    pub(crate) fn ended_gently(mut self) -> Self {
        self.is_ended_gently = true;
        self
    }

    /// The bare framework: this program, started again (see `framework.rs`).
    pub(crate) fn framework() -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(crate::framework::ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
        let at = line.trim().parse().with_context(|| format!("the bare framework said {line:?}"))?;
        Ok(Self::of(child, at))
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The processor time of its threads.
    pub(crate) fn cpu(&self) -> Result<Cpu> {
        Cpu::of(&[self.id()])
    }

    /// Its memory and that of its children, in megabytes, with shared memory counted once.
    pub(crate) fn family_megabytes(&self) -> Result<f64> {
        let mut kilobytes = 0.0;
        for process in family(self.id())? {
            let rollup = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
            let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).context("no Pss")?;
            kilobytes += line.trim().trim_end_matches(" kB").parse::<f64>()?;
        }
        Ok(kilobytes / 1_024.0)
    }

    /// Its resident memory in megabytes: all of it, and without the pages of mapped files.
    pub(crate) fn resident_megabytes(&self) -> Result<(f64, f64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let megabytes = |name: &str| -> Result<f64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).with_context(|| format!("no {name}"))?;
            Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1_024.0)
        };
        Ok((megabytes("VmRSS:")?, megabytes("RssAnon:")?))
    }
}

/// Processor time by thread, in microseconds, from the scheduler's statistics: the kernel's ticks are too coarse for tens of
/// microseconds.
#[derive(Debug, Default)]
pub(crate) struct Cpu(HashMap<u32, f64>);

impl Cpu {
    /// The use by these processes' threads. A thread that has ended is not counted.
    pub(crate) fn of(processes: &[u32]) -> Result<Self> {
        let mut micros = HashMap::new();
        for process in processes {
            let Ok(threads) = std::fs::read_dir(format!("/proc/{process}/task")) else { continue };
            for thread in threads {
                let thread = thread?;
                let Ok(text) = std::fs::read_to_string(thread.path().join("schedstat")) else { continue };
                let on_cpu = text.split_whitespace().next().context("/proc/PID/task/TID/schedstat reads differently here")?;
                let id = thread.file_name().to_str().and_then(|name| name.parse().ok()).context("a thread without a number")?;
                micros.insert(id, on_cpu.parse::<f64>()? / 1_000.0);
            }
        }
        Ok(Self(micros))
    }

    /// The use since then.
    pub(crate) fn since(&self, before: &Self) -> f64 {
        self.0.iter().map(|(thread, used)| used - before.0.get(thread).copied().unwrap_or_default()).sum()
    }
}

/// A process with all its children.
pub(crate) fn family(parent: u32) -> Result<Vec<u32>> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let process = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok());
        all.extend(process.filter(|it| *it == parent || parent_of(*it) == Some(parent)));
    }
    Ok(all)
}

/// The parent of a process.
pub(crate) fn parent_of(process: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:")).and_then(|parent| parent.trim().parse().ok())
}

/// The seconds that this thread was on a processor, and that it waited for one.
#[derive(Clone, Copy)]
pub(crate) struct Own {
    pub(crate) on: f64,
    pub(crate) waiting: f64,
}

impl Own {
    /// Until now.
    pub(crate) fn now() -> Result<Self> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
        let mut nanos = text.split_whitespace().map(str::parse::<f64>);
        let mut next = || nanos.next().context("schedstat reads differently here")?.context("schedstat reads differently here");
        Ok(Self { on: next()? / 1e9, waiting: next()? / 1e9 })
    }

    /// Since then.
    pub(crate) fn since(self, before: Self) -> Self {
        Self { on: self.on - before.on, waiting: self.waiting - before.waiting }
    }
}

/// A free loopback port.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

fn is_ready(at: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(at)?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut head = [0; 12];
        stream.read_exact(&mut head)?;
        Ok(head.ends_with(b" 200"))
    };
    ask().unwrap_or(false)
}

/// A program of the system, even if it is not in the path.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into(), "/sbin".into()]);
    folders.map(|folder| folder.join(name)).find(|path| path.is_file())
}
