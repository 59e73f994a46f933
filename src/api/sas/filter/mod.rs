//! `filter`, and members as parameters (`?sharedBy=dale`): full and basic filtering in the original.

mod compile;
mod parse;

use crate::domain::Filter;

pub(super) use self::compile::FILTERED;
pub(super) use self::parse::BadFilter;

/// Reads `filter`.
pub(super) fn read(text: &str) -> Result<Filter, BadFilter> {
    compile::of(&parse::parse(text)?)
}

/// Reads a member given as a parameter.
pub(super) fn basic(member: &str, value: &str) -> Result<Filter, BadFilter> {
    compile::equals(member, value)
}
