//! The errors of a configuration, and what to write instead.

/// All errors of a configuration, so that an operator can correct them at once.
#[derive(Debug, thiserror::Error)]
#[error("{}", listed(.0))]
pub struct ConfigError(pub Vec<Fault>);

/// One error.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The file is missing or not readable.
    #[error("cannot read the configuration {path}: {reason}")]
    Unreadable {
        path: String,
        /// The system's error.
        reason: String,
    },
    /// The text is not TOML.
    #[error("the configuration does not read: {0}")]
    Syntax(String),
    /// A key that the manual does not know.
    #[error("the configuration has no key `{key}`{hint}; `countersign config show` lists those it has")]
    Unknown {
        /// The key, with its section.
        key: String,
        /// A key that it may be a misspelling of.
        hint: String,
    },
    /// A variable with our prefix that is no setting.
    #[error("the environment has {name}, which is no setting{hint}")]
    UnknownVariable {
        name: String,
        /// A variable that it may be a misspelling of.
        hint: String,
    },
    #[error("`{key}`{from} cannot be {value}: {reason}")]
    Value {
        /// The key, with its section.
        key: String,
        /// The variable that set it, if one did.
        from: String,
        value: String,
        /// What to write.
        reason: String,
    },
}

fn listed(faults: &[Fault]) -> String {
    match faults {
        [fault] => fault.to_string(),
        _ => faults
            .iter()
            .fold(format!("{} things are wrong with the configuration:", faults.len()), |all, fault| format!("{all}\n  {fault}")),
    }
}

impl From<Fault> for ConfigError {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}
