//! `filter`, and the members as parameters of their own (`?sharedBy=dale`): what the original calls full and basic filtering.

mod grammar;
mod meaning;

use crate::domain::Filter;

pub(super) use grammar::BadFilter;
pub(super) use meaning::FILTERED;

/// What `filter` says.
pub(super) fn read(text: &str) -> Result<Filter, BadFilter> {
    meaning::of(&grammar::parse(text)?)
}

/// A member that is asked for by a parameter of its name.
pub(super) fn basic(member: &str, value: &str) -> Result<Filter, BadFilter> {
    meaning::equals(member, value)
}
