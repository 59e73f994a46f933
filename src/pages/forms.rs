//! What a form or a query says, by name.

use crate::domain::name;

/// The fields of a form, in order, as they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `a=1&b=2`; what is not UTF-8 under its percents reads as the character that says so. None: there is a NUL
    /// character in it, which no text of ours has and PostgreSQL does not take.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let fields: Vec<(String, String)> = url::form_urlencoded::parse(text).into_owned().collect();
        let is_storable = fields.iter().all(|(name, value)| name::is_storable(name) && name::is_storable(value));
        is_storable.then_some(Self(fields))
    }

    /// What `name` says, where it says one thing: twice the same name is neither.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        let mut values = self.all(name);
        values.next().filter(|_| values.next().is_none())
    }

    /// The same, trimmed, without the empty text.
    pub(super) fn filled(&self, name: &str) -> Option<&str> {
        self.one(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// Everything that `name` says: the boxes that are ticked.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// What a filter of a list says, by `parse`; none where it is not there. One that says nothing we know, or says it twice, is
    /// refused: a list that passes over it shows more than was wanted.
    pub(super) fn filter<T>(&self, name: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, BadFilter> {
        if !self.has(name) {
            return Ok(None);
        }
        self.one(name).and_then(parse).map(Some).ok_or(BadFilter)
    }

    /// All names and values.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()])
    }

    /// Whether it is there at all.
    pub(super) fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }
}

/// A filter that a list does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadFilter;

/// What is wrong with a field: shown above the form with a link to it, and beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// The field's id on the page.
    pub(super) field: &'static str,
    /// What to do about it.
    pub(super) text: String,
}

impl Problem {
    pub(super) fn new(field: &'static str, text: impl std::fmt::Display) -> Self {
        Self { field, text: text.to_string() }
    }
}
