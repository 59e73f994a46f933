//! Why a configuration is refused: what is wrong, and what to write instead.

/// Why a configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or not readable.
    #[error("cannot read the configuration {path}: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// The file is no TOML, or a value has the wrong type.
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
    /// A value that cannot be.
    #[error("`{key}` cannot be {value:?}: {reason}")]
    Value {
        /// The key, with its section.
        key: &'static str,
        /// What it was set to.
        value: String,
        /// What to change.
        reason: String,
    },
}
