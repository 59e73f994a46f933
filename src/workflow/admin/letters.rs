//! Another try for an email that waits or that was given up.

use crate::domain::{Caller, EmailId};
use crate::store::audit::{self, Event};
use crate::store::{Tx, outbox};
use crate::workflow::{What, WorkflowError, authority};

/// Queues an email for an attempt now; false where it was sent, or is no longer needed.
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
