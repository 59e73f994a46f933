//! The manual, the operator's file and the environment as layers, before they are typed. An error in one place does not prevent
//! the checks of others.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::{Fault, MANUAL, suggest};

/// Longer values are shortened in errors.
const SHOWN_CHARS: usize = 200;

/// The merged layers.
pub(super) struct Layers {
    pub(super) table: Table,
    manual: Table,
    /// Which variable set a key.
    from: BTreeMap<String, String>,
    pub(super) faults: Vec<Fault>,
}

impl Layers {
    /// Merges the layers. Fails only if the text is not TOML, since nothing else can be checked then.
    pub(super) fn read(file: Option<&str>, variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, Fault> {
        let syntax = |e: toml::de::Error| Fault::Syntax(e.to_string());
        let manual: Table = MANUAL.parse().map_err(syntax)?;
        let mut layers = Self { table: manual.clone(), manual, from: BTreeMap::new(), faults: Vec::new() };
        if let Some(file) = file {
            overlay(&mut layers.table, file.parse().map_err(syntax)?, "", &mut layers.faults);
        }
        for (name, value) in variables {
            layers.put_variable(name, &value);
        }
        Ok(layers)
    }

    fn put_variable(&mut self, name: String, value: &str) {
        let Some(path) = name.strip_prefix(suggest::PREFIX) else {
            self.faults.extend(suggest::unknown_variable(&self.manual, name, value));
            return;
        };
        let keys: Vec<String> = path.split("__").map(str::to_ascii_lowercase).collect();
        let key = keys.join(".");
        if set(&mut self.table, &keys, value).is_some() {
            self.from.insert(key, name);
        } else {
            let removed = suggest::removed(&key).map(str::to_owned);
            let like = || suggest::variable_like(&self.manual, &name).map(|meant| format!(" (did you mean {meant}?)"));
            let hint = removed.or_else(like).unwrap_or_default();
            self.faults.push(Fault::Unknown { key, hint: format!(" (from {name}){hint}") });
        }
    }

    /// The typed settings. A value of the wrong type is reported, and its default is used for the further checks.
    pub(super) fn typed<T: DeserializeOwned>(&mut self) -> Result<T, Fault> {
        if let Ok(config) = typed(&self.table) {
            return Ok(config);
        }
        let mut changed = Vec::new();
        differing(&self.table, &self.manual, &mut Vec::new(), &mut changed);
        for (path, value, default) in changed {
            let mut alone = self.manual.clone();
            put(&mut alone, &path, value.clone());
            if let Err(error) = typed::<T>(&alone) {
                self.refuse_as(&path.join("."), &value, reason(&default, error.message()));
                put(&mut self.table, &path, default);
            }
        }
        typed(&self.table).map_err(|e| Fault::Syntax(e.to_string()))
    }

    /// Reports a key's invalid value, and what to write instead.
    pub(super) fn refuse(&mut self, key: &str, reason: impl Into<String>) {
        let place = key.split('.').try_fold(None, |at: Option<&Value>, name| {
            let table = at.map_or(Some(&self.table), Value::as_table)?;
            table.get(name).map(Some)
        });
        let value = place.flatten().cloned().unwrap_or_else(|| Value::String(String::new()));
        self.refuse_as(key, &value, reason.into());
    }

    /// The same for a value within the key's value.
    pub(super) fn refuse_within(&mut self, key: &str, value: &str, reason: &str) {
        self.refuse_as(key, &Value::String(value.to_owned()), reason.to_owned());
    }

    fn refuse_as(&mut self, key: &str, value: &Value, reason: String) {
        let from = self.from.get(key).map(|name| format!(" (from {name})")).unwrap_or_default();
        let value = if key == "database.url" { "so".to_owned() } else { shown(value) };
        self.faults.push(Fault::Value { key: key.to_owned(), from, value, reason });
    }
}

fn typed<T: DeserializeOwned>(table: &Table) -> Result<T, toml::de::Error> {
    Value::Table(table.clone()).try_into()
}

/// The value as it was written. A table is not shown, since it may contain a secret.
fn shown(value: &Value) -> String {
    let is_plain = |value: &Value| !matches!(value, Value::Table(_) | Value::Array(_));
    let is_shown = is_plain(value) || value.as_array().is_some_and(|items| items.iter().all(is_plain));
    if !is_shown {
        return "so".to_owned();
    }
    let whole = value.to_string();
    if whole.chars().count() <= SHOWN_CHARS { whole } else { whole.chars().take(SHOWN_CHARS).chain(['…']).collect() }
}

/// What to write, if the type's own error does not say it.
fn reason(default: &Value, error: &str) -> String {
    if let Some((_, words)) = error.strip_prefix("unknown variant").and_then(|rest| rest.split_once("expected ")) {
        return format!("write {words}");
    }
    if !error.starts_with("invalid type") && !error.starts_with("invalid value") {
        return error.to_owned();
    }
    let wanted = match default {
        Value::Integer(_) => "write a whole number, not below 0 and not beyond any measure",
        Value::Boolean(_) => "write true or false",
        Value::Array(_) => "write a list, like [\"a\", \"b\"]",
        Value::Table(_) => "it is a section: write its keys below a line with its name in brackets",
        _ => "write a text in quotes",
    };
    wanted.to_owned()
}

fn overlay(under: &mut Table, over: Table, path: &str, faults: &mut Vec<Fault>) {
    for (key, value) in over {
        let full = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let Some(place) = under.get_mut(&key) else {
            let removed = suggest::removed(&full).map(str::to_owned);
            let like = || suggest::key_like(under, &key).map(|near| format!(" (did you mean `{near}`?)"));
            faults.push(Fault::Unknown { hint: removed.or_else(like).unwrap_or_default(), key: full });
            continue;
        };
        match (place, value) {
            (Value::Table(under), Value::Table(over)) => overlay(under, over, &full, faults),
            (place, value) => *place = value,
        }
    }
}

/// Sets the key at the path `keys`, parsed as the type of its default. None if there is no such key.
fn set(table: &mut Table, keys: &[String], text: &str) -> Option<()> {
    let (first, rest) = keys.split_first()?;
    let place = table.get_mut(first)?;
    match place {
        Value::Table(inner) => return set(inner, rest, text),
        _ if !rest.is_empty() => return None,
        Value::Integer(_) => *place = text.parse().map_or_else(|_| Value::String(text.into()), Value::Integer),
        Value::Boolean(_) => *place = text.parse().map_or_else(|_| Value::String(text.into()), Value::Boolean),
        // A list of tables is written in TOML.
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

/// The values that differ from the manual's, each with its path and its default.
fn differing(table: &Table, manual: &Table, path: &mut Vec<String>, into: &mut Vec<(Vec<String>, Value, Value)>) {
    for (key, value) in table {
        path.push(key.clone());
        match (value, manual.get(key)) {
            (Value::Table(table), Some(Value::Table(manual))) => differing(table, manual, path, into),
            (value, Some(default)) if value != default => into.push((path.clone(), value.clone(), default.clone())),
            _ => {}
        }
        path.pop();
    }
}

fn put(table: &mut Table, path: &[String], value: Value) {
    match path {
        [] => {}
        [last] => drop(table.insert(last.clone(), value)),
        [first, rest @ ..] => {
            if let Some(inner) = table.get_mut(first).and_then(Value::as_table_mut) {
                put(inner, rest, value);
            }
        }
    }
}
