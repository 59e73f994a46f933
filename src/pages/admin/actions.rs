//! Actions on one row. Each uses the same operation as everybody else's, and ends in a redirect to the row's page.

use super::context::AdminContext;
use crate::domain::{Caller, EmailId, GrantId, KeyId, RequestId};
use crate::pages::error::Outcome;
use crate::pages::forms::Fields;
use crate::store::Tx;
use crate::workflow::admin::job;
use crate::workflow::requests::{resend as again, withdraw};
use crate::workflow::{What, WorkflowError, accounts, shares};

/// Runs an operation on the row of the URL. Redirects to the row's page below `list`, which says by the operation's word what was
/// done. If the row has ended meanwhile, the page shows that.
async fn act(
    admin: AdminContext,
    list: &str,
    mut f: impl FnMut(&mut Tx<'_>, &Caller, i64) -> Result<&'static str, WorkflowError> + Send + 'static,
) -> Outcome {
    let (caller, id) = (admin.caller.clone(), admin.id()?);
    let path = format!("{list}/{id}");
    match admin.visit.store.write(move |tx| f(tx, &caller, id)).await {
        Ok(word) => Ok(admin.frame().see(&format!("{path}?said={word}"))),
        Err(WorkflowError::Closed(_) | WorkflowError::NotFound(What::Grant | What::Key)) => Ok(admin.frame().see(&path)),
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn cancel(admin: AdminContext, _: Fields) -> Outcome {
    act(admin, "/admin/requests", |tx, caller, id| withdraw::delete(tx, caller, RequestId(id)).map(|()| "cancelled")).await
}

pub(super) async fn resend(admin: AdminContext, _: Fields) -> Outcome {
    act(admin, "/admin/requests", |tx, caller, id| again::resend(tx, caller, RequestId(id)).map(|_| "resent")).await
}

pub(super) async fn revoke(admin: AdminContext, _: Fields) -> Outcome {
    act(admin, "/admin/grants", |tx, caller, id| shares::revoke(tx, caller, GrantId(id)).map(|_| "revoked")).await
}

pub(super) async fn retry(admin: AdminContext, _: Fields) -> Outcome {
    let word = |is_queued| if is_queued { "retried" } else { "not-retried" };
    act(admin, super::outbox::PATH, move |tx, caller, id| job::retry_email(tx, caller, EmailId(id)).map(word)).await
}

pub(super) async fn revoke_key(admin: AdminContext, _: Fields) -> Outcome {
    act(admin, "/admin/keys", |tx, caller, id| accounts::revoke_key(tx, caller, KeyId(id)).map(|()| "key-revoked")).await
}
