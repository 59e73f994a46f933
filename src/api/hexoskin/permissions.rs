//! `bundle_permission`: access that exists, as its two people see it.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, web};

use super::call::{Call, made, object, reply};
use super::extract::{Fields, id_in};
use super::filters::{Condition, Listing};
use super::problem::{Denied, ErrorBody, Kept, Problem, Sent};
use super::requests::id_of;
use super::schema::{BUNDLE_PERMISSION, ORIGINAL};
use super::wire::{List, PermissionBody};
use crate::domain::filter::{Test, TextOf};
use crate::domain::{Address, BundleId, Filter, GrantId, PrincipalId, UserId};
use crate::http::unknown_members::Members;
use crate::workflow::{directory, idempotency, shares};

/// Those that the caller gave or holds, live ones only, by id.
#[utoipa::path(
    get,
    path = "/api/bundle_permission/",
    tag = "Hexoskin",
    params(
        ("limit" = Option<i64>, Query, description = "20; 0 and more than 1000 are 1000"),
        ("offset" = Option<i64>, Query),
        ("bundle" = Option<String>, Query, description = "URI or id; bundle__in: several, commas between"),
        ("user_allowed" = Option<String>, Query, description = "URI, id or address; user_allowed__in: several"),
        ("user_target" = Option<String>, Query, description = "URI, id or address; user_target__in: several")
    ),
    responses((status = 200, body = List<PermissionBody>), (status = 400, body = ErrorBody), Denied)
)]
pub(super) async fn list(call: Call, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let listing = Listing::of(&request, &BUNDLE_PERMISSION)?;
    let mut named: Vec<(&'static str, Vec<Named>)> = Vec::new();
    for condition in &listing.conditions {
        named.push((condition.field, references(&call, condition)?));
    }
    let page = listing.page;
    let read = call.read(move |tx, caller| {
        let mut filters = Vec::new();
        for (field, references) in named {
            let (mut ids, mut called) = (Vec::new(), Vec::new());
            for reference in references {
                match reference {
                    Named::Id(id) => ids.push(id),
                    // Nobody has the address: nobody has that permission.
                    Named::Address(address) => match directory::known_by(tx, caller, &address)? {
                        Some(id) => ids.push(id.0),
                        // Whoever is not seen yet is found by what they were called, and by nothing else.
                        None => called.push(Filter::Text(TextOf::Called, Test::Equals, address.to_string())),
                    },
                }
            }
            // `bundle=1&bundle__in=1,2` means both.
            filters.push(match field {
                "bundle" => Filter::Bundles(ids.into_iter().map(BundleId).collect()),
                "user_allowed" => {
                    let own = Filter::Grantors(caller.user.into_iter().collect());
                    let by_id = Filter::Grantees(ids.into_iter().map(PrincipalId).collect());
                    Filter::Any(vec![by_id, Filter::All(vec![own, Filter::Any(called)])])
                }
                _ => Filter::Grantors(ids.into_iter().map(UserId).collect()),
            });
        }
        shares::bundle_permissions::list(tx, caller, filters, page)
    });
    let slice = read.await.map_err(|refusal| call.refuse(refusal))?;
    Ok(HttpResponse::Ok().json(List::of(slice.map(|told| PermissionBody::of(&call.base(), told)), &listing)))
}

enum Named {
    Id(i64),
    Address(Address),
}

fn references(call: &Call, condition: &Condition) -> Result<Vec<Named>, Problem> {
    let resource = if condition.field == "bundle" { "bundle" } else { "user" };
    let base = call.base();
    condition
        .values()
        .map(|value| {
            let id = id_in(resource, value, &call.hosts, base.as_str()).map(Named::Id);
            let address = || Address::parse(value).ok().filter(|_| resource == "user").map(Named::Address);
            id.or_else(address).ok_or_else(Condition::mismatch)
        })
        .collect()
}

/// What is sent to give access.
#[derive(utoipa::ToSchema)]
#[schema(as = NewBundlePermission)]
#[expect(dead_code, reason = "the description's; what is read is read member by member")]
pub(super) struct NewPermissionBody {
    /// URI, URL or id.
    #[schema(example = "/api/bundle/1/")]
    bundle: String,
    /// Whose data it is: the caller.
    #[schema(example = "/api/user/1/")]
    user_target: String,
    /// Who shall have access: URI, URL, id, or the address of somebody known.
    #[schema(example = "bob@example.org")]
    user_allowed: String,
    /// What the giver calls it: at most 64 characters.
    name: Option<String>,
}

static GIVEN: LazyLock<Members> = LazyLock::new(|| Members::read::<NewPermissionBody>().and_of::<PermissionBody>().and(ORIGINAL));

/// Gives access to the caller's own data, without anybody asking. The same again is found: 200.
#[utoipa::path(
    post,
    path = "/api/bundle_permission/",
    tag = "Hexoskin",
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body = NewPermissionBody,
    responses(
        (status = 201, body = PermissionBody, headers(("Location" = String, description = "its resource_uri"))),
        (status = 200, description = "It exists already", body = PermissionBody),
        Sent,
        Kept,
        Denied
    )
)]
pub(super) async fn post(call: Call, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let body = call.body(&request, payload).await?;
    let object = object(&body)?;
    let fields = Fields { object: &object, hosts: &call.hosts, config: &call.config };
    fields.only(&GIVEN)?;
    let (target, allowed) = (fields.user("user_target")?, fields.user("user_allowed")?);
    let bundle = fields.bundle()?;
    let name = fields.text("name")?.unwrap_or_default().to_owned();
    let once = call.once(&request, &body)?;
    let (config, base) = (call.config.clone(), call.base());
    let given = call.write(move |tx, caller| {
        idempotency::once_if_done(tx, once.as_ref(), |tx| {
            let (told, is_new) = shares::bundle_permissions::give(tx, &config, caller, bundle, &target, &allowed, &name)?;
            let body = PermissionBody::of(&base, told);
            Ok(made(is_new, body.location(), &body))
        })
    });
    Ok(reply(given.await.map_err(|refusal| call.refuse(refusal))?))
}

