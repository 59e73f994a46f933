//! Mail servers for the daemon: one that accepts everything, one that refuses connections, and the generator that measures the
//! limit of the first.

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::process::{free_address, program};

/// Emails that are sent at the same time, each over a connection of its own.
pub(crate) const SESSIONS: usize = 8;

/// Settings for sending emails to `server`.
pub(crate) fn settings(server: SocketAddr) -> Vec<(String, String)> {
    let pairs = [
        ("TRANSPORT", "smtp".to_owned()),
        ("CONNECTIONS", SESSIONS.to_string()),
        ("SMTP__HOST", server.ip().to_string()),
        ("SMTP__PORT", server.port().to_string()),
        ("SMTP__TLS", "none".to_owned()),
    ];
    pairs.into_iter().map(|(name, value)| (format!("COUNTERSIGN__MAIL__{name}"), value)).collect()
}

/// A mail server that refuses everybody at the greeting, so that the daemon keeps its emails queued and does nothing else while
/// filing and redeeming are measured.
pub(crate) fn refuse() -> Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let at = listener.local_addr()?;
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.and_then(|mut stream| stream.write_all(b"554 5.3.2 no emails while others are measured\r\n"));
        }
    });
    Ok(at)
}

/// postfix's smtp-sink, which accepts emails and discards them.
pub(crate) struct Sink {
    child: Child,
    pub(crate) at: SocketAddr,
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Sink {
    /// Starts one; none if postfix is not installed.
    pub(crate) fn start() -> Result<Option<Self>> {
        let (Some(sink), Some(_)) = (program("smtp-sink"), program("smtp-source")) else { return Ok(None) };
        let at = free_address()?;
        let mut command = Command::new(sink);
        if std::fs::metadata("/proc/self")?.uid() == 0 {
            command.args(["-u", "nobody"]);
        }
        command.arg(at.to_string()).arg("1000").stdin(Stdio::null());
        let sink = Self { child: command.spawn()?, at };
        let end = Instant::now() + Duration::from_secs(5);
        while TcpStream::connect(at).is_err() {
            ensure!(Instant::now() < end, "smtp-sink does not listen");
            std::thread::park_timeout(Duration::from_millis(5));
        }
        Ok(Some(sink))
    }

    /// The seconds that smtp-source needs for these emails of this size over as many sessions as the daemon has, with one or
    /// many emails for each connection.
    pub(crate) fn source(&self, emails: u64, bytes: u64, is_kept: bool) -> Result<f64> {
        let mut command = Command::new(program("smtp-source").context("smtp-source is gone")?);
        command.args(["-s", &SESSIONS.to_string(), "-m", &emails.to_string(), "-l", &bytes.to_string()]);
        if is_kept {
            command.arg("-d");
        }
        command.args(["-f", "load@mail.example", "-t", "load@mail.example", &self.at.to_string()]);
        let start = Instant::now();
        ensure!(command.stdin(Stdio::null()).status()?.success(), "smtp-source failed");
        Ok(start.elapsed().as_secs_f64())
    }
}
