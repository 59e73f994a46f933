//! `user` and `account`: people, for those who may see them.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::call::Call;
use super::filters::{Condition, Listing, Lookup, numbers};
use super::problem::{Denied, ErrorBody, Problem, Unread};
use super::requests::id_of;
use super::schema::{ACCOUNT, ORIGINAL, USER};
use super::types::text_not_null;
use super::wire::{AccountBody, List, Set, UserBody};
use crate::domain::{Address, Slice, UserId};
use crate::http::json_body::strict_body;
use crate::http::unknown_members::Members;
use crate::store::users::{Filter, Order};
use crate::workflow::{accounts, directory};

/// The visible people: the caller and everyone with whom they share a request or grant; all people for administrators and keys
/// with the scope `directory`.
#[utoipa::path(
    get, path = "/api/user/",
    params(
        ("limit" = Option<i64>, Query, description = "default 20; 0 and more than 1000 mean 1000"),
        ("offset" = Option<i64>, Query),
        ("order_by" = Option<String>, Query, description = "id, username or email; with - before it in descending order"),
        ("email" = Option<String>, Query, description = "also email__in, email__startswith"),
        ("username" = Option<String>, Query, description = "also username__in, username__startswith"),
        ("id" = Option<i64>, Query, description = "also id__in, id__gt, id__gte, id__lt, id__lte, id__range (two, separated by a comma)"),
        ("search" = Option<String>, Query, description = "a part of the address or of a name")
    ),
    responses((status = 200, body = List<UserBody>), (status = 400, body = ErrorBody), Denied)
)]
pub(super) async fn list(call: Call) -> Result<HttpResponse, Problem> {
    let listing = Listing::of(&call.request, &USER)?;
    let mut filters = Vec::new();
    for condition in &listing.conditions {
        filter(condition, &mut filters)?;
    }
    let (page, order) = (listing.page, order_of(&listing));
    let slice = call.read(move |tx, caller| directory::people(tx, caller, filters, order, page)).await?;
    Ok(HttpResponse::Ok().json(List::of(slice.map(|user| UserBody::person(&call.base(), user)), &listing)))
}

fn order_of(listing: &Listing) -> (Order, bool) {
    match listing.order {
        Some(("username", is_descending)) => (Order::Username, is_descending),
        Some(("email", is_descending)) => (Order::Email, is_descending),
        Some((_, is_descending)) => (Order::Id, is_descending),
        None => (Order::Id, false),
    }
}

fn filter(condition: &Condition, into: &mut Vec<Filter>) -> Result<(), Problem> {
    // In the format of stored addresses; an invalid one matches nothing.
    let address = |text: &str| Address::parse(text).map_or_else(|_| text.to_owned(), |address| address.to_string());
    let prefix = || condition.value.clone();
    let one = || numbers(condition).and_then(|ids| ids.first().copied().ok_or_else(|| condition.mismatch()));
    let filter = match (condition.field, condition.lookup) {
        ("id", Lookup::Above) => Filter::IdAbove(one()?, false),
        ("id", Lookup::AtLeast) => Filter::IdAbove(one()?, true),
        ("id", Lookup::Below) => Filter::IdBelow(one()?, false),
        ("id", Lookup::AtMost) => Filter::IdBelow(one()?, true),
        ("id", Lookup::Range) => {
            let [low, high] = numbers(condition)?.try_into().map_err(|_| condition.mismatch())?;
            into.push(Filter::IdAbove(low, true));
            Filter::IdBelow(high, true)
        }
        ("id", _) => Filter::Ids(numbers(condition)?),
        ("email", Lookup::StartsWith) => Filter::EmailPrefix(prefix().to_ascii_lowercase()),
        ("email", _) => Filter::Emails(condition.values().map(address).collect()),
        ("username", Lookup::StartsWith) => Filter::UsernamePrefix(prefix()),
        ("username", _) => Filter::Usernames(condition.values().map(address).collect()),
        _ => Filter::Search(prefix()),
    };
    into.push(filter);
    Ok(())
}

