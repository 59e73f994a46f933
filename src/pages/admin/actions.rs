//! Single acts. Each is the story that everybody else's act is too, and ends in a redirect to what it was about.

use actix_web::HttpResponse;

use super::context::Keeper;
use crate::domain::{GrantId, KeyId, LetterId, RequestId};
use crate::pages::error::Outcome;
use crate::pages::forms::Fields;
use crate::workflow::admin::letters;
use crate::workflow::requests::{resend as again, withdraw};
use crate::workflow::{Refusal, What, accounts, shares};

/// Back to what it was about, which says what was done. What has ended meanwhile shows there.
fn done<T>(keeper: &Keeper, path: &str, result: Result<T, Refusal>, word: &str) -> Outcome {
    match result {
        Ok(_) => {
            keeper.visit.wake.up();
            Ok(said(keeper, path, word))
        }
        Err(Refusal::Closed(_) | Refusal::NotFound(What::Grant | What::Key)) => Ok(keeper.frame().see(path)),
        Err(other) => Err(other.into()),
    }
}

fn said(keeper: &Keeper, path: &str, word: &str) -> HttpResponse {
    keeper.frame().see(&format!("{path}?said={word}"))
}

pub(super) async fn cancel(keeper: Keeper, _: Fields) -> Outcome {
    let (caller, id) = (keeper.caller.clone(), RequestId(keeper.id()?));
    let cancelled = keeper.visit.store.write(move |tx| withdraw::delete(tx, &caller, id)).await;
    done(&keeper, &format!("/admin/requests/{id}"), cancelled, "cancelled")
}

pub(super) async fn resend(keeper: Keeper, _: Fields) -> Outcome {
    let (caller, id) = (keeper.caller.clone(), RequestId(keeper.id()?));
    let sent = keeper.visit.store.write(move |tx| again::resend(tx, &caller, id)).await;
    done(&keeper, &format!("/admin/requests/{id}"), sent, "resent")
}

pub(super) async fn revoke(keeper: Keeper, _: Fields) -> Outcome {
    let (caller, id) = (keeper.caller.clone(), GrantId(keeper.id()?));
    let revoked = keeper.visit.store.write(move |tx| shares::revoke(tx, &caller, id)).await;
    done(&keeper, &format!("/admin/grants/{id}"), revoked, "revoked")
}

pub(super) async fn retry(keeper: Keeper, _: Fields) -> Outcome {
    let (caller, id) = (keeper.caller.clone(), LetterId(keeper.id()?));
    let is_queued = keeper.visit.store.write(move |tx| letters::retry(tx, &caller, id)).await?;
    let word = if is_queued { "retried" } else { "not-retried" };
    done(&keeper, &format!("/admin/letters/queue/{id}"), Ok(()), word)
}

pub(super) async fn revoke_key(keeper: Keeper, _: Fields) -> Outcome {
    let (caller, id) = (keeper.caller.clone(), KeyId(keeper.id()?));
    let revoked = keeper.visit.store.write(move |tx| accounts::revoke_key(tx, &caller, id)).await;
    done(&keeper, &format!("/admin/keys/{id}"), revoked, "key-revoked")
}
