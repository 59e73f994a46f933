//! Requests for display, with their people and bundle, limited to the caller's visibility.

use std::collections::HashMap;

use crate::domain::id::distinct;
use crate::domain::{
    Bundle, Caller, Decision, Given, GrantId, Level, Page, Request, RequestId, RequestItem, Scope, Slice, User, UserId,
};
use crate::store::batch::Reading;
use crate::store::requests::{self, Condition, Listed, Order};
use crate::store::{self, Tx};
use crate::workflow::visible_users::{Seen, is_revealed_by};
use crate::workflow::{What, WorkflowError, authority};

/// A request with its people and bundle, as all responses show it. People not yet visible to the caller are
/// [hidden](User::hidden).
#[derive(Clone, Debug)]
pub struct RequestView {
    pub request: Request,
    /// The approver.
    pub target: User,
    /// The grantee.
    pub allowed: User,
    pub bundle: Bundle,
    pub level: Level,
    /// The approved terms, if it was approved.
    pub given: Option<Given>,
}

/// Whether the caller may see the request: its people, its app, and administrators may.
pub fn may_see(caller: &Caller, request: &Request) -> bool {
    let is_filer = caller.app.is_some() && caller.app == request.app;
    let is_person = caller.user.is_some_and(|user| request.involves(user));
    is_filer || is_person || caller.may_administer()
}

/// Finds a request visible to the caller.
pub fn find(tx: &mut Tx<'_>, caller: &Caller, id: RequestId) -> Result<Request, WorkflowError> {
    authority::require_read(caller, Scope::Requests)?;
    let request = requests::find(tx, id)?.ok_or(WorkflowError::NotFound(What::Request))?;
    if may_see(caller, &request) { Ok(request) } else { Err(WorkflowError::NotFound(What::Request)) }
}

/// A page of the caller's requests that meet all of these conditions.
pub fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    conditions: &[Condition],
    order: (Order, bool),
    page: Page,
) -> Result<Slice<RequestView>, WorkflowError> {
    authority::require_read(caller, Scope::Requests)?;
    let which = match (caller.user, caller.app) {
        (Some(user), _) => Listed::Involving(user),
        (None, Some(app)) => Listed::FiledBy(app),
        (None, None) => return Err(WorkflowError::Unauthenticated),
    };
    let slice = requests::list(tx, which, conditions, order, page)?;
    let total = slice.total;
    Ok(Slice { items: load_all(tx, caller, slice.items)?, total })
}

/// A request as shown to the caller.
pub fn load(tx: &mut Tx<'_>, caller: &Caller, request: &Request) -> Result<RequestView, WorkflowError> {
    let items = requests::items(tx, request.id)?;
    within(tx, &Reading::default(), caller, request, &items)
}

/// As [`load`], with loaded rows. They lack deleted objects.
pub(in crate::workflow) fn within(
    tx: &mut Tx<'_>,
    reading: &Reading,
    caller: &Caller,
    request: &Request,
    items: &[RequestItem],
) -> Result<RequestView, WorkflowError> {
    const NO_BUNDLE: WorkflowError = WorkflowError::NotFound(What::Bundle);
    let item = items.first().ok_or(NO_BUNDLE)?;
    let id = item.bundle.ok_or(NO_BUNDLE)?;
    let bundle = match reading.bundle(id) {
        Some(bundle) => bundle.clone(),
        None => store::bundles::find_including_deleted(tx, id)?.ok_or(NO_BUNDLE)?,
    };
    let mut person = |id| match reading.user(id) {
        Some(user) => Ok(user.clone()),
        None => store::users::find_including_deleted(tx, id)?.ok_or(WorkflowError::NotFound(What::User)),
    };
    let (target, allowed, request) = (person(request.target)?, person(request.allowed)?, request.clone());
    let limits = limits(tx, std::slice::from_ref(&request))?;
    let given = given(&request, item.level, &limits);
    let seen = Seen::of(tx, caller, unrevealed(&request, caller))?;
    Ok(shown(RequestView { request, target, allowed, bundle, level: item.level, given }, caller, &seen))
}

