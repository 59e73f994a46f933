//! Why a configuration is refused: all that is wrong with it, and what to write instead.

use std::fmt;

/// Why a configuration is refused: everything that could be found, so that it is mended in one go.
#[derive(Debug)]
pub struct ConfigError(pub Vec<Fault>);

/// One thing that is wrong.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The file is not there or not readable.
    #[error("cannot read the configuration {path}: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// The text is no TOML.
    #[error("the configuration does not read: {0}")]
    Syntax(String),
    /// A key that the manual does not know.
    #[error("the configuration has no key `{key}`{hint}; `countersign config show` lists those it has")]
    Unknown {
        /// The key, with its section.
        key: String,
        /// What may have been meant.
        hint: String,
    },
    /// A variable that looks like a setting of ours and is none.
    #[error("the environment has {name}, which is no setting{hint}")]
    Stray {
        /// Its name.
        name: String,
        /// What may have been meant.
        hint: String,
    },
    /// A value that cannot be.
    #[error("`{key}`{from} cannot be {value}: {reason}")]
    Value {
        /// The key, with its section.
        key: String,
        /// The variable that set it, where one did.
        from: String,
        /// What it was set to.
        value: String,
        /// What to write.
        reason: String,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [fault] = &self.0[..] {
            return fault.fmt(f);
        }
        write!(f, "{} things are wrong with the configuration:", self.0.len())?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for ConfigError {}

impl From<Fault> for ConfigError {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}
