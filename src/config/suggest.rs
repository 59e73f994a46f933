//! Names of keys and variables, and suggestions for misspelt ones.

use toml::{Table, Value};

use super::Fault;

/// The prefix of every setting's variable.
pub(super) const PREFIX: &str = "COUNTERSIGN__";
/// The prefix of all our variables.
pub(super) const PROGRAM_PREFIX: &str = "COUNTERSIGN_";
/// Variables of the program itself.
const OWN: &[&str] = &[
    "COUNTERSIGN_CONFIG",
    #[cfg(feature = "crash-points")]
    "COUNTERSIGN_CRASH",
];

/// Advice about a key of an earlier version.
pub(super) fn removed(key: &str) -> Option<&'static str> {
    match key {
        "database.replica_url" | "database.replica_lag" => Some(" (removed; docs/SCALING.md says what to do instead)"),
        _ => None,
    }
}

/// Refuses a variable with our prefix that is no setting, since a misspelt one would otherwise be ignored silently.
pub(super) fn unknown_variable(manual: &Table, name: String, value: &str) -> Option<Fault> {
    if !name.starts_with(PROGRAM_PREFIX) || OWN.contains(&name.as_str()) || is_of_orchestrator(&name, value) {
        return None;
    }
    let hint = variable_like(manual, &name).map_or_else(
        || "; settings are called COUNTERSIGN__SECTION__KEY, anything else must not begin with COUNTERSIGN_".to_owned(),
        |meant| format!("; write {meant}, with two underscores between its parts"),
    );
    Some(Fault::UnknownVariable { name, hint })
}

/// Kubernetes and Docker set variables with our prefix in every container if a service is named `countersign`:
/// `COUNTERSIGN_SERVICE_HOST`, `COUNTERSIGN_PORT=tcp://…`, `COUNTERSIGN_PORT_8080_TCP_ADDR`.
fn is_of_orchestrator(name: &str, value: &str) -> bool {
    let is_url = ["tcp://", "udp://", "sctp://"].iter().any(|scheme| value.starts_with(scheme));
    let is_port = |rest: &str| {
        let number = rest.split('_').next().unwrap_or_default();
        !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
    };
    is_url
        || name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || name.split_once("_PORT_").is_some_and(|(_, rest)| is_port(rest))
}

/// The variable of a setting that a name may be a misspelling of: with the same letters, or the same end.
pub(super) fn variable_like(manual: &Table, name: &str) -> Option<String> {
    let wanted = letters(name.strip_prefix(PROGRAM_PREFIX)?);
    let known = variables(manual);
    let same = known.iter().find(|known| known.strip_prefix(PROGRAM_PREFIX).is_some_and(|rest| letters(rest) == wanted));
    let ends = || {
        let mut ending = known.iter().filter(|known| known.rsplit("__").next().is_some_and(|last| letters(last) == wanted));
        ending.next().filter(|_| ending.next().is_none())
    };
    same.or_else(ends).cloned()
}

/// The key that an unknown key of a section may be a misspelling of.
pub(super) fn key_like(section: &Table, key: &str) -> Option<String> {
    let is_near = |known: &&String| known.starts_with(key) || key.starts_with(known.as_str()) || letters(known) == letters(key);
    section.keys().find(is_near).or_else(|| section.keys().find(|known| strsim::osa_distance(known, key) <= 1)).cloned().or_else(
        || {
            let mut inner = section.iter().filter(|(_, value)| value.as_table().is_some_and(|inner| inner.contains_key(key)));
            let (name, _) = inner.next().filter(|_| inner.next().is_none())?;
            Some(format!("{name}.{key}"))
        },
    )
}

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The variable of every setting.
fn variables(manual: &Table) -> Vec<String> {
    fn below(table: &Table, begins: &str, into: &mut Vec<String>) {
        for (key, value) in table {
            let name = format!("{begins}__{}", key.to_ascii_uppercase());
            match value {
                Value::Table(inner) => below(inner, &name, into),
                _ => into.push(name),
            }
        }
    }
    let mut all = Vec::new();
    below(manual, "COUNTERSIGN", &mut all);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manual() -> Table {
        crate::config::MANUAL.parse().unwrap()
    }

    #[test]
    fn a_misspelt_variable_is_refused_with_a_suggestion() {
        for (name, meant) in [
            ("COUNTERSIGN_SERVER_LISTEN", Some("COUNTERSIGN__SERVER__LISTEN")),
            ("COUNTERSIGN__SERVER_LISTEN", Some("COUNTERSIGN__SERVER__LISTEN")),
            ("COUNTERSIGN_SERVER__LISTEN", Some("COUNTERSIGN__SERVER__LISTEN")),
            ("COUNTERSIGN_MAIL_SMTP_PASSWORD_FILE", Some("COUNTERSIGN__MAIL__SMTP__PASSWORD_FILE")),
            ("COUNTERSIGN_PUBLIC_URL", Some("COUNTERSIGN__SERVER__PUBLIC_URL")),
            // Several settings have this end, so none is suggested.
            ("COUNTERSIGN_CONNECTIONS", None),
            ("COUNTERSIGN_HOME", None),
        ] {
            assert_eq!(variable_like(&manual(), name).as_deref(), meant, "{name}");
        }
    }

    #[test]
    fn variables_of_others_and_of_orchestrators_are_ignored() {
        for (name, value) in [
            ("PATH", "/bin"),
            ("COUNTERSIGNED", "1"),
            ("COUNTERSIGN_CONFIG", "a.toml"),
            ("COUNTERSIGN_SERVICE_HOST", "10.0.0.1"),
            ("COUNTERSIGN_SERVICE_PORT_HTTP", "8080"),
            ("COUNTERSIGN_PORT", "tcp://10.0.0.1:8080"),
            ("COUNTERSIGN_PORT_8080_TCP_ADDR", "10.0.0.1"),
            ("COUNTERSIGN_WEB_PORT_8080_TCP_PROTO", "tcp"),
        ] {
            assert!(unknown_variable(&manual(), name.to_owned(), value).is_none(), "{name}");
        }
        for (name, value) in [("COUNTERSIGN_MAIL_SMTP_PORT", "25"), ("COUNTERSIGN_PORT", "8080"), ("COUNTERSIGN_", "")] {
            assert!(unknown_variable(&manual(), name.to_owned(), value).is_some(), "{name}");
        }
    }
}
