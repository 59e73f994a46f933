//! All shares of the instance, for administrators to list and revoke.

use std::sync::LazyLock;

use actix_web::{HttpResponse, web};

use super::call::AdminCall;
use super::problem::{Denied, ErrorBody, Problem, no_share};
use super::wire::{EVERYBODY, List, ShareBody};
use crate::domain::{Filter, GrantId, GranteeKind, PrincipalId, UserId};
use crate::http::query::Query;
use crate::http::unknown_members::Members;
use crate::workflow::shares::{self, Wanted};

/// All shares that were neither revoked nor ended, by id.
#[utoipa::path(
    get, path = "/rest/admin/shares",
    params(
        ("shared_by" = Option<i64>, Query, example = 1, description = "only shares by this user"),
        ("shared_with" = Option<i64>, Query, example = 2, description = "only shares with this user or group; 0: with everyone who can sign in"),
        ("include_expired" = Option<bool>, Query, description = "includes ended shares")
    ),
    responses((status = 200, body = List), (status = 400, description = "BAD_INPUT", body = ErrorBody), Denied)
)]
pub(super) async fn list(call: AdminCall) -> Result<HttpResponse, Problem> {
    let query = Query::of(&call.0.request);
    check(&query, &["shared_by", "shared_with", "include_expired"])?;
    let mut all = Vec::new();
    if let Some(id) = number(&query, "shared_by")? {
        all.push(Filter::Grantors(vec![UserId(id)]));
    }
    match number(&query, "shared_with")? {
        None => {}
        Some(EVERYBODY) => all.push(Filter::Kinds(vec![GranteeKind::Authenticated])),
        Some(id) => all.push(Filter::Grantees(vec![PrincipalId(id)])),
    }
    answer(call, Wanted { filter: Filter::All(all), with_ended: flag(&query, "include_expired")? }).await
}

/// All shares with everyone that were neither revoked nor ended, by id. Public links are not included.
#[utoipa::path(
    get, path = "/rest/admin/shares/public",
    params(("include_expired" = Option<bool>, Query, description = "includes ended shares")),
    responses((status = 200, body = List), (status = 400, description = "BAD_INPUT", body = ErrorBody), Denied)
)]
pub(super) async fn public(call: AdminCall) -> Result<HttpResponse, Problem> {
    let filter = Filter::Kinds(vec![GranteeKind::Everyone, GranteeKind::Guest]);
    let query = Query::of(&call.0.request);
    check(&query, &["include_expired"])?;
    let with_ended = flag(&query, "include_expired")?;
    answer(call, Wanted { filter, with_ended }).await
}

async fn answer(AdminCall(call): AdminCall, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let most = call.config.limits.listed_shares;
    let slice = call.read(move |tx, caller| {
        let slice = shares::list_whole(tx, caller, &wanted, most)?;
        let now = tx.now();
        Ok(slice.map(|whole| ShareBody::of(&whole, now)))
    });
    Ok(HttpResponse::Ok().json(List::of(slice.await?)))
}

/// A share, including an ended one.
#[utoipa::path(
    get, path = "/rest/admin/shares/{id}",
    params(("id" = i64, Path, example = 1)),
    responses((status = 200, body = ShareBody), (status = 404, description = "SHAREITEM_NOT_FOUND", body = ErrorBody), Denied)
)]
pub(super) async fn get(AdminCall(call): AdminCall, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = grant_id(&id)?;
    let body = call.read(move |tx, caller| {
        let whole = shares::find_whole(tx, caller, id)?;
        Ok(ShareBody::of(&whole, tx.now()))
    });
    Ok(HttpResponse::Ok().json(body.await?))
}

/// Revokes and deletes a share, with all shares reshared under it, immediately.
#[utoipa::path(
    delete, path = "/rest/admin/shares/{id}",
    params(("id" = i64, Path, example = 1)),
    responses(
        (status = 204, description = "Revoked"),
        (status = 404, description = "SHAREITEM_NOT_FOUND", body = ErrorBody),
        Denied
    )
)]
pub(super) async fn delete(AdminCall(call): AdminCall, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = grant_id(&id)?;
    call.write(move |tx, caller| shares::delete_whole(tx, caller, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn grant_id(text: &str) -> Result<GrantId, Problem> {
    text.parse().map(GrantId).map_err(|_| no_share())
}

/// The members of a share, and the filters of both lists.
static FIELDS: LazyLock<Members> =
    LazyLock::new(|| Members::read::<ShareBody>().and(&["shared_by", "shared_with", "include_expired"]));

/// Refuses a filter that this list does not have. Unknown parameters are ignored, as in the original.
fn check(query: &Query, filters: &[&str]) -> Result<(), Problem> {
    match query.names().find(|name| FIELDS.has(name) && !filters.contains(name)) {
        None => Ok(()),
        Some(name) => Err(Problem::bad(format_args!("{name}: this list is not filtered by it; it takes {}", filters.join(", ")))),
    }
}

fn one<'a>(query: &'a Query, name: &'static str) -> Result<Option<&'a str>, Problem> {
    query.one(name).map_err(Problem::bad)
}

/// An id in the query. An invalid one is refused, because ignoring it would list everything.
fn number(query: &Query, name: &'static str) -> Result<Option<i64>, Problem> {
    let read =
        |text: &str| text.parse().map_err(|_| Problem::bad(format_args!("{name}: {text:?} is not an id, which is a number")));
    one(query, name)?.map(read).transpose()
}

fn flag(query: &Query, name: &'static str) -> Result<bool, Problem> {
    match one(query, name)? {
        None => Ok(false),
        Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        Some(text) => Err(Problem::bad(format_args!("{name}: {text:?} is neither true nor false"))),
    }
}
