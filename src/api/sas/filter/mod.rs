//! `filter`, and the members as parameters of their own (`?sharedBy=dale`): what the original calls full and basic filtering.

mod compile;
mod parse;

use crate::domain::Filter;

pub(super) use self::compile::FILTERED;
pub(super) use self::parse::BadFilter;

/// What `filter` says.
pub(super) fn read(text: &str) -> Result<Filter, BadFilter> {
    compile::of(&parse::parse(text)?)
}

/// A member that is asked for by a parameter of its name.
pub(super) fn basic(member: &str, value: &str) -> Result<Filter, BadFilter> {
    compile::equals(member, value)
}
