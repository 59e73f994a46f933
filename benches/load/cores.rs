//! Assigns processes to cores, if there are few, by `taskset`.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::process::program;

/// A distribution of this machine's cores, as lists for taskset.
#[derive(Clone, Debug)]
pub(crate) struct Cores {
    pub(crate) database: String,
    /// For the load generator and nginx.
    pub(crate) generator: String,
    /// For each daemon.
    pub(crate) daemons: [String; 2],
    /// The same in words.
    pub(crate) said: &'static str,
}

impl Cores {
    /// The database on a core of its own, as far as this machine has enough of them. None with a single core, or without
    /// taskset.
    pub(crate) fn of_this_machine() -> Result<Option<Self>> {
        let count = std::thread::available_parallelism()?.get();
        if program("taskset").is_none() || count < 2 {
            return Ok(None);
        }
        let (generator, daemons, said) = match count {
            2 => ("0", ["1", "1"], "two cores: the database and the load generator share one, all daemons the other"),
            3 => ("0", ["1", "2"], "three cores: the database and the load generator share one, each daemon has one"),
            _ => ("1", ["2", "3"], "the database, the load generator and each daemon have one core each"),
        };
        let daemons = daemons.map(str::to_owned);
        Ok(Some(Self { database: "0".into(), generator: generator.into(), daemons, said }))
    }
}

/// All cores.
pub(crate) fn all() -> Result<String> {
    Ok(format!("0-{}", std::thread::available_parallelism()?.get() - 1))
}

/// Restricts these processes, and those that they start, to these cores.
pub(crate) fn pin(processes: &[u32], cores: &str) -> Result<()> {
    let taskset = program("taskset").context("taskset (package util-linux) is missing")?;
    for process in processes {
        let mut command = Command::new(&taskset);
        command.args(["--all-tasks", "--cpu-list", "--pid", cores, &process.to_string()]);
        // A process may have ended.
        let done = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        ensure!(done.success() || !std::path::Path::new(&format!("/proc/{process}")).exists(), "taskset failed");
    }
    Ok(())
}
