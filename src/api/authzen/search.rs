//! `search/…`: finds subjects, resources and actions.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::paging::{Page, PageBody};
use super::problem::{Denied, Problem, Unread};
use super::state::State;
use super::wire::{self, ActionBody, Entity, Ignored, Wanted};
use crate::domain::Caller;
use crate::http::json_body::RequestBody;
use crate::store::Tx;
use crate::workflow::WorkflowError;
use crate::workflow::access::{self, Found, Part};

/// Who may do this to the resource?
#[derive(Deserialize, ToSchema)]
#[schema(as = AuthzenSubjectSearch)]
pub(super) struct SubjectSearch {
    /// Ignored.
    #[serde(rename = "context")]
    #[schema(value_type = Option<serde_json::Value>)]
    _context: Option<Ignored>,
    /// An `id` is ignored.
    subject: Wanted,
    action: ActionBody,
    resource: Entity,
    page: Option<PageBody>,
}

impl RequestBody for SubjectSearch {}

/// To which resources may the subject do this?
#[derive(Deserialize, ToSchema)]
#[schema(as = AuthzenResourceSearch)]
pub(super) struct ResourceSearch {
    /// Ignored.
    #[serde(rename = "context")]
    #[schema(value_type = Option<serde_json::Value>)]
    _context: Option<Ignored>,
    subject: Entity,
    action: ActionBody,
    /// An `id` is ignored.
    resource: Wanted,
    page: Option<PageBody>,
}

impl RequestBody for ResourceSearch {}

/// What may the subject do to the resource?
#[derive(Deserialize, ToSchema)]
#[schema(as = AuthzenActionSearch)]
pub(super) struct ActionSearch {
    /// Ignored.
    #[serde(rename = "context")]
    #[schema(value_type = Option<serde_json::Value>)]
    _context: Option<Ignored>,
    subject: Entity,
    resource: Entity,
    page: Option<PageBody>,
}

impl RequestBody for ActionSearch {}

/// The next page.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthzenNextPage)]
pub(super) struct NextPage {
    /// The `page.token` of the next request; empty on the last page.
    next_token: String,
    /// The number of results in this page.
    count: usize,
}

/// A page of results.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthzenResults)]
pub(super) struct Results<T> {
    page: NextPage,
    results: Vec<T>,
}

/// A subject or resource.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthzenFoundEntity)]
pub(super) struct FoundEntity {
    r#type: String,
    id: String,
}

/// An action.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthzenFoundAction)]
pub(super) struct FoundAction {
    name: String,
}

/// The subjects of a type that may do this to the resource now, including members of groups that may.
#[utoipa::path(
    post, path = "/access/v1/search/subject",
    params(("X-Request-ID" = Option<String>, Header, description = "returned in the response")),
    request_body = SubjectSearch,
    responses((status = 200, body = Results<FoundEntity>), Unread, Denied)
)]
pub(super) async fn subjects(state: State, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let asked = state.question(payload, |body: SubjectSearch, json| {
        Ok((Page::read(body.page, json)?, body.subject.kind, body.action, body.resource))
    });
    let (page, kind, action, resource) = asked.await?;
    let (level, resource) = (action.level(&state.config.authzen.actions), resource.into());
    found(&state, &page, kind, move |tx, caller, kind, part| access::subjects(tx, caller, kind, level, &resource, part)).await
}

/// The resources of a type to which the subject may do this now.
#[utoipa::path(
    post, path = "/access/v1/search/resource",
    params(("X-Request-ID" = Option<String>, Header, description = "returned in the response")),
    request_body = ResourceSearch,
    responses((status = 200, body = Results<FoundEntity>), Unread, Denied)
)]
pub(super) async fn resources(state: State, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let asked = state.question(payload, |body: ResourceSearch, json| {
        Ok((Page::read(body.page, json)?, body.subject, body.action, body.resource.kind))
    });
    let (page, subject, action, kind) = asked.await?;
    let (level, subject) = (action.level(&state.config.authzen.actions), subject.into());
    found(&state, &page, kind, move |tx, caller, kind, part| access::resources(tx, caller, &subject, level, kind, part)).await
}

/// The actions that the subject may do to the resource now: all names of its level and the lower ones.
#[utoipa::path(
    post, path = "/access/v1/search/action",
    params(("X-Request-ID" = Option<String>, Header, description = "returned in the response")),
    request_body = ActionSearch,
    responses((status = 200, body = Results<FoundAction>), Unread, Denied)
)]
pub(super) async fn actions(state: State, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let asked = state.question(payload, |body: ActionSearch, json| {
        Ok((Page::read(body.page, json)?, body.subject.into(), body.resource.into()))
    });
    let (page, subject, resource) = asked.await?;
    let level = state.read(move |tx, caller| access::level(tx, caller, &subject, &resource)).await?;
    let names = wire::actions_up_to(level, &state.config.authzen.actions);
    let part = page.part();
    let passed = usize::try_from(part.after).unwrap_or_default().min(names.len());
    let results: Vec<_> =
        names.iter().skip(passed).take(part.most).map(|name| FoundAction { name: (*name).to_owned() }).collect();
    let end = passed + results.len();
    let next = i64::try_from(end).ok().filter(|_| end < names.len());
    Ok(answer(results, next, &page))
}

/// Searches for entities of a kind, and answers with the page of them.
async fn found(
    state: &State,
    page: &Page,
    kind: String,
    search: impl Fn(&mut Tx<'_>, &Caller, &str, Part) -> Result<Found, WorkflowError> + Send + Sync + 'static,
) -> Result<HttpResponse, Problem> {
    let (wanted, part) = (kind.clone(), page.part());
    let found = state.read(move |tx, caller| search(tx, caller, &wanted, part)).await?;
    let results = found.ids.into_iter().map(|id| FoundEntity { r#type: kind.clone(), id });
    Ok(answer(results.collect(), found.next, page))
}

fn answer<T: Serialize>(results: Vec<T>, next: Option<i64>, page: &Page) -> HttpResponse {
    let next_token = next.map(|after| page.token(after)).unwrap_or_default();
    HttpResponse::Ok().json(Results { page: NextPage { next_token, count: results.len() }, results })
}
