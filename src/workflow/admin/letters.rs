//! Another try for a letter that waits or that was given up.

use crate::domain::{Caller, LetterId};
use crate::store::audit::{self, Event};
use crate::store::{Tx, outbox};
use crate::workflow::{Refusal, What, authority};

/// Queues a letter for an attempt now; false where it was sent, or is no longer needed.
pub fn retry(tx: &mut Tx<'_>, caller: &Caller, id: LetterId) -> Result<bool, Refusal> {
    authority::require_admin(caller)?;
    let letter = outbox::find(tx, id)?.ok_or(Refusal::NotFound(What::Letter))?;
    let is_queued = outbox::retry(tx, id)?;
    if is_queued {
        let (request, grant) = (letter.request, letter.grant);
        audit::append(tx, caller, Event { name: "letter.retried", request, grant, subject: Some(id.0), ..Event::default() })?;
    }
    Ok(is_queued)
}
