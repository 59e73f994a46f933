//! Requests as they are told: with the people and the bundle they are about, to those who may see them.

use super::{Refusal, What, authority};
use crate::domain::{Bundle, BundleId, Caller, Level, Page, Request, RequestId, Scope, Slice, User, UserId};
use crate::store::requests::{self, Listed};
use crate::store::{self, Tx};

/// A request with the people and the bundle it is about: what every answer shows.
#[derive(Clone, Debug)]
pub struct Told {
    /// The request.
    pub request: Request,
    /// The decider.
    pub target: User,
    /// The grantee.
    pub allowed: User,
    /// What is asked for.
    pub bundle: Bundle,
    /// At which level.
    pub level: Level,
}

/// Who is asking may see it: the people in it, the app that filed it, an admin.
pub fn may_see(caller: &Caller, request: &Request) -> bool {
    let is_filer = caller.key.is_some() && caller.key == request.key;
    let is_person = caller.user.is_some_and(|user| request.involves(user));
    is_filer || is_person || caller.may_administer()
}

/// One request, for those who may see it.
pub fn find(tx: &mut Tx<'_>, caller: &Caller, id: RequestId) -> Result<Request, Refusal> {
    authority::require_read(caller, Scope::Requests)?;
    let request = requests::find(tx, id)?.ok_or(Refusal::NotFound(What::Request))?;
    if may_see(caller, &request) { Ok(request) } else { Err(Refusal::NotFound(What::Request)) }
}

/// A part of the requests that the caller has to do with.
pub fn list(tx: &mut Tx<'_>, caller: &Caller, page: Page) -> Result<Slice<Told>, Refusal> {
    authority::require_read(caller, Scope::Requests)?;
    let which = match (caller.user, caller.key) {
        (Some(user), _) => Listed::Involving(user),
        (None, Some(key)) => Listed::FiledBy(key),
        (None, None) => return Err(Refusal::Unauthenticated),
    };
    let slice = requests::list(tx, which, page)?;
    let total = slice.total;
    Ok(Slice { items: tell_all(tx, slice.items)?, total })
}

/// A request with what it is about.
pub fn tell(tx: &mut Tx<'_>, request: Request) -> Result<Told, Refusal> {
    tell_with(tx, request, None)
}

/// As [`tell`], with the target where this transaction has read it already.
pub(super) fn tell_with(tx: &mut Tx<'_>, request: Request, target: Option<User>) -> Result<Told, Refusal> {
    let item = requests::items(tx, request.id)?.into_iter().next().ok_or(Refusal::NotFound(What::Bundle))?;
    let bundle = item.bundle.ok_or(Refusal::NotFound(What::Bundle))?;
    let bundle = store::bundles::find_ever(tx, bundle)?.ok_or(Refusal::NotFound(What::Bundle))?;
    let target = match target {
        Some(target) => target,
        None => store::users::find_ever(tx, request.target)?.ok_or(Refusal::NotFound(What::User))?,
    };
    let allowed = store::users::find_ever(tx, request.allowed)?.ok_or(Refusal::NotFound(What::User))?;
    Ok(Told { request, target, allowed, bundle, level: item.level })
}

/// Requests with what they are about, in three queries however many they are.
pub fn tell_all(tx: &mut Tx<'_>, requests: Vec<Request>) -> Result<Vec<Told>, Refusal> {
    let ids: Vec<RequestId> = requests.iter().map(|request| request.id).collect();
    let items = requests::items_of_all(tx, &ids)?;
    let mut people: Vec<UserId> = requests.iter().flat_map(|request| [request.target, request.allowed]).collect();
    people.sort_unstable();
    people.dedup();
    let people = store::users::find_all(tx, &people)?;
    let mut bundles: Vec<BundleId> = items.iter().filter_map(|(_, item)| item.bundle).collect();
    bundles.sort_unstable();
    bundles.dedup();
    let bundles = store::bundles::find_all(tx, &bundles)?;
    let person = |id| people.iter().find(|user| user.id == id).cloned().ok_or(Refusal::NotFound(What::User));
    requests
        .into_iter()
        .map(|request| {
            let (_, item) = items.iter().find(|(id, _)| *id == request.id).ok_or(Refusal::NotFound(What::Bundle))?;
            let bundle = bundles.iter().find(|bundle| Some(bundle.id) == item.bundle).cloned();
            let bundle = bundle.ok_or(Refusal::NotFound(What::Bundle))?;
            Ok(Told { target: person(request.target)?, allowed: person(request.allowed)?, bundle, level: item.level, request })
        })
        .collect()
}
