//! The log: to standard error, for people or for machines, as `log.level` and `log.format` set it. A panic is one line.
//!
//! A thread of its own writes the lines, so that no request waits if the log's reader is blocked (a journal with a full disk, a
//! pipe that nothing reads). Lines that do not fit into the queue are counted, and the count is logged.
//!
//! `tracing-appender` does the same in part: it panics if no thread can be started, does not log how many lines were lost, and
//! prints to standard output if the queue is full at the end.

use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use super::Usage;
use crate::config::{Config, LogFormat};

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// The most lines that are queued.
const QUEUE: usize = 8_192;
/// How long the end of the program waits for queued lines.
const LAST_LINES: Duration = Duration::from_secs(1);

/// The queue of the writing thread.
static LINES: OnceLock<SyncSender<Line>> = OnceLock::new();
/// Lines that did not fit into the queue.
static LOST: AtomicU64 = AtomicU64::new(0);

enum Line {
    Text(Vec<u8>),
    /// Answered when all lines before it are written.
    End(SyncSender<()>),
}

/// One whole line, as tracing-subscriber passes it in one call.
struct Queue;

impl Write for Queue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let is_taken = LINES.get().is_some_and(|lines| lines.try_send(Line::Text(line.to_vec())).is_ok());
        if !is_taken {
            LOST.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_out(lines: &Receiver<Line>) {
    while let Ok(line) = lines.recv() {
        let lost = LOST.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let _ = writeln!(io::stderr(), "countersign: {lost} lines of the log were lost, because nobody took them");
        }
        match line {
            // A log that cannot be written must not stop the daemon.
            Line::Text(text) => drop(io::stderr().write_all(&text)),
            Line::End(written) => drop(written.try_send(())),
        }
    }
}

/// Waits until all queued lines are written, for a limited time.
pub(super) fn finish() {
    let Some(lines) = LINES.get() else { return };
    let (written, all) = sync_channel(1);
    if lines.try_send(Line::End(written)).is_ok() {
        let _ = all.recv_timeout(LAST_LINES);
    }
}

/// Starts the log. Commands other than the daemon print their own output and log only warnings.
pub(super) fn start(config: &Config, is_daemon: bool) -> anyhow::Result<()> {
    let filter = filter(&config.log.level)?;
    let filter = if is_daemon { filter } else { EnvFilter::new("warn") };
    let (lines, written) = sync_channel(QUEUE);
    let thread = std::thread::Builder::new().name("log".into()).spawn(move || write_out(&written));
    thread.context("the log's thread could not be started: see how many the system and the service manager allow")?;
    let _ = LINES.set(lines);
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| Queue).with_ansi(io::stderr().is_terminal());
    // Starting fails only if a log runs already, which is harmless.
    let _ = match config.log.format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        // The text of a panic may contain a secret, so only its place is logged.
        tracing::error!(at, "a panic: this is a mistake of ours, please report it");
    }));
    Ok(())
}

/// Parses `log.level`. A single word that is no level is refused, since it would be read as a module's name and nothing would
/// be logged.
pub(super) fn filter(level: &str) -> Result<EnvFilter, Usage> {
    let is_word = level.bytes().all(|b| b.is_ascii_alphanumeric());
    let is_level = LEVELS.contains(&level.to_ascii_lowercase().as_str());
    // The daemon reports its start itself, so the HTTP server's message is left out.
    let filter = if is_level { format!("{level},actix_server=warn") } else { level.to_owned() };
    EnvFilter::try_new(filter).ok().filter(|_| is_level || !is_word).ok_or_else(|| {
        Usage(format!(
            "`log.level` cannot be {level:?}: write one of {}, or a filter like \"info,countersign::mail=debug\"",
            LEVELS.join(", ")
        ))
    })
}
