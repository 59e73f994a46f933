//! Opens the database for a command. A new SQLite file gets its schema at once; any other database needs `migrate`.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::bail;

use super::{Usage, remark};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{Address, Name, User};
use crate::store::{self, Store, StoreError, Tx};
use crate::workflow::WorkflowError;

/// The database, for a command that adds rows: a SQLite file without a schema gets it here.
pub(super) fn for_adding(config: &Config) -> anyhow::Result<Store> {
    let store = open(config)?;
    let end = Instant::now() + Duration::from_secs(10);
    while !store.pending_migrations()?.is_empty() {
        let Some(file) = store::sqlite_file(&config.database.url) else {
            bail!("the database has not the schema of this version; run `countersign migrate` first");
        };
        match store.lock() {
            Ok(_lock) => {
                store.migrate()?;
                remark(&format!("made the schema in {file}"));
            }
            // Another command or daemon is creating it at this moment.
            Err(error) if Instant::now() > end => return Err(error.into()),
            Err(_) => std::thread::park_timeout(Duration::from_millis(20)),
        }
    }
    Ok(store)
}

/// The database, for a command that needs an existing one.
pub(super) fn existing(config: &Config) -> anyhow::Result<Store> {
    if let Some(path) = store::sqlite_file(&config.database.url)
        && !Path::new(path).exists()
    {
        bail!(
            "there is no database {path} yet; `countersign serve` makes it, or name another with database.url \
             (COUNTERSIGN__DATABASE__URL)"
        );
    }
    let store = open(config)?;
    if !store.pending_migrations()?.is_empty() {
        bail!("the database has not the schema of this version; run `countersign migrate` first");
    }
    Ok(store)
}

/// The database, whether it has a schema or not.
pub(super) fn open(config: &Config) -> anyhow::Result<Store> {
    check_url(&config.database.url)?;
    Ok(Store::open(&config.database, config.limits.write_queue, Clock::default())?)
}

/// Refuses an invalid database URL as a configuration error.
pub(super) fn check_url(url: &str) -> Result<(), Usage> {
    store::check_url(url).map_err(|error| match error {
        StoreError::Unavailable(reason) => Usage(reason),
        other => Usage(other.to_string()),
    })
}

/// The bundle or group, by `kind`, that has this id or this name.
pub(super) fn by_name_or_id<T>(
    tx: &mut Tx<'_>,
    kind: &'static str,
    text: &str,
    by_id: impl FnOnce(&mut Tx<'_>, i64) -> Result<Option<T>, StoreError>,
    by_name: impl FnOnce(&mut Tx<'_>, &Name) -> Result<Option<T>, StoreError>,
) -> Result<T, WorkflowError> {
    let found = match text.parse() {
        Ok(id) => by_id(tx, id)?,
        Err(_) => Name::read(text).map(|name| by_name(tx, &name)).transpose()?.flatten(),
    };
    found.ok_or_else(|| WorkflowError::Unknown {
        field: kind,
        value: format!("{kind} {text:?}"),
        hint: "write its name, or the id that `countersign user list --conflicts` shows",
    })
}

/// The person with this address, who must exist; `field` is the option that named them.
pub(super) fn person(tx: &mut Tx<'_>, field: &'static str, email: &Address) -> Result<User, WorkflowError> {
    store::users::find_by_email(tx, email)?.ok_or_else(|| WorkflowError::Unknown {
        field,
        value: email.to_string(),
        hint: "add them first with `countersign user add`",
    })
}
