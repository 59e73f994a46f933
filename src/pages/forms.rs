//! The fields of a form or a query.

use crate::domain::name;

/// The fields, in the order sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Parses `a=1&b=2`; percent-encoded bytes that are not UTF-8 become the replacement character. None for a NUL character,
    /// which PostgreSQL does not accept.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let fields: Vec<(String, String)> = url::form_urlencoded::parse(text).into_owned().collect();
        let is_storable = fields.iter().all(|(name, value)| name::is_storable(name) && name::is_storable(value));
        is_storable.then_some(Self(fields))
    }

    /// The value of `name`; none if it is there twice.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        let mut values = self.all(name);
        values.next().filter(|_| values.next().is_none())
    }

    /// The same, trimmed, and none if it is empty.
    pub(super) fn filled(&self, name: &str) -> Option<&str> {
        self.one(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// All values of `name`, for checkboxes.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value of a list's filter, parsed by `parse`; none if it is missing. An unknown or repeated value is an error, since
    /// a list without the filter would show more than intended.
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

    /// Whether there is such a field.
    pub(super) fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }
}

/// An unknown filter of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadFilter;

/// An error in a field: shown above the form with a link to the field, and beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// The field's id in the page.
    pub(super) field: &'static str,
    /// What to do about it.
    pub(super) text: String,
}

impl Problem {
    pub(super) fn new(field: &'static str, text: impl std::fmt::Display) -> Self {
        Self { field, text: text.to_string() }
    }
}
