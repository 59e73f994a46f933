//! The manual, over it the operator's file, over that the environment; not yet typed.

use toml::{Table, Value};

use super::{ConfigError, MANUAL};

const PREFIX: &str = "COUNTERSIGN__";

/// The three layers on top of each other, not yet typed.
pub(super) fn merged(file: Option<&str>, variables: impl IntoIterator<Item = (String, String)>) -> Result<Table, ConfigError> {
    let syntax = |e: toml::de::Error| ConfigError::Syntax(e.to_string());
    let mut table: Table = MANUAL.parse().map_err(syntax)?;
    if let Some(file) = file {
        overlay(&mut table, file.parse().map_err(syntax)?, "")?;
    }
    for (name, value) in variables {
        if let Some(path) = name.strip_prefix(PREFIX) {
            let keys: Vec<String> = path.split("__").map(str::to_ascii_lowercase).collect();
            set(&mut table, &keys, &value).ok_or_else(|| unknown(&keys.join("."), &table, &format!(" (from {name})")))?;
        }
    }
    Ok(table)
}

fn overlay(under: &mut Table, over: Table, path: &str) -> Result<(), ConfigError> {
    for (key, value) in over {
        let full = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let Some(place) = under.get_mut(&key) else {
            return Err(unknown(&full, under, ""));
        };
        match (place, value) {
            (Value::Table(under), Value::Table(over)) => overlay(under, over, &full)?,
            (place, value) => *place = value,
        }
    }
    Ok(())
}

/// Sets what `keys` leads to, read as the type that the default has. None where it leads to no key.
fn set(table: &mut Table, keys: &[String], text: &str) -> Option<()> {
    let (first, rest) = keys.split_first()?;
    let place = table.get_mut(first)?;
    match place {
        Value::Table(inner) => return set(inner, rest, text),
        _ if !rest.is_empty() => return None,
        Value::Integer(_) => *place = text.parse().map_or_else(|_| Value::String(text.into()), Value::Integer),
        Value::Boolean(_) => *place = text.parse().map_or_else(|_| Value::String(text.into()), Value::Boolean),
        // A list of more than words is written as it is in a file.
        Value::Array(_) if text.trim_start().starts_with('[') => {
            let whole: Option<Table> = format!("list = {}", text.trim()).parse().ok();
            *place = whole.and_then(|mut whole| whole.remove("list")).unwrap_or_else(|| Value::String(text.into()));
        }
        Value::Array(_) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            *place = items.map(|item| Value::String(item.into())).collect::<Vec<_>>().into();
        }
        _ => *place = Value::String(text.into()),
    }
    Some(())
}

fn unknown(key: &str, table: &Table, from: &str) -> ConfigError {
    let last = key.rsplit('.').next().unwrap_or(key);
    let near =
        table.keys().find(|known| known.starts_with(last) || last.starts_with(known.as_str()) || strip(known) == strip(last));
    let hint = near.map_or_else(|| from.to_owned(), |near| format!("{from} (did you mean `{near}`?)"));
    ConfigError::Unknown { key: key.to_owned(), hint }
}

fn strip(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).collect()
}
