//! `search/…`: who may, to what, and what.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::Call;
use super::paging::{Page, PageBody};
use super::problem::{Denied, Problem, Unread};
use super::wire::{self, ActionBody, Entity, Ignored, Wanted};
use crate::http::json_body::RequestBody;
use crate::workflow::access::{self, Found};

/// Who may do that to the resource?
#[derive(Deserialize, ToSchema)]
#[schema(as = AuthzenSubjectSearch)]
pub(super) struct SubjectSearch {
    /// Passed over.
    #[serde(rename = "context")]
    #[schema(value_type = Option<serde_json::Value>)]
    _context: Option<Ignored>,
    /// An `id` is passed over.
    subject: Wanted,
    action: ActionBody,
    resource: Entity,
    page: Option<PageBody>,
}

impl RequestBody for SubjectSearch {}

/// To what may the subject do that?
#[derive(Deserialize, ToSchema)]
#[schema(as = AuthzenResourceSearch)]
pub(super) struct ResourceSearch {
    /// Passed over.
    #[serde(rename = "context")]
    #[schema(value_type = Option<serde_json::Value>)]
    _context: Option<Ignored>,
    subject: Entity,
    action: ActionBody,
    /// An `id` is passed over.
    resource: Wanted,
    page: Option<PageBody>,
}

impl RequestBody for ResourceSearch {}

/// What may the subject do to the resource?
#[derive(Deserialize, ToSchema)]
#[schema(as = AuthzenActionSearch)]
pub(super) struct ActionSearch {
    /// Passed over.
    #[serde(rename = "context")]
    #[schema(value_type = Option<serde_json::Value>)]
    _context: Option<Ignored>,
    subject: Entity,
    resource: Entity,
    page: Option<PageBody>,
}

impl RequestBody for ActionSearch {}

/// Where a list goes on.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthzenNextPage)]
pub(super) struct NextPage {
    /// The next request's `page.token`; empty: that was all.
    next_token: String,
    /// How many there are in this part.
    count: usize,
}

/// What was found.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthzenResults)]
pub(super) struct Results<T> {
    page: NextPage,
    results: Vec<T>,
}

/// Somebody or something.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthzenFoundEntity)]
pub(super) struct FoundEntity {
    r#type: String,
    id: String,
}

/// Something to do.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthzenFoundAction)]
pub(super) struct FoundAction {
    name: String,
}

/// The subjects of a type that may do that to the resource now: people in groups that may are among them.
#[utoipa::path(
    post, path = "/access/v1/search/subject",
    params(("X-Request-ID" = Option<String>, Header, description = "comes back in the answer")),
    request_body = SubjectSearch,
    responses((status = 200, body = Results<FoundEntity>), Unread, Denied)
)]
pub(super) async fn subjects(call: Call, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let asked = call.question(payload, |body: SubjectSearch, json| {
        Ok((Page::read(body.page, json)?, body.subject.kind, body.action, body.resource))
    });
    let (page, kind, action, resource) = asked.await?;
    let (level, resource) = (action.level(&call.config.authzen.actions), resource.into());
    let (wanted, part) = (kind.clone(), page.part());
    let found = call.read(move |tx, caller| access::subjects(tx, caller, &wanted, level, &resource, part)).await?;
    Ok(listed(&kind, found, &page))
}

/// The resources of a type to which the subject may do that now.
#[utoipa::path(
    post, path = "/access/v1/search/resource",
    params(("X-Request-ID" = Option<String>, Header, description = "comes back in the answer")),
    request_body = ResourceSearch,
    responses((status = 200, body = Results<FoundEntity>), Unread, Denied)
)]
pub(super) async fn resources(call: Call, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let asked = call.question(payload, |body: ResourceSearch, json| {
        Ok((Page::read(body.page, json)?, body.subject, body.action, body.resource.kind))
    });
    let (page, subject, action, kind) = asked.await?;
    let (level, subject) = (action.level(&call.config.authzen.actions), subject.into());
    let (wanted, part) = (kind.clone(), page.part());
    let found = call.read(move |tx, caller| access::resources(tx, caller, &subject, level, &wanted, part)).await?;
    Ok(listed(&kind, found, &page))
}

/// The actions that the subject may do to the resource now: all names of the levels that it holds.
#[utoipa::path(
    post, path = "/access/v1/search/action",
    params(("X-Request-ID" = Option<String>, Header, description = "comes back in the answer")),
    request_body = ActionSearch,
    responses((status = 200, body = Results<FoundAction>), Unread, Denied)
)]
pub(super) async fn actions(call: Call, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let asked = call.question(payload, |body: ActionSearch, json| {
        Ok((Page::read(body.page, json)?, body.subject.into(), body.resource.into()))
    });
    let (page, subject, resource) = asked.await?;
    let level = call.read(move |tx, caller| access::level(tx, caller, &subject, &resource)).await?;
    let names = wire::actions_up_to(level, &call.config.authzen.actions);
    let part = page.part();
    let passed = usize::try_from(part.after).unwrap_or_default().min(names.len());
    let results: Vec<_> =
        names.iter().skip(passed).take(part.most).map(|name| FoundAction { name: (*name).to_owned() }).collect();
    let end = passed + results.len();
    let next = i64::try_from(end).ok().filter(|_| end < names.len());
    Ok(answer(results, next, &page))
}

fn listed(kind: &str, found: Found, page: &Page) -> HttpResponse {
    let results = found.ids.into_iter().map(|id| FoundEntity { r#type: kind.to_owned(), id });
    answer(results.collect(), found.next, page)
}

fn answer<T: Serialize>(results: Vec<T>, next: Option<i64>, page: &Page) -> HttpResponse {
    let next_token = next.map(|after| page.token(after)).unwrap_or_default();
    HttpResponse::Ok().json(Results { page: NextPage { next_token, count: results.len() }, results })
}
