//! `bundle_permission_request`: files and lists requests, and handles calls by `resource_uri`. `tokens.rs` handles calls by
//! token.

use actix_web::web::Data;
use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::call::{Call, answer, made, reply};
use super::extract::{Named, Reference, References};
use super::filters::{self, Listing};
use super::problem::{ClosedBody, Denied, ErrorBody, PendingBody, Problem, Repeated, Reused, Unread};
use super::schema::{BUNDLE_PERMISSION_REQUEST, ORIGINAL};
use super::types::{End, Seconds, Texts};
use super::wire::{List, RequestBody};
use crate::domain::{BundleId, Caller, Level, RequestId, RequestState, UserId};
use crate::http::json_body::strict_body;
use crate::http::unknown_members::Members;
use crate::http::wait::{Topic, Waits};
use crate::store::batch::Command;
use crate::store::requests::{Condition, Order};
use crate::workflow::directory;
use crate::workflow::idempotency::{self, Answer};
use crate::workflow::requests::file::{FileRequest, Filed};
use crate::workflow::requests::view::RequestView;
use crate::workflow::requests::{file, resend, view, withdraw};
use crate::workflow::{What, WorkflowError};

/// The requests of which the caller is the requester, approver, grantee or app, by id, without withdrawn ones.
#[utoipa::path(
    get, path = "/api/bundle_permission_request/",
    params(
        ("limit" = Option<i64>, Query, description = "default 20; 0 and more than 1000 mean 1000"),
        ("offset" = Option<i64>, Query),
        ("state" = Option<String>, Query, description = "the state; state__in: several, separated by commas"),
        ("updated_since" = Option<String>, Query,
            description = "filed, emailed again, decided or ended at this moment (RFC 3339) or after it"),
        ("bundle" = Option<String>, Query, description = "URI or id; bundle__in: several"),
        ("user_target" = Option<String>, Query, description = "URI, id or address; user_target__in: several"),
        ("order_by" = Option<String>, Query, description = "id, created_at or expires_at; with - before it in descending order")
    ),
    responses((status = 200, body = List<RequestBody>), (status = 400, body = ErrorBody), Denied)
)]
pub(super) async fn list(call: Call) -> Result<HttpResponse, Problem> {
    let listing = Listing::of(&call.request, &BUNDLE_PERMISSION_REQUEST)?;
    let references = References::of(&call);
    let mut conditions = Vec::new();
    let mut targets = Vec::new();
    for condition in &listing.conditions {
        match condition.field {
            "state" => conditions.push(Condition::States(states(condition)?)),
            "updated_since" => conditions.push(Condition::UpdatedSince(moment(condition)?)),
            "bundle" => {
                let ids = references.named(condition)?.into_iter().filter_map(|named| match named {
                    Named::Id(id) => Some(BundleId(id)),
                    Named::Address(_) => None,
                });
                conditions.push(Condition::Bundles(ids.collect()));
            }
            _ => targets.push(references.named(condition)?),
        }
    }
    let order = match listing.order {
        Some(("created_at", is_descending)) => (Order::CreatedAt, is_descending),
        Some(("expires_at", is_descending)) => (Order::ExpiresAt, is_descending),
        Some((_, is_descending)) => (Order::Id, is_descending),
        None => (Order::Id, false),
    };
    let page = listing.page;
    let read = call.read(move |tx, caller| {
        for target in targets {
            let (mut ids, mut names) = (Vec::new(), Vec::new());
            for named in target {
                match named {
                    Named::Id(id) => ids.push(UserId(id)),
                    Named::Address(address) => match directory::known_by(tx, caller, &address)? {
                        Some(id) => ids.push(id),
                        // A person who is not visible to the caller is found only by the name that the caller used.
                        None => names.push(address.to_string()),
                    },
                }
            }
            conditions.push(Condition::Targets(ids, names));
        }
        Ok((view::list(tx, caller, &conditions, order, page)?, tx.now()))
    });
    let (slice, now) = read.await?;
    Ok(HttpResponse::Ok().json(List::of(slice.map(|view| RequestBody::of(&call.base(), view, now)), &listing)))
}

