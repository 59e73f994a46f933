//! `bundle_permission_request`: filing, listing, and what is done by `resource_uri`. What is done by token is in
//! `tokens.rs`.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, web};

use super::call::{Call, answer, made, object, reply};
use super::extract::Fields;
use super::filters::Listing;
use super::problem::{ClosedBody, Denied, ErrorBody, Kept, Limited, PendingBody, Problem, Sent};
use super::schema::{BUNDLE_PERMISSION_REQUEST, ORIGINAL};
use super::wire::{List, RequestBody};
use crate::domain::{Caller, RequestId, RequestState};
use crate::http::json::Object;
use crate::http::unknown_members::Members;
use crate::store::batch::Command;
use crate::workflow::idempotency::{self, Answer};
use crate::workflow::requests::file::{FileRequest, Filed};
use crate::workflow::requests::{file, resend, view, withdraw};
use crate::workflow::{What, WorkflowError};

/// Those that the caller asks for, decides, gains by, or filed as an app. By id; withdrawn ones are left out.
#[utoipa::path(
    get,
    path = "/api/bundle_permission_request/",
    tag = "Hexoskin",
    params(("limit" = Option<i64>, Query, description = "20; 0 and more than 1000 are 1000"), ("offset" = Option<i64>, Query)),
    responses((status = 200, body = List<RequestBody>), (status = 400, body = ErrorBody), Denied)
)]
pub(super) async fn list(call: Call, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let listing = Listing::of(&request, &BUNDLE_PERMISSION_REQUEST)?;
    let page = listing.page;
    let read = call.read(move |tx, caller| Ok((view::list(tx, caller, page)?, tx.now()))).await;
    let (slice, now) = read.map_err(|refusal| call.refuse(refusal))?;
    Ok(HttpResponse::Ok().json(List::of(slice.map(|told| RequestBody::of(&call.base(), told, now)), &listing)))
}

/// What is sent to file a request.
#[derive(utoipa::ToSchema)]
#[schema(as = NewBundlePermissionRequest)]
#[expect(dead_code, reason = "the description's; what is read is read member by member")]
pub(super) struct NewRequestBody {
    /// Who gets the email and decides: URI, URL, id, or an address, known or not.
    #[schema(example = "bob@example.org")]
    user_target: String,
    /// Who gains access, in the same forms.
    #[schema(example = "/api/user/1/")]
    user_allowed: String,
    /// URI, URL or id.
    #[schema(example = "/api/bundle/1/")]
    bundle: String,
    /// Where the email's link leads (`?token=` is added): on the key's list, https, or http to this machine. Else our page.
    redeem_url: Option<String>,
    /// Seconds within which it may be decided: 60 to `request.max_ttl`.
    ttl: Option<i64>,
    /// view, edit or contribute; else the bundle's.
    level: Option<String>,
    /// A word with it: at most 1000 characters.
    message: Option<String>,
    /// When the access shall end: a moment (RFC 3339), or an integer, seconds after the decision. Else never.
    until: Option<String>,
    /// Some of the bundle's resources, by URI; else the whole bundle.
    resources: Option<Vec<String>>,
}

/// Files a request and has its email sent. The same one on the same terms is found while it is pending: 200, and no second
/// email. On other terms (`level`, `until`, `message`, `resources`) it is 409.
#[utoipa::path(
    post,
    path = "/api/bundle_permission_request/",
    tag = "Hexoskin",
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 200 printable characters: the answer is kept a day")),
    request_body = NewRequestBody,
    responses(
        (status = 201, body = RequestBody, headers(("Location" = String, description = "its resource_uri"))),
        (status = 200, description = "It was pending already", body = RequestBody),
        (status = 409, description = "It is pending on other terms; or the same Idempotency-Key is being answered", body = PendingBody),
        Sent,
        Kept,
        Denied,
        Limited
    )
)]
pub(super) async fn post(call: Call, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let body = call.body(&request, payload).await?;
    let filing = read(&call, &body)?;
    let once = call.once(&request, &body)?;
    let (config, app, base) = (call.config.clone().into_inner(), call.app.clone(), call.base());
    // The app that is named matters only where its list of redeem_urls does.
    let app = match app.filter(|_| filing.redeem_url.is_some()) {
        Some(name) => {
            call.read(move |tx, _| Ok(crate::auth::app_named(tx, &name)?)).await.map_err(|refusal| call.refuse(refusal))?
        }
        None => None,
    };
    let caller = Caller { app: app.or(call.caller.app), ..call.caller.clone() };
    let command = FileRequest { config, caller, filing, renews: None };
    let answer = move |filed: Filed| {
        let body = RequestBody::of(&base, filed.view, filed.at);
        made(filed.is_new, body.location(), &body)
    };
    let filed = match once {
        None => call.execute(command).await.and_then(|filed| filed).map(|filed| answer(filed).0),
        Some(once) => {
            call.write(move |tx, _| idempotency::once_if_done(tx, Some(&once), |tx| Ok(answer(command.run(tx)??)))).await
        }
    };
    let filed = filed.map_err(|refusal| call.refuse(refusal))?;
    call.wake();
    Ok(reply(filed))
}

