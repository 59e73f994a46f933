//! `bundle_permission`: existing access, for its grantor and its grantee.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::call::{Call, made, reply};
use super::extract::{Named, Reference, References};
use super::filters::Listing;
use super::problem::{Denied, ErrorBody, Problem, Repeated, Unread};
use super::requests::id_of;
use super::schema::{BUNDLE_PERMISSION, ORIGINAL};
use super::wire::{List, PermissionBody};
use crate::domain::filter::{Case, Test, TextOf};
use crate::domain::{BundleId, Filter, GrantId, PrincipalId, UserId};
use crate::http::json_body::strict_body;
use crate::http::unknown_members::Members;
use crate::workflow::{directory, idempotency, shares};

/// The live permissions that the caller gave or has, by id.
#[utoipa::path(
    get, path = "/api/bundle_permission/",
    params(
        ("limit" = Option<i64>, Query, description = "default 20; 0 and more than 1000 mean 1000"),
        ("offset" = Option<i64>, Query),
        ("bundle" = Option<String>, Query, description = "URI or id; bundle__in: several, separated by commas"),
        ("user_allowed" = Option<String>, Query, description = "URI, id or address; user_allowed__in: several"),
        ("user_target" = Option<String>, Query, description = "URI, id or address; user_target__in: several")
    ),
    responses((status = 200, body = List<PermissionBody>), (status = 400, body = ErrorBody), Denied)
)]
pub(super) async fn list(call: Call) -> Result<HttpResponse, Problem> {
    let listing = Listing::of(&call.request, &BUNDLE_PERMISSION)?;
    let mut named: Vec<(&'static str, Vec<Named>)> = Vec::new();
    let references = References::of(&call);
    for condition in &listing.conditions {
        named.push((condition.field, references.named(condition)?));
    }
    let page = listing.page;
    let read = call.read(move |tx, caller| {
        let mut filters = Vec::new();
        for (field, references) in named {
            let (mut ids, mut called) = (Vec::new(), Vec::new());
            for reference in references {
                match reference {
                    Named::Id(id) => ids.push(id),
                    // If nobody has the address, nobody has that permission.
                    Named::Address(address) => match directory::known_by(tx, caller, &address)? {
                        Some(id) => ids.push(id.0),
                        // A person who is not visible to the caller is found only by the name that the caller used.
                        None => called.push(Filter::Text(TextOf::Called, Test::Equals, Case::Exact, address.to_string())),
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
    let slice = read.await?;
    Ok(HttpResponse::Ok().json(List::of(slice.map(|view| PermissionBody::of(&call.base(), view)), &listing)))
}

/// The access to give.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = NewBundlePermission)]
pub(super) struct NewPermissionBody {
    /// The owner of the data: the caller.
    #[serde(deserialize_with = "Reference::to_user")]
    #[schema(value_type = String, example = "/api/user/1/")]
    user_target: Reference,
    /// The grantee: URI, URL, id, or the address of a known person.
    #[serde(deserialize_with = "Reference::to_user")]
    #[schema(value_type = String, example = "bob@example.org")]
    user_allowed: Reference,
    /// URI, URL or id.
    #[serde(deserialize_with = "Reference::to_bundle")]
    #[schema(value_type = String, example = "/api/bundle/1/")]
    bundle: Reference,
    /// The name that the grantor gives it: at most 64 characters.
    name: Option<String>,
}

strict_body!(NewPermissionBody: Members::read::<NewPermissionBody>().and_of::<PermissionBody>().and(ORIGINAL));

/// Gives access to the data of the caller without a request. If the same permission exists, it is returned with 200.
#[utoipa::path(
    post, path = "/api/bundle_permission/",
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body = NewPermissionBody,
    responses(
        (status = 201, body = PermissionBody, headers(("Location" = String, description = "its resource_uri"))),
        (status = 200, description = "It exists already", body = PermissionBody),
        Unread, Repeated, Denied
    )
)]
pub(super) async fn post(call: Call, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let (body, bytes) = call.json::<NewPermissionBody>(payload, false).await?;
    let references = References::of(&call);
    let target = references.user("user_target", &body.user_target)?;
    let allowed = references.user("user_allowed", &body.user_allowed)?;
    let (bundle, name) = (references.bundle(&body.bundle)?, body.name.unwrap_or_default());
    let once = call.once(&bytes)?;
    let (config, base) = (call.config.clone(), call.base());
    let given = call.write(move |tx, caller| {
        idempotency::once_if_done(tx, once.as_ref(), |tx| {
            let (view, is_new) = shares::bundle_permissions::give(tx, &config, caller, bundle, &target, &allowed, &name)?;
            let body = PermissionBody::of(&base, view);
            Ok(made(is_new, body.location(), &body))
        })
    });
    Ok(reply(given.await?))
}

/// A permission that the caller gave or has, or that resulted from a request of the calling app.
#[utoipa::path(
    get, path = "/api/bundle_permission/{id}/",
    params(("id" = i64, Path, example = 1)),
    responses(
        (status = 200, body = PermissionBody),
        (status = 404, description = "No such permission, ended, revoked, or not visible to the caller"),
        Denied
    )
)]
pub(super) async fn get(call: Call, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = GrantId(id_of(&id)?);
    let view = call.read(move |tx, caller| shares::bundle_permissions::read(tx, caller, id)).await?;
    Ok(HttpResponse::Ok().json(PermissionBody::of(&call.base(), view)))
}

/// Revokes a permission, with all reshared under it, immediately. Its grantor, its grantee and administrators may.
#[utoipa::path(
    delete, path = "/api/bundle_permission/{id}/",
    params(("id" = i64, Path, example = 1)),
    responses(
        (status = 204, description = "Revoked"),
        (status = 404, description = "No such permission, revoked already, or not visible to the caller"),
        Denied
    )
)]
pub(super) async fn delete(call: Call, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = GrantId(id_of(&id)?);
    let revoked = call.write(move |tx, caller| {
        // Grants of other APIs are no permissions.
        shares::bundle_permissions::find(tx, caller, id)?;
        shares::revoke(tx, caller, id)
    });
    revoked.await?;
    Ok(HttpResponse::NoContent().finish())
}
