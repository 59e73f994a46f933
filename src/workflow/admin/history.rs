//! The history of a request or grant, from the audit and the stored rows.

use super::lists::{Addressed, Entry, addressed, entries};
use crate::domain::id::distinct;
use crate::domain::{Caller, GrantId, RequestId, User};
use crate::store::admin::{audit, emails, grants as listed};
use crate::store::apps::{self, App};
use crate::store::{self, Tx, grants, requests};
use crate::workflow::requests::view::{self, RequestView};
use crate::workflow::shares::{self, Share};
use crate::workflow::{What, WorkflowError, authority};

/// The limit of audit rows and emails.
const LINES: i64 = 200;

/// What is left of a request's or grant's past, oldest first.
#[derive(Clone, Debug)]
pub struct Trail {
    /// The audit rows.
    pub entries: Vec<Entry>,
    pub emails: Vec<Addressed>,
}

/// The history of a request.
#[derive(Clone, Debug)]
pub struct OfRequest {
    pub id: RequestId,
    /// The request; none if it was purged and only its audit rows exist.
    pub view: Option<RequestView>,
    /// The person who filed it, if not the grantee.
    pub initiator: Option<User>,
    /// The app that filed it.
    pub app: Option<App>,
    /// Its audit rows and emails.
    pub trail: Trail,
    pub grant: Option<Share>,
}

/// The history of a grant.
#[derive(Clone, Debug)]
pub struct OfGrant {
    pub share: Share,
    /// The request that created it and those that prolonged it, oldest first.
    pub requests: Vec<OfRequest>,
    /// The audit rows and emails of the grant and its requests.
    pub trail: Trail,
    pub parent: Option<Share>,
    /// The grants reshared under it.
    pub below: Vec<Share>,
    pub revoked_by: Option<User>,
}

/// The history of a request.
pub fn of_request(tx: &mut Tx<'_>, caller: &Caller, id: RequestId) -> Result<OfRequest, WorkflowError> {
    authority::require_admin(caller)?;
    let found = requests::find(tx, id)?;
    let rows = audit::history(tx, Some(id), None, LINES)?;
    if found.is_none() && rows.is_empty() {
        return Err(WorkflowError::NotFound(What::Request));
    }
    let view = found.map(|request| view::load(tx, caller, &request)).transpose()?;
    let request = view.as_ref().map(|view| &view.request);
    let initiator = request.and_then(|request| request.initiator.filter(|user| *user != request.allowed));
    let initiator = initiator.map(|user| store::users::find_including_deleted(tx, user)).transpose()?.flatten();
    let app = request.and_then(|request| request.app).map(|app| apps::find(tx, app)).transpose()?.flatten();
    let grant = request.and_then(|request| request.decision.as_ref()).and_then(|decision| decision.grant).map(|grant| grant.id);
    let grant = grant.map(|grant| grants::find(tx, grant)).transpose()?.flatten();
    let grant = grant.map(|grant| shares::load(tx, caller, grant)).transpose()?;
    let emails = emails::of_request(tx, id, LINES)?;
    let trail = Trail { entries: entries(tx, rows)?, emails: addressed(tx, emails)? };
    Ok(OfRequest { id, view, initiator, app, trail, grant })
}

/// The history of a grant.
pub fn of_grant(tx: &mut Tx<'_>, caller: &Caller, id: GrantId) -> Result<OfGrant, WorkflowError> {
    authority::require_admin(caller)?;
    let grant = grants::find(tx, id)?.ok_or(WorkflowError::NotFound(What::Grant))?;
    let mut rows = audit::history(tx, None, Some(id), LINES)?;
    // Excludes requests that only superseded or ended this grant.
    let made = rows.iter().filter(|row| matches!(row.event.as_str(), "request.approved" | "grant.prolonged"));
    let its = distinct(made.filter_map(|row| row.request_id.map(RequestId)).chain(grant.request));
    let mut histories = Vec::with_capacity(its.len());
    for request in its {
        rows.extend(audit::history(tx, Some(request), None, LINES)?);
        match of_request(tx, caller, request) {
            Ok(history) => histories.push(history),
            Err(WorkflowError::NotFound(_)) => {}
            Err(other) => return Err(other),
        }
    }
    rows.sort_by_key(|row| (row.at, row.chain, row.seq));
    rows.dedup_by_key(|row| (row.chain, row.seq));
    let parent = grant.parent.map(|parent| grants::find(tx, parent)).transpose()?.flatten();
    let parent = parent.map(|parent| shares::load(tx, caller, parent)).transpose()?;
    let below = listed::shared_on(tx, id, LINES)?;
    let below = shares::load_all(tx, caller, below)?;
    let revoked_by =
        grants::revoked_by(tx, id)?.map(|user| store::users::find_including_deleted(tx, user)).transpose()?.flatten();
    let own = emails::of_grant(tx, id, LINES)?;
    let own = addressed(tx, own)?;
    let emails = histories.iter().flat_map(|request| request.trail.emails.clone()).chain(own).collect();
    let trail = Trail { entries: entries(tx, rows)?, emails };
    Ok(OfGrant { share: shares::load(tx, caller, grant)?, requests: histories, trail, parent, below, revoked_by })
}