static FILED: LazyLock<Members> = LazyLock::new(|| Members::read::<NewRequestBody>().and_of::<RequestBody>().and(ORIGINAL));

fn read(call: &Call, body: &[u8]) -> Result<file::Filing, Problem> {
    let object = object(body)?;
    let fields = Fields { object: &object, hosts: &call.hosts, config: &call.config };
    fields.only(&FILED)?;
    Ok(file::Filing {
        target: fields.user("user_target")?,
        allowed: fields.user("user_allowed")?,
        bundle: fields.bundle()?,
        level: fields.level()?,
        message: fields.text("message")?.map(str::to_owned),
        redeem_url: fields.text("redeem_url")?.map(str::to_owned).filter(|url| !url.is_empty()),
        ttl: fields.seconds("ttl")?,
        until: fields.until()?,
        resources: fields.texts("resources")?,
    })
}

/// A path's id; more digits than an id has name nothing.
pub(super) fn id_of(text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// By number.
pub(super) async fn get(call: Call, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = RequestId(id_of(&id)?);
    let read = call.read(move |tx, caller| {
        let found = view::find(tx, caller, id)?;
        if found.state == RequestState::Withdrawn {
            // Whoever withdrew it deleted it; lists pass over it too.
            return Err(WorkflowError::NotFound(What::Request));
        }
        Ok((view::tell(tx, caller, found)?, tx.now()))
    });
    let (told, now) = read.await.map_err(|refusal| call.refuse(refusal))?;
    Ok(HttpResponse::Ok().json(RequestBody::of(&call.base(), told, now)))
}

/// A token is never all digits, so a number redeems nothing; and a token deletes nothing.
pub(super) async fn absent(_: Call) -> Result<HttpResponse, Problem> {
    Err(Problem::not_found())
}

/// Takes a pending request back: who asked withdraws it, its approver declines it, an admin cancels it. By number.
#[utoipa::path(
    delete,
    path = "/api/bundle_permission_request/{key}/",
    tag = "Hexoskin",
    params(("key" = i64, Path, example = 1, description = "the number in its resource_uri")),
    responses(
        (status = 204, description = "It is gone; its links say so"),
        (status = 404, description = "No such request, or nothing to the caller"),
        (status = 410, description = "It has ended otherwise", body = ClosedBody),
        Denied
    )
)]
pub(super) async fn delete(call: Call, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = RequestId(id_of(&id)?);
    let deleted = call.write(move |tx, caller| withdraw::delete(tx, caller, id)).await;
    deleted.map_err(|refusal| call.refuse(refusal))?;
    call.wake();
    Ok(HttpResponse::NoContent().finish())
}

/// Nothing but the request itself, as it was read.
static RESENT: LazyLock<Members> = LazyLock::new(|| Members::default().and_of::<RequestBody>().and(ORIGINAL));

/// Has the email sent once more, with a link of its own; the old ones stay good. At most once in ten minutes, five times in
/// all.
#[utoipa::path(
    post,
    path = "/api/bundle_permission_request/{key}/resend/",
    tag = "Hexoskin",
    params(("key" = i64, Path, example = 1, description = "the number in its resource_uri"), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 200, body = RequestBody),
        (status = 404, description = "No such request, or nothing to the caller"),
        (status = 410, description = "It has ended", body = ClosedBody),
        Sent,
        Kept,
        Denied,
        Limited
    )
)]
pub(super) async fn resend(
    call: Call,
    request: HttpRequest,
    id: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let id = RequestId(id_of(&id)?);
    let body = call.body(&request, payload).await?;
    let object = if body.is_empty() { Object::default() } else { object(&body)? };
    Fields { object: &object, hosts: &call.hosts, config: &call.config }.only(&RESENT)?;
    let once = call.once(&request, &body)?;
    let base = call.base();
    let sent = call.write(move |tx, caller| {
        idempotency::once(tx, once.as_ref(), |tx| {
            let again = resend::resend(tx, caller, id)?;
            let told = view::tell(tx, caller, again)?;
            Ok::<Answer, WorkflowError>(answer(200, None, &RequestBody::of(&base, told, tx.now())))
        })
    });
    let sent = sent.await.map_err(|refusal| call.refuse(refusal))?;
    call.wake();
    Ok(reply(sent))
}
