//! What people write for others to read: not too long, and nothing that a terminal or a mail program could take for more.

use super::{WhyInvalid, WorkflowError};
use crate::domain::name::{self, BadName};

/// Characters of a message or a reason.
pub const MESSAGE_CHARS: usize = 1_000;
const NAME_CHARS: usize = 64;

/// A text from a person: not too long, nothing that a terminal or a mail program could take for more than text.
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

/// The name of a person, an app or a resource as it is stored: see [`name::written`]. It may be empty.
pub fn shown_name(field: &'static str, text: &str) -> Result<String, WorkflowError> {
    let written = name::written(text).map_err(|problem| WorkflowError::invalid(field, problem.to_string()))?;
    check_name(field, &written, true)?;
    Ok(written)
}

/// The name of a group or a bundle as it is stored: not empty, and no number, which would be the id of another.
pub fn thing_name(field: &'static str, text: &str) -> Result<String, WorkflowError> {
    let written = name::of_thing(text).map_err(|problem| match problem {
        BadName::Number => WorkflowError::invalid(field, format!("{text:?}: {problem}")),
        BadName::Control | BadName::Direction | BadName::Empty => WorkflowError::invalid(field, problem.to_string()),
    })?;
    check_name(field, &written, false)?;
    Ok(written)
}

/// A name that people read: not empty unless it may be, not long, no control characters.
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
