//! The log: to standard error, for people or for machines, as `log.level` and `log.format` say. A panic is a line in it.
//!
//! Lines are written by a thread of their own. Whoever reads them may stand still (a journal whose disk is full, a pipe that
//! nobody empties), and nobody's request waits for that: what does not fit into the queue is counted, and the count logged.
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

/// Lines that wait to be written, at most.
const QUEUE: usize = 8_192;
/// How long the end of the program waits for lines to be written.
const LAST_LINES: Duration = Duration::from_secs(1);

/// The way to the thread that writes.
static LINES: OnceLock<SyncSender<Line>> = OnceLock::new();
/// Lines that did not fit in.
static LOST: AtomicU64 = AtomicU64::new(0);

enum Line {
    Text(Vec<u8>),
    /// Answered when all before it is written.
    End(SyncSender<()>),
}

/// One line, as tracing-subscriber hands it over: whole, in one call.
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
            // A log that cannot be written is no reason to stop.
            Line::Text(text) => drop(io::stderr().write_all(&text)),
            Line::End(written) => drop(written.try_send(())),
        }
    }
}

/// Waits until all that was logged is written, or nobody takes it.
pub(super) fn finish() {
    let Some(lines) = LINES.get() else { return };
    let (written, all) = sync_channel(1);
    if lines.try_send(Line::End(written)).is_ok() {
        let _ = all.recv_timeout(LAST_LINES);
    }
}

/// Starts it. A command that is not the daemon answers by itself, and logs warnings only.
pub(super) fn start(config: &Config, is_daemon: bool) -> anyhow::Result<()> {
    let filter = filter(&config.log.level)?;
    let filter = if is_daemon { filter } else { EnvFilter::new("warn") };
    let (lines, written) = sync_channel(QUEUE);
    let thread = std::thread::Builder::new().name("log".into()).spawn(move || write_out(&written));
    thread.context("the log's thread could not be started: see how many the system and the service manager allow")?;
    let _ = LINES.set(lines);
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| Queue).with_ansi(io::stderr().is_terminal());
    // A log that cannot be started (it runs already) is no reason not to work.
    let _ = match config.log.format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        // What a panic says can hold a value, and a value can be a secret: the place suffices to find it.
        tracing::error!(at, "a panic: this is a mistake of ours, please report it");
    }));
    Ok(())
}

/// Reads `log.level`. A lone word that is no level would be taken for a module's name, and nothing would be logged.
pub(super) fn filter(level: &str) -> Result<EnvFilter, Usage> {
    let is_word = level.bytes().all(|b| b.is_ascii_alphanumeric());
    let is_level = LEVELS.contains(&level.to_ascii_lowercase().as_str());
    // What the HTTP server says at its start, we say ourselves.
    let filter = if is_level { format!("{level},actix_server=warn") } else { level.to_owned() };
    EnvFilter::try_new(filter).ok().filter(|_| is_level || !is_word).ok_or_else(|| {
        Usage(format!(
            "`log.level` cannot be {level:?}: write one of {}, or a filter like \"info,countersign::mail=debug\"",
            LEVELS.join(", ")
        ))
    })
}