fn states(condition: &filters::Condition) -> Result<Vec<RequestState>, Problem> {
    let words = || RequestState::ALL.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(", ");
    let wrong = || Problem::bad(format_args!("The 'state' field is one of {}.", words())).in_field("state");
    condition.values().map(|word| RequestState::parse(word).ok_or_else(wrong)).collect()
}

fn moment(condition: &filters::Condition) -> Result<DateTime<Utc>, Problem> {
    // In a query, the + of an offset means a blank.
    let text = condition.value.replace(' ', "+");
    let wrong = |_| Problem::bad("The 'updated_since' field is a moment like 2027-03-03T00:00:00Z (RFC 3339).");
    DateTime::parse_from_rfc3339(&text).map(|moment| moment.to_utc()).map_err(|error| wrong(error).in_field("updated_since"))
}

/// The request to file.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = NewBundlePermissionRequest)]
pub(super) struct NewRequestBody {
    /// The approver: URI, URL, id, or the address of a known or unknown person.
    #[serde(deserialize_with = "Reference::to_user")]
    #[schema(value_type = String, example = "bob@example.org")]
    user_target: Reference,
    /// The grantee, in the same formats.
    #[serde(deserialize_with = "Reference::to_user")]
    #[schema(value_type = String, example = "/api/user/1/")]
    user_allowed: Reference,
    /// URI, URL or id.
    #[serde(deserialize_with = "Reference::to_bundle")]
    #[schema(value_type = String, example = "/api/bundle/1/")]
    bundle: Reference,
    /// `view`, `edit` or `contribute`; default: the level of the bundle.
    #[schema(value_type = Option<String>)]
    level: Option<Level>,
    /// A message to the approver: at most 1000 characters.
    message: Option<String>,
    /// The page to which the link in the email leads, with `?token=` added: in the list of the key, and https, or http to this
    /// machine. Default: our own page.
    redeem_url: Option<String>,
    /// The seconds until it expires: 60 to `request.max_ttl`.
    #[schema(value_type = Option<i64>)]
    ttl: Option<Seconds>,
    /// The end of the access: a time (RFC 3339), or an integer: seconds after the decision. Default: no end.
    #[schema(value_type = Option<String>)]
    until: Option<End>,
    /// The URIs of some resources of the bundle; default: the whole bundle.
    #[schema(value_type = Option<Vec<String>>)]
    resources: Option<Texts>,
}

strict_body!(NewRequestBody: Members::read::<NewRequestBody>().and_of::<RequestBody>().and(ORIGINAL));

impl NewRequestBody {
    fn filing(self, call: &Call) -> Result<file::Filing, Problem> {
        let references = References::of(call);
        Ok(file::Filing {
            target: references.user("user_target", &self.user_target)?,
            allowed: references.user("user_allowed", &self.user_allowed)?,
            bundle: references.bundle(&self.bundle)?,
            level: self.level,
            message: self.message,
            redeem_url: self.redeem_url.filter(|url| !url.is_empty()),
            ttl: self.ttl.map(|Seconds(length)| length),
            until: self.until.map(|End(until)| until),
            resources: self.resources.map(|Texts(uris)| uris),
        })
    }
}

/// Files a request and sends its email. If a request for the same is pending on the same terms, it is returned with 200,
/// without a second email; on other terms (`level`, `until`, `message`, `resources`) the answer is 409.
#[utoipa::path(
    post, path = "/api/bundle_permission_request/",
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 200 printable characters; the answer is stored for a day")
    ),
    request_body = NewRequestBody,
    responses(
        (status = 201, body = RequestBody, headers(("Location" = String, description = "its resource_uri"))),
        (status = 200, description = "It was pending already", body = RequestBody),
        (status = 409, description = "It is pending on other terms; or the same Idempotency-Key is being answered", body = PendingBody,
            headers(("Retry-After" = i64, description = "seconds, where the Idempotency-Key is being answered"))),
        Unread, Reused, Denied
    )
)]
pub(super) async fn post(call: Call, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let (body, bytes) = call.json::<NewRequestBody>(payload, false).await?;
    let filing = body.filing(&call)?;
    let once = call.once(&bytes)?;
    let (config, base) = (call.config.clone().into_inner(), call.base());
    // The named app matters only for its list of redeem URLs.
    let client = match call.app().filter(|_| filing.redeem_url.is_some()) {
        Some(name) => call.read(move |tx, _| Ok(crate::auth::app_named(tx, &name)?)).await?,
        None => None,
    };
    let caller = Caller { client: client.or(call.caller.client), ..call.caller.clone() };
    let command = FileRequest { config, caller, filing, renews: None };
    let answer = move |filed: Filed| {
        let body = RequestBody::of(&base, filed.view, filed.at);
        made(filed.is_new, body.location(), &body)
    };
    let filed = match once {
        None => answer(call.execute(command).await?.map_err(|error| call.refuse(error))?).0,
        Some(once) => {
            call.write(move |tx, _| idempotency::once_if_done(tx, Some(&once), |tx| Ok(answer(command.run(tx)??)))).await?
        }
    };
    Ok(reply(filed))
}

