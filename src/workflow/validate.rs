//! Validates texts that people write for others: limited length, and no characters that a terminal or mail program interprets.

use super::{WhyInvalid, WorkflowError};
use crate::domain::name::{self, BadName};

/// The limit of characters of a message or a reason.
pub const MESSAGE_CHARS: usize = 1_000;
const NAME_CHARS: usize = 64;

/// Checks a message: limited length, and no characters that a terminal or mail program interprets.
pub fn check_message(field: &'static str, text: Option<&str>) -> Result<(), WorkflowError> {
    let Some(text) = text else { return Ok(()) };
    if text.chars().count() > MESSAGE_CHARS {
        return Err(WorkflowError::invalid(field, format!("at most {MESSAGE_CHARS} characters")));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(WorkflowError::invalid(field, WhyInvalid::ControlCharacters));
    }
    Ok(())
}

/// Normalises the name of a person, an app or a resource: see [`name::written`]. It may be empty.
pub fn shown_name(field: &'static str, text: &str) -> Result<String, WorkflowError> {
    let written = name::written(text).map_err(|problem| WorkflowError::invalid(field, problem.to_string()))?;
    check_name(field, &written, true)?;
    Ok(written)
}

/// Normalises the name of a group or a bundle: not empty, and not a number, which could be another's id.
pub fn thing_name(field: &'static str, text: &str) -> Result<String, WorkflowError> {
    let written = name::of_thing(text).map_err(|problem| match problem {
        BadName::Number => WorkflowError::invalid(field, format!("{text:?}: {problem}")),
        BadName::Control | BadName::Direction | BadName::Empty => WorkflowError::invalid(field, problem.to_string()),
    })?;
    check_name(field, &written, false)?;
    Ok(written)
}

/// Checks a displayed name: limited length, no control characters, and not empty unless allowed.
pub fn check_name(field: &'static str, name: &str, may_be_empty: bool) -> Result<(), WorkflowError> {
    if name.trim().is_empty() && !may_be_empty {
        return Err(WorkflowError::invalid(field, "it is empty"));
    }
    if name.chars().count() > NAME_CHARS {
        return Err(WorkflowError::invalid(field, format!("at most {NAME_CHARS} characters")));
    }
    if name.chars().any(char::is_control) {
        return Err(WorkflowError::invalid(field, "no control characters"));
    }
    Ok(())
}
