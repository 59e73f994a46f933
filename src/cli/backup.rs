//! `backup` and `restore`: a copy of a SQLite database made while it is in use, and its return.
//!
//! A restored database begins a new epoch. A token that was emailed before may have been used or revoked since, and the backup
//! does not know it. So all earlier tokens are invalid, and people request fresh emails.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;

use super::{Usage, database, print, remark};
use crate::clock::Clock;
use crate::config::Config;
use crate::store::audit::{self, Event};
use crate::store::{self, Newer, Store, StoreError, tokens};

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// A new file.
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// A file written by `countersign backup`. Without it, the database stays as it is, restored by other means (as on
    /// PostgreSQL), and only the earlier links are invalidated.
    file: Option<PathBuf>,
}

pub(super) fn backup(config: &Config, args: &Backup) -> anyhow::Result<()> {
    let store = database::existing(config)?;
    let path = text(&args.file)?;
    if fs::symlink_metadata(&args.file).is_ok() {
        bail!("{path} exists already; name a new file");
    }
    let folder = folder(&args.file);
    if !folder.is_dir() {
        bail!("there is no folder {} for {path}; make it, or name another", folder.display());
    }
    store.backup(path).with_context(|| format!("{path} could not be written"))?;
    let bytes = keep(&args.file).with_context(|| format!("{path} may be lost in a power cut"))?;
    print(&json!({ "file": path, "bytes": bytes }))
}

pub(super) fn restore(config: &Config, args: &Restore) -> anyhow::Result<()> {
    database::check_url(&config.database.url)?;
    match (&args.file, store::sqlite_file(&config.database.url)) {
        (None, _) => {
            let store = database::existing(config)?;
            store.check_schema(Newer::Warns)?;
            let _lock = store.lock()?;
            print(&json!({ "epoch": begin_epoch(&store)? }))
        }
        (Some(file), Some(path)) => put_back(config, file, path),
        (Some(_), None) => {
            let advice = "put a PostgreSQL database back with pg_restore, then run `countersign restore` without a file";
            Err(Usage(advice.into()).into())
        }
    }
}

/// Works on copies beside the database and renames at the end, so that the database is unchanged if anything before fails.
fn put_back(config: &Config, file: &Path, path: &str) -> anyhow::Result<()> {
    let _lock = Store::lock_file(path)?;
    if !file.is_file() {
        bail!("there is no file {}", file.display());
    }
    let (copy, ready, before) = (format!("{path}.restoring"), format!("{path}.restored"), format!("{path}.before-restore"));
    if Path::new(&before).exists() {
        bail!("{before} is still there from the last restore; move it away first");
    }
    let clear = || [&copy, &ready].iter().for_each(|name| remove(name));
    clear();
    let copied = copy_privately(file, Path::new(&copy)).map_err(anyhow::Error::from).and_then(|()| keep(Path::new(&copy)));
    let epoch = copied.context("the backup could not be copied").and_then(|_| prepare(config, &copy, &ready));
    let epoch = epoch.inspect_err(|_| clear())?;
    if Path::new(path).exists() {
        // Linked and then replaced, so that a database exists under this name at every moment.
        fs::hard_link(path, &before).or_else(|_| fs::rename(path, &before)).context("the old database could not be kept")?;
        // The old database's journal must not be read into the new one.
        for end in ["-wal", "-shm"] {
            let _ = fs::rename(format!("{path}{end}"), format!("{before}{end}"));
        }
    }
    fs::rename(&ready, path).with_context(|| format!("{ready} could not be renamed to {path}"))?;
    keep(Path::new(path))?;
    clear();
    remark(
        "links mailed before are dead, and what was revoked since the backup is in force again: look through it before you serve",
    );
    print(&json!({ "restored": path, "epoch": epoch, "before": before }))
}

/// Makes the file `ready` from `copy`: with this version's schema, in a new epoch, without a journal beside it.
fn prepare(config: &Config, copy: &str, ready: &str) -> anyhow::Result<i32> {
    let database = crate::config::Database { url: format!("sqlite:{copy}"), ..config.database.clone() };
    let store = Store::open(&database, config.limits.write_queue, Clock::default()).context("this is no backup of ours")?;
    let is_ours = store.read_sync(tokens::epoch).is_ok();
    if !is_ours {
        bail!("this is no backup of ours: it holds no epoch");
    }
    store.check_schema(Newer::Refused).context("this backup is not to be trusted")?;
    store.migrate()?;
    let epoch = begin_epoch(&store)?;
    store.backup(ready)?;
    keep(Path::new(ready))?;
    Ok(epoch)
}

fn begin_epoch(store: &Store) -> anyhow::Result<i32> {
    let begin = |tx: &mut store::Tx<'_>| {
        let epoch = tokens::begin_epoch(tx)?;
        audit::append_own(tx, Event { name: "database.restored", subject: Some(epoch.into()), ..Event::default() })?;
        Ok::<_, StoreError>(epoch)
    };
    Ok(store.write_sync(begin)?)
}

/// Makes a copy durable, and readable by its owner only, since it contains people's addresses. Returns its length.
fn keep(path: &Path) -> anyhow::Result<u64> {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    let file = File::open(path)?;
    file.sync_all()?;
    File::open(folder(path))?.sync_all()?;
    Ok(file.metadata()?.len())
}

/// Copies into a new file that only its owner can read, following no link.
fn copy_privately(from: &Path, to: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    io::copy(&mut File::open(from)?, &mut options.open(to)?).map(drop)
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn remove(database: &str) {
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{database}{end}"));
    }
}

fn text(path: &Path) -> Result<&str, Usage> {
    path.to_str().ok_or_else(|| Usage("the name of the file is not UTF-8".into()))
}