/// The id in a path; 404 for a number that is too large.
pub(super) fn id_of(text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::nothing_here())
}

/// A request by its id.
pub(super) async fn get(call: Call, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = RequestId(id_of(&id)?);
    let waits = call.request.app_data::<Data<Waits>>().ok_or_else(Problem::mistake)?.clone().into_inner();
    let read = || {
        call.read(move |tx, caller| {
            let found = view::find(tx, caller, id)?;
            if found.state == RequestState::Withdrawn {
                // Withdrawn requests count as deleted; lists omit them too.
                return Err(WorkflowError::NotFound(What::Request));
            }
            Ok((view::load(tx, caller, &found)?, tx.now()))
        })
    };
    let is_decided = |(view, now): &(RequestView, DateTime<Utc>)| view.request.state_at(*now) != RequestState::Pending;
    let waiting = waits.until(&call.store, (&call.request, &call.caller), Topic::Request(id), is_decided, read);
    let ((view, now), waited) = waiting.await?;
    let mut response = HttpResponse::Ok();
    if let Some(wait) = waited {
        response.insert_header(("Preference-Applied", format!("wait={}", wait.as_secs())));
    }
    Ok(response.json(RequestBody::of(&call.base(), view, now)))
}

/// A number is never a token, so it cannot be redeemed; and a token cannot delete.
pub(super) async fn absent(_: Call) -> Result<HttpResponse, Problem> {
    Err(Problem::nothing_here())
}

/// Ends a pending request by its id: its requester withdraws it, its approver declines it, an administrator cancels it.
#[utoipa::path(
    delete, path = "/api/bundle_permission_request/{key}/",
    params(("key" = i64, Path, example = 1, description = "the id in its resource_uri")),
    responses(
        (status = 204, description = "Ended; its links say so"),
        (status = 404, description = "No such request, or not visible to the caller"),
        (status = 410, description = "It has ended in another way", body = ClosedBody),
        Denied
    )
)]
pub(super) async fn delete(call: Call, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = RequestId(id_of(&id)?);
    call.write(move |tx, caller| withdraw::delete(tx, caller, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// No members, or those of the request as it was read.
#[derive(Deserialize)]
struct ResendBody {}

strict_body!(ResendBody: Members::default().and_of::<RequestBody>().and(ORIGINAL));

/// Sends the email again with a new link. Earlier links stay valid. At most once in ten minutes and five times a request.
#[utoipa::path(
    post, path = "/api/bundle_permission_request/{key}/resend/",
    params(
        ("key" = i64, Path, example = 1, description = "the id in its resource_uri"),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    responses(
        (status = 200, body = RequestBody),
        (status = 404, description = "No such request, or not visible to the caller"),
        (status = 410, description = "It has ended", body = ClosedBody),
        Unread, Repeated, Denied
    )
)]
pub(super) async fn resend(call: Call, id: web::Path<String>, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let id = RequestId(id_of(&id)?);
    let (ResendBody {}, bytes) = call.json(payload, true).await?;
    let once = call.once(&bytes)?;
    let base = call.base();
    let sent = call.write(move |tx, caller| {
        idempotency::once(tx, once.as_ref(), |tx| {
            let again = resend::resend(tx, caller, id)?;
            let view = view::load(tx, caller, &again)?;
            Ok::<Answer, WorkflowError>(answer(200, None, &RequestBody::of(&base, view, tx.now())))
        })
    });
    Ok(reply(sent.await?))
}
