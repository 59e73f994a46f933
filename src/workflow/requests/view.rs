//! Requests as they are told: with the people and the bundle they are about, to those who may see them.

use std::collections::HashMap;

use crate::domain::{
    Bundle, BundleId, Caller, Decision, Given, GrantId, Level, Page, Request, RequestId, RequestItem, Scope, Slice, User, UserId,
};
use crate::store::batch::Reading;
use crate::store::requests::{self, Listed};
use crate::store::{self, Tx};
use crate::workflow::visible_users::{Seen, is_told_by};
use crate::workflow::{What, WorkflowError, authority};

/// A request with the people and the bundle it is about: what every answer shows. People whom the caller may not see yet are
/// [hidden](User::hidden).
#[derive(Clone, Debug)]
pub struct RequestView {
    /// The request.
    pub request: Request,
    /// The approver.
    pub target: User,
    /// The grantee.
    pub allowed: User,
    /// What is asked for.
    pub bundle: Bundle,
    /// At which level.
    pub level: Level,
    /// What was given, if it was approved.
    pub given: Option<Given>,
}

/// Who is asking may see it: the people in it, the app that filed it, an admin.
pub fn may_see(caller: &Caller, request: &Request) -> bool {
    let is_filer = caller.key.is_some() && caller.key == request.key;
    let is_person = caller.user.is_some_and(|user| request.involves(user));
    is_filer || is_person || caller.may_administer()
}

/// One request, for those who may see it.
pub fn find(tx: &mut Tx<'_>, caller: &Caller, id: RequestId) -> Result<Request, WorkflowError> {
    authority::require_read(caller, Scope::Requests)?;
    let request = requests::find(tx, id)?.ok_or(WorkflowError::NotFound(What::Request))?;
    if may_see(caller, &request) { Ok(request) } else { Err(WorkflowError::NotFound(What::Request)) }
}

/// A part of the requests that the caller has to do with.
pub fn list(tx: &mut Tx<'_>, caller: &Caller, page: Page) -> Result<Slice<RequestView>, WorkflowError> {
    authority::require_read(caller, Scope::Requests)?;
    let which = match (caller.user, caller.key) {
        (Some(user), _) => Listed::Involving(user),
        (None, Some(key)) => Listed::FiledBy(key),
        (None, None) => return Err(WorkflowError::Unauthenticated),
    };
    let slice = requests::list(tx, which, page)?;
    let total = slice.total;
    Ok(Slice { items: tell_all(tx, caller, slice.items)?, total })
}

/// A request with what it is about, as the caller sees it.
pub fn tell(tx: &mut Tx<'_>, caller: &Caller, request: &Request) -> Result<RequestView, WorkflowError> {
    let items = requests::items(tx, request.id)?;
    within(tx, &Reading::default(), caller, request, &items)
}

/// As [`tell`], with what was loaded already. What was deleted is not in it.
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
    let seen = Seen::of(tx, caller, untold(&request, caller))?;
    Ok(shown(RequestView { request, target, allowed, bundle, level: item.level, given }, caller, &seen))
}

/// The people of a request of whom it does not say by itself that the caller may see them.
pub(in crate::workflow) fn untold(request: &Request, caller: &Caller) -> Vec<UserId> {
    let mut people = vec![request.target, request.allowed];
    people.retain(|person| !is_told_by(request, caller, *person));
    people
}

/// A request with its people as the caller sees them. Only the one who filed it is shown what it calls them.
pub(in crate::workflow) fn shown(told: RequestView, caller: &Caller, seen: &Seen) -> RequestView {
    let RequestView { request, target, allowed, bundle, level, given } = told;
    let is_filer = caller.user.is_some() && caller.user == request.initiator || caller.key.is_some() && caller.key == request.key;
    let show = |user: User, called: &Option<String>| {
        if is_told_by(&request, caller, user.id) { user } else { seen.show(user, called.as_deref().filter(|_| is_filer)) }
    };
    let (target, allowed) = (show(target, &request.target_as), show(allowed, &request.allowed_as));
    RequestView { request, target, allowed, bundle, level, given }
}

/// Requests with what they are about, in four queries however many they are.
pub fn tell_all(tx: &mut Tx<'_>, caller: &Caller, requests: Vec<Request>) -> Result<Vec<RequestView>, WorkflowError> {
    let ids: Vec<RequestId> = requests.iter().map(|request| request.id).collect();
    let items: HashMap<RequestId, RequestItem> = requests::items_of_all(tx, &ids)?.into_iter().rev().collect();
    let seen = Seen::of(tx, caller, requests.iter().flat_map(|request| untold(request, caller)).collect())?;
    let mut people: Vec<UserId> = requests.iter().flat_map(|request| [request.target, request.allowed]).collect();
    people.sort_unstable();
    people.dedup();
    let people: HashMap<UserId, User> = store::users::find_all(tx, &people)?.into_iter().map(|user| (user.id, user)).collect();
    let mut bundles: Vec<BundleId> = items.values().filter_map(|item| item.bundle).collect();
    bundles.sort_unstable();
    bundles.dedup();
    let bundles = store::bundles::find_all(tx, &bundles)?;
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

/// What an approval gave: what was written down with it, or what was asked. Of one for less that was made before that was
/// written down, what its grant gives.
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

/// Whether what was given is known by the grant alone.
fn is_unwritten(request: &Request) -> bool {
    let is_other = |decision: &Decision| decision.given.is_none() && (decision.is_narrowed || request.renews.is_some());
    request.decision.as_ref().is_some_and(is_other)
}

/// The URIs that the grants of such requests are limited to, in one statement, if there are any.
fn limits(tx: &mut Tx<'_>, requests: &[Request]) -> Result<Vec<(GrantId, String)>, WorkflowError> {
    let unwritten = requests.iter().filter(|request| is_unwritten(request));
    let ids: Vec<GrantId> = unwritten.filter_map(|request| Some(request.decision.as_ref()?.grant?.id)).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = store::grants::resources_of(tx, &ids)?;
    Ok(found.into_iter().map(|(id, resource)| (id, resource.uri)).collect())
}