/// A person.
#[utoipa::path(
    get, path = "/api/user/{id}/",
    params(("id" = i64, Path, example = 1)),
    responses((status = 200, body = UserBody), (status = 404, description = "No such person, or not visible to the caller"), Denied)
)]
pub(super) async fn get(call: Call, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = UserId(id_of(&id)?);
    let user = call.read(move |tx, caller| directory::person(tx, caller, id)).await?;
    Ok(HttpResponse::Ok().json(UserBody::person(&call.base(), user)))
}

/// The names that people can change. Missing members stay; `id`, `email` and `username` are ignored.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = Names)]
pub(super) struct NamesBody {
    /// At most 64 characters.
    #[serde(default, deserialize_with = "text_not_null")]
    first_name: Option<String>,
    /// At most 64 characters.
    #[serde(default, deserialize_with = "text_not_null")]
    last_name: Option<String>,
}

strict_body!(NamesBody: Members::read::<NamesBody>().and_of::<UserBody>().and_of::<AccountBody>().and(ORIGINAL));

/// Sets the names of the caller.
#[utoipa::path(
    put, path = "/api/user/{id}/",
    params(("id" = i64, Path, example = 1)),
    request_body = NamesBody,
    responses(
        (status = 200, body = UserBody),
        (status = 404, description = "No such person, or not visible to the caller"),
        Unread, Denied
    )
)]
pub(super) async fn put(call: Call, id: web::Path<String>, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let id = UserId(id_of(&id)?);
    let (NamesBody { first_name: first, last_name: last }, _) = call.json(payload, false).await?;
    let config = call.config.clone();
    let renamed = call.write(move |tx, caller| {
        let user = directory::person(tx, caller, id)?;
        let (first, last) = (first.as_deref().unwrap_or(&user.first_name), last.as_deref().unwrap_or(&user.last_name));
        accounts::rename(tx, &config, caller, id, first, last)
    });
    Ok(HttpResponse::Ok().json(UserBody::person(&call.base(), renamed.await?)))
}

/// The same as PUT.
#[utoipa::path(
    patch, path = "/api/user/{id}/",
    params(("id" = i64, Path, example = 1)),
    request_body = NamesBody,
    responses(
        (status = 200, body = UserBody),
        (status = 404, description = "No such person, or not visible to the caller"),
        Unread, Denied
    )
)]
pub(super) async fn patch(call: Call, id: web::Path<String>, payload: web::Payload) -> Result<HttpResponse, Problem> {
    put(call, id, payload).await
}

/// Several people by id, separated by semicolons.
#[utoipa::path(
    get, path = "/api/user/set/{ids}/",
    params(("ids" = String, Path, example = "1;2")),
    responses(
        (status = 200, body = Set<UserBody>),
        (status = 404, description = "Not ids separated by semicolons, or more than 1000"),
        Denied
    )
)]
pub(super) async fn set(call: Call, ids: web::Path<String>) -> Result<HttpResponse, Problem> {
    let ids: Vec<i64> = ids.split(';').filter(|id| !id.is_empty()).map(id_of).collect::<Result<_, _>>()?;
    if ids.len() > 1_000 {
        return Err(Problem::nothing_here());
    }
    let page = crate::domain::Page { limit: 1_000, offset: 0 };
    let wanted = ids.clone();
    let read = call.read(move |tx, caller| directory::people(tx, caller, vec![Filter::Ids(wanted)], (Order::Id, false), page));
    let found = read.await?.items;
    let not_found = ids.iter().filter(|id| !found.iter().any(|user| user.id.0 == **id)).map(i64::to_string).collect();
    Ok(HttpResponse::Ok()
        .json(Set { objects: found.into_iter().map(|user| UserBody::person(&call.base(), user)).collect(), not_found }))
}

/// The caller as a list of one; empty for a key without an owner.
#[utoipa::path(
    get, path = "/api/account/",
    responses((status = 200, body = List<AccountBody>), (status = 400, body = ErrorBody), Denied)
)]
pub(super) async fn account(call: Call) -> Result<HttpResponse, Problem> {
    let listing = Listing::of(&call.request, &ACCOUNT)?;
    let own = call.read(directory::oneself).await?;
    let total = i64::from(own.is_some());
    let items = own.into_iter().filter(|_| listing.page.offset == 0).map(|user| AccountBody::of(&call.base(), user)).collect();
    Ok(HttpResponse::Ok().json(List::of(Slice { items, total }, &listing)))
}
