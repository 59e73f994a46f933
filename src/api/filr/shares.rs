//! All shares of the instance, as an admin looks through them and takes them back.

use std::sync::LazyLock;

use actix_web::{HttpResponse, web};

use super::call::AdminCall;
use super::problem::{Denied, ErrorBody, Problem, no_share};
use super::wire::{EVERYBODY, List, ShareBody};
use crate::domain::{Filter, GrantId, GranteeKind, PrincipalId, UserId};
use crate::http::query::Query;
use crate::http::unknown_members::Members;
use crate::workflow::shares::{self, Wanted};

/// Every share that was not taken back and has not ended, by id.
#[utoipa::path(
    get, path = "/rest/admin/shares",
    params(
        ("shared_by" = Option<i64>, Query, example = 1, description = "only of this user"),
        ("shared_with" = Option<i64>, Query, example = 2, description = "only with this user or group; 0: with all who sign in"),
        ("include_expired" = Option<bool>, Query, description = "also those that have ended")
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

/// Every share with everyone that was not taken back and has not ended, by id. Links are not among them.
#[utoipa::path(
    get, path = "/rest/admin/shares/public",
    params(("include_expired" = Option<bool>, Query, description = "also those that have ended")),
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

/// One share; also one that has ended.
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

/// Takes a share back for good, with all that was shared on under it. It is over when this is answered.
#[utoipa::path(
    delete, path = "/rest/admin/shares/{id}",
    params(("id" = i64, Path, example = 1)),
    responses(
        (status = 204, description = "It is over"),
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

/// A share's members, and the filters of either list.
static FIELDS: LazyLock<Members> =
    LazyLock::new(|| Members::read::<ShareBody>().and(&["shared_by", "shared_with", "include_expired"]));

/// Refuses a filter by what this list is not filtered by. Other names are passed over, as the original does.
fn check(query: &Query, filters: &[&str]) -> Result<(), Problem> {
    match query.names().find(|name| FIELDS.has(name) && !filters.contains(name)) {
        None => Ok(()),
        Some(name) => Err(Problem::bad(format_args!("{name}: this list is not filtered by it; it takes {}", filters.join(", ")))),
    }
}

fn one<'a>(query: &'a Query, name: &'static str) -> Result<Option<&'a str>, Problem> {
    query.one(name).map_err(Problem::bad)
}

/// An id in the query; a value that is none is refused, since a filter that is passed over would show everything.
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
