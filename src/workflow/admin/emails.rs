//! Retries a queued or dead email.

use crate::domain::{Caller, EmailId};
use crate::store::audit::{self, Event};
use crate::store::{Tx, outbox};
use crate::workflow::{What, WorkflowError, authority};

/// Makes an email due now; false if it was sent or cancelled.
pub fn retry(tx: &mut Tx<'_>, caller: &Caller, id: EmailId) -> Result<bool, WorkflowError> {
    authority::require_admin(caller)?;
    let email = outbox::find(tx, id)?.ok_or(WorkflowError::NotFound(What::Email))?;
    let is_queued = outbox::retry(tx, id)?;
    if is_queued {
        let (request, grant) = (email.request, email.grant);
        audit::append(tx, caller, Event { name: "letter.retried", request, grant, subject: Some(id.0), ..Event::default() })?;
    }
    Ok(is_queued)
}
