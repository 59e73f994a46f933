//! Actions on one row. Each uses the same operation as everybody else's, and ends in a redirect to the row's page.

use actix_web::HttpResponse;

use super::context::AdminContext;
use crate::domain::{EmailId, GrantId, KeyId, RequestId};
use crate::pages::error::Outcome;
use crate::pages::forms::Fields;
use crate::workflow::admin::letters;
use crate::workflow::requests::{resend as again, withdraw};
use crate::workflow::{What, WorkflowError, accounts, shares};

/// Redirects to the row's page, which says what was done. If the row has ended meanwhile, the page shows that.
fn done<T>(admin: &AdminContext, path: &str, result: Result<T, WorkflowError>, word: &str) -> Outcome {
    match result {
        Ok(_) => Ok(said(admin, path, word)),
        Err(WorkflowError::Closed(_) | WorkflowError::NotFound(What::Grant | What::Key)) => Ok(admin.frame().see(path)),
        Err(other) => Err(other.into()),
    }
}

fn said(admin: &AdminContext, path: &str, word: &str) -> HttpResponse {
    admin.frame().see(&format!("{path}?said={word}"))
}

pub(super) async fn cancel(admin: AdminContext, _: Fields) -> Outcome {
    let (caller, id) = (admin.caller.clone(), RequestId(admin.id()?));
    let cancelled = admin.visit.store.write(move |tx| withdraw::delete(tx, &caller, id)).await;
    done(&admin, &format!("/admin/requests/{id}"), cancelled, "cancelled")
}

pub(super) async fn resend(admin: AdminContext, _: Fields) -> Outcome {
    let (caller, id) = (admin.caller.clone(), RequestId(admin.id()?));
    let sent = admin.visit.store.write(move |tx| again::resend(tx, &caller, id)).await;
    done(&admin, &format!("/admin/requests/{id}"), sent, "resent")
}

pub(super) async fn revoke(admin: AdminContext, _: Fields) -> Outcome {
    let (caller, id) = (admin.caller.clone(), GrantId(admin.id()?));
    let revoked = admin.visit.store.write(move |tx| shares::revoke(tx, &caller, id)).await;
    done(&admin, &format!("/admin/grants/{id}"), revoked, "revoked")
}

pub(super) async fn retry(admin: AdminContext, _: Fields) -> Outcome {
    let (caller, id) = (admin.caller.clone(), EmailId(admin.id()?));
    let is_queued = admin.visit.store.write(move |tx| letters::retry(tx, &caller, id)).await?;
    let word = if is_queued { "retried" } else { "not-retried" };
    done(&admin, &format!("/admin/letters/queue/{id}"), Ok(()), word)
}

pub(super) async fn revoke_key(admin: AdminContext, _: Fields) -> Outcome {
    let (caller, id) = (admin.caller.clone(), KeyId(admin.id()?));
    let revoked = admin.visit.store.write(move |tx| accounts::revoke_key(tx, &caller, id)).await;
    done(&admin, &format!("/admin/keys/{id}"), revoked, "key-revoked")
}