/// One that the caller gave or holds; also one that came of a request which the calling app filed.
#[utoipa::path(
    get,
    path = "/api/bundle_permission/{id}/",
    tag = "Hexoskin",
    params(("id" = i64, Path, example = 1)),
    responses(
        (status = 200, body = PermissionBody),
        (status = 404, description = "No such permission, over, taken back, or nothing to the caller"),
        Denied
    )
)]
pub(super) async fn get(call: Call, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = GrantId(id_of(&id)?);
    let told = call
        .read(move |tx, caller| shares::bundle_permissions::read(tx, caller, id))
        .await
        .map_err(|refusal| call.refuse(refusal))?;
    Ok(HttpResponse::Ok().json(PermissionBody::of(&call.base(), told)))
}

/// Ends it, and every one made under it: by who gave it, by who holds it, by an admin. It is over when this is answered.
#[utoipa::path(
    delete,
    path = "/api/bundle_permission/{id}/",
    tag = "Hexoskin",
    params(("id" = i64, Path, example = 1)),
    responses(
        (status = 204, description = "It is over"),
        (status = 404, description = "No such permission, taken back already, or nothing to the caller"),
        Denied
    )
)]
pub(super) async fn delete(call: Call, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = GrantId(id_of(&id)?);
    let revoked = call.write(move |tx, caller| {
        // What other APIs know by such a number is none of these.
        shares::bundle_permissions::find(tx, caller, id)?;
        shares::revoke(tx, caller, id)
    });
    revoked.await.map_err(|refusal| call.refuse(refusal))?;
    Ok(HttpResponse::NoContent().finish())
}
