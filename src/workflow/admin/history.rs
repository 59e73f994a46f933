//! The chain of consent: how access came to be and what became of it, told from the audit and from what is still kept.

use super::lists::{Addressed, Entry, addressed, entries};
use crate::domain::{Caller, GrantId, RequestId, User};
use crate::store::admin::{audit, emails, grants as listed};
use crate::store::credentials::{self, ApiKey};
use crate::store::{self, Tx, grants, requests};
use crate::workflow::requests::view::{self, RequestView};
use crate::workflow::shares::{self, Share};
use crate::workflow::{What, WorkflowError, authority};

/// Lines and emails of one operation.
const LINES: i64 = 200;

/// The operation of a request.
#[derive(Clone, Debug)]
pub struct OfRequest {
    /// Its id.
    pub id: RequestId,
    /// The request; none where it was purged and only the audit remembers it.
    pub told: Option<RequestView>,
    /// Who called, where that is not who gains.
    pub initiator: Option<User>,
    /// With which app's key.
    pub app: Option<ApiKey>,
    /// What was written down of it, oldest first.
    pub entries: Vec<Entry>,
    /// Its emails, oldest first.
    pub letters: Vec<Addressed>,
    /// What came of it.
    pub grant: Option<Share>,
}

/// The operation of a grant.
#[derive(Clone, Debug)]
pub struct OfGrant {
    /// The grant.
    pub share: Share,
    /// The request that it came from, and those that prolonged it, oldest first.
    pub requests: Vec<OfRequest>,
    /// What was written down of it and of its requests, oldest first.
    pub entries: Vec<Entry>,
    /// The emails about it that no request led to.
    pub letters: Vec<Addressed>,
    /// What it was shared on from.
    pub parent: Option<Share>,
    /// What was shared on under it.
    pub below: Vec<Share>,
    /// Who took it back.
    pub revoked_by: Option<User>,
}

/// Tells a request's.
pub fn of_request(tx: &mut Tx<'_>, caller: &Caller, id: RequestId) -> Result<OfRequest, WorkflowError> {
    authority::require_admin(caller)?;
    let found = requests::find(tx, id)?;
    let rows = audit::story(tx, Some(id), None, LINES)?;
    if found.is_none() && rows.is_empty() {
        return Err(WorkflowError::NotFound(What::Request));
    }
    let told = found.map(|request| view::tell(tx, caller, &request)).transpose()?;
    let request = told.as_ref().map(|told| &told.request);
    let initiator = request.and_then(|request| request.initiator.filter(|user| *user != request.allowed));
    let initiator = initiator.map(|user| store::users::find_including_deleted(tx, user)).transpose()?.flatten();
    let app = request.and_then(|request| request.key).map(|key| credentials::find_key(tx, key)).transpose()?.flatten();
    let grant = request.and_then(|request| request.decision.as_ref()).and_then(|decision| decision.grant).map(|grant| grant.id);
    let grant = grant.map(|grant| grants::find(tx, grant)).transpose()?.flatten();
    let grant = grant.map(|grant| shares::tell(tx, caller, grant)).transpose()?;
    let letters = emails::of_request(tx, id, LINES)?;
    Ok(OfRequest { id, entries: entries(tx, rows)?, letters: addressed(tx, letters)?, told, initiator, app, grant })
}

/// Tells a grant's.
pub fn of_grant(tx: &mut Tx<'_>, caller: &Caller, id: GrantId) -> Result<OfGrant, WorkflowError> {
    authority::require_admin(caller)?;
    let grant = grants::find(tx, id)?.ok_or(WorkflowError::NotFound(What::Grant))?;
    let mut rows = audit::story(tx, None, Some(id), LINES)?;
    // What was superseded or ended in the course of another request is no part of that one's operation.
    let made = rows.iter().filter(|row| matches!(row.event.as_str(), "request.approved" | "grant.prolonged"));
    let mut its: Vec<RequestId> = made.filter_map(|row| row.request_id.map(RequestId)).chain(grant.request).collect();
    its.sort_unstable();
    its.dedup();
    let mut told = Vec::with_capacity(its.len());
    for request in its {
        rows.extend(audit::story(tx, Some(request), None, LINES)?);
        match of_request(tx, caller, request) {
            Ok(story) => told.push(story),
            Err(WorkflowError::NotFound(_)) => {}
            Err(other) => return Err(other),
        }
    }
    rows.sort_by_key(|row| (row.at, row.chain, row.seq));
    rows.dedup_by_key(|row| (row.chain, row.seq));
    let parent = grant.parent.map(|parent| grants::find(tx, parent)).transpose()?.flatten();
    let parent = parent.map(|parent| shares::tell(tx, caller, parent)).transpose()?;
    let below = listed::shared_on(tx, id, LINES)?;
    let below = shares::tell_all(tx, caller, below)?;
    let revoked_by =
        grants::revoked_by(tx, id)?.map(|user| store::users::find_including_deleted(tx, user)).transpose()?.flatten();
    let letters = emails::of_grant(tx, id, LINES)?;
    let letters = addressed(tx, letters)?;
    Ok(OfGrant {
        requests: told,
        entries: entries(tx, rows)?,
        letters,
        parent,
        below,
        revoked_by,
        share: shares::tell(tx, caller, grant)?,
    })
}