/// The people of a request whose visibility needs a lookup.
pub(in crate::workflow) fn unrevealed(request: &Request, caller: &Caller) -> Vec<UserId> {
    let mut people = vec![request.target, request.allowed];
    people.retain(|person| !is_revealed_by(request, caller, *person));
    people
}

/// A request with its people as the caller sees them. Only its requester sees the names that the requester used.
pub(in crate::workflow) fn shown(view: RequestView, caller: &Caller, seen: &Seen) -> RequestView {
    let RequestView { request, target, allowed, bundle, level, given } = view;
    let is_filer = caller.user.is_some() && caller.user == request.initiator || caller.app.is_some() && caller.app == request.app;
    let show = |user: User, called: &Option<String>| {
        if is_revealed_by(&request, caller, user.id) { user } else { seen.show(user, called.as_deref().filter(|_| is_filer)) }
    };
    let (target, allowed) = (show(target, &request.target_as), show(allowed, &request.allowed_as));
    RequestView { request, target, allowed, bundle, level, given }
}

/// As [`load`] for many requests, in four queries.
pub fn load_all(tx: &mut Tx<'_>, caller: &Caller, requests: Vec<Request>) -> Result<Vec<RequestView>, WorkflowError> {
    let ids: Vec<RequestId> = requests.iter().map(|request| request.id).collect();
    let items: HashMap<RequestId, RequestItem> = requests::items_of_all(tx, &ids)?.into_iter().rev().collect();
    let seen = Seen::of(tx, caller, requests.iter().flat_map(|request| unrevealed(request, caller)).collect())?;
    let people = distinct(requests.iter().flat_map(|request| [request.target, request.allowed]));
    let people: HashMap<UserId, User> = store::users::find_all(tx, &people)?.into_iter().map(|user| (user.id, user)).collect();
    let bundles = store::bundles::find_all(tx, &distinct(items.values().filter_map(|item| item.bundle)))?;
    let limits = limits(tx, &requests)?;
    let person = |id| people.get(&id).cloned().ok_or(WorkflowError::NotFound(What::User));
    requests
        .into_iter()
        .map(|request| {
            let item = items.get(&request.id).ok_or(WorkflowError::NotFound(What::Bundle))?;
            let bundle = bundles.iter().find(|bundle| Some(bundle.id) == item.bundle).cloned();
            let bundle = bundle.ok_or(WorkflowError::NotFound(What::Bundle))?;
            let (target, allowed) = (person(request.target)?, person(request.allowed)?);
            let given = given(&request, item.level, &limits);
            Ok(shown(RequestView { target, allowed, bundle, level: item.level, given, request }, caller, &seen))
        })
        .collect()
}

/// The approved terms: the stored ones, or the requested ones. For a limited approval from before they were stored, those of
/// the grant.
fn given(request: &Request, asked: Level, limits: &[(GrantId, String)]) -> Option<Given> {
    let decision = request.decision.as_ref()?;
    let grant = decision.grant?;
    if let Some(given) = &decision.given {
        return Some(given.clone());
    }
    if is_unwritten(request) {
        let resources = limits.iter().filter(|(id, _)| *id == grant.id).map(|(_, uri)| uri.clone()).collect();
        return Some(Given { level: grant.level, until: grant.ends_at, resources });
    }
    let until = request.until.map(|until| until.from(decision.at));
    Some(Given { level: asked, until, resources: request.resources.clone() })
}

/// Whether only the grant has the approved terms.
fn is_unwritten(request: &Request) -> bool {
    let is_other = |decision: &Decision| decision.given.is_none() && (decision.is_narrowed || request.renews.is_some());
    request.decision.as_ref().is_some_and(is_other)
}

/// The URIs that limit the grants of such requests, in one statement, if there are any.
fn limits(tx: &mut Tx<'_>, requests: &[Request]) -> Result<Vec<(GrantId, String)>, WorkflowError> {
    let unwritten = requests.iter().filter(|request| is_unwritten(request));
    let ids: Vec<GrantId> = unwritten.filter_map(|request| Some(request.decision.as_ref()?.grant?.id)).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = store::grants::resources_of(tx, &ids)?;
    Ok(found.into_iter().map(|(id, resource)| (id, resource.uri)).collect())
}
