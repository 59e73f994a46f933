//! `search/…`: who may, to what, and what.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::call::{Call, House};
use super::paging::{Page, PageBody};
use super::problem::{Denied, Problem};
use super::wire::{self, ActionBody, Entity, Wanted};
use crate::workflow::access::{self, Found};

/// Who may do that to the resource?
#[derive(ToSchema)]
#[schema(as = AuthzenSubjectSearch)]
#[expect(dead_code, reason = "the description's")]
pub(super) struct SubjectSearch {
    /// An `id` is passed over.
    subject: Wanted,
    action: ActionBody,
    resource: Entity,
    context: Option<serde_json::Value>,
    page: Option<PageBody>,
}

/// To what may the subject do that?
#[derive(ToSchema)]
#[schema(as = AuthzenResourceSearch)]
#[expect(dead_code, reason = "the description's")]
pub(super) struct ResourceSearch {
    subject: Entity,
    action: ActionBody,
    /// An `id` is passed over.
    resource: Wanted,
    context: Option<serde_json::Value>,
    page: Option<PageBody>,
}

/// What may the subject do to the resource?
#[derive(ToSchema)]
#[schema(as = AuthzenActionSearch)]
#[expect(dead_code, reason = "the description's")]
pub(super) struct ActionSearch {
    subject: Entity,
    resource: Entity,
    context: Option<serde_json::Value>,
    page: Option<PageBody>,
}

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
    post,
    path = "/access/v1/search/subject",
    tag = "AuthZEN",
    params(("X-Request-ID" = Option<String>, Header, description = "comes back in the answer")),
    request_body = SubjectSearch,
    responses((status = 200, body = Results<FoundEntity>), Denied)
)]
pub(super) async fn subjects(request: HttpRequest, payload: web::Payload, house: House) -> Result<HttpResponse, Problem> {
    let call = Call::new(request, house);
    let asked = call.body(payload, |body| {
        wire::object_of(body, "context")?;
        let kind = wire::kind(body, "subject")?;
        let action = wire::action(body)?.ok_or_else(|| wire::missing("action"))?;
        let resource = wire::entity(body, "resource")?.ok_or_else(|| wire::missing("resource"))?;
        let level = wire::level_of(action, &call.config().authzen.actions);
        Ok((kind, level, resource, Page::read(body)?))
    });
    let (kind, level, resource, page) = asked.await?;
    let (wanted, part) = (kind.clone(), page.part());
    let found = call.read(move |tx, caller| access::subjects(tx, caller, &wanted, level, &resource, part)).await?;
    Ok(listed(&kind, found, &page))
}

/// The resources of a type to which the subject may do that now.
#[utoipa::path(
    post,
    path = "/access/v1/search/resource",
    tag = "AuthZEN",
    params(("X-Request-ID" = Option<String>, Header, description = "comes back in the answer")),
    request_body = ResourceSearch,
    responses((status = 200, body = Results<FoundEntity>), Denied)
)]
pub(super) async fn resources(request: HttpRequest, payload: web::Payload, house: House) -> Result<HttpResponse, Problem> {
    let call = Call::new(request, house);
    let asked = call.body(payload, |body| {
        wire::object_of(body, "context")?;
        let subject = wire::entity(body, "subject")?.ok_or_else(|| wire::missing("subject"))?;
        let action = wire::action(body)?.ok_or_else(|| wire::missing("action"))?;
        let kind = wire::kind(body, "resource")?;
        let level = wire::level_of(action, &call.config().authzen.actions);
        Ok((subject, level, kind, Page::read(body)?))
    });
    let (subject, level, kind, page) = asked.await?;
    let (wanted, part) = (kind.clone(), page.part());
    let found = call.read(move |tx, caller| access::resources(tx, caller, &subject, level, &wanted, part)).await?;
    Ok(listed(&kind, found, &page))
}

/// The actions that the subject may do to the resource now: all names of the levels that it holds.
#[utoipa::path(
    post,
    path = "/access/v1/search/action",
    tag = "AuthZEN",
    params(("X-Request-ID" = Option<String>, Header, description = "comes back in the answer")),
    request_body = ActionSearch,
    responses((status = 200, body = Results<FoundAction>), Denied)
)]
pub(super) async fn actions(request: HttpRequest, payload: web::Payload, house: House) -> Result<HttpResponse, Problem> {
    let call = Call::new(request, house);
    let asked = call.body(payload, |body| {
        wire::object_of(body, "context")?;
        let subject = wire::entity(body, "subject")?.ok_or_else(|| wire::missing("subject"))?;
        let resource = wire::entity(body, "resource")?.ok_or_else(|| wire::missing("resource"))?;
        Ok((subject, resource, Page::read(body)?))
    });
    let (subject, resource, page) = asked.await?;
    let level = call.read(move |tx, caller| access::level(tx, caller, &subject, &resource)).await?;
    let names = wire::actions_up_to(level, &call.config().authzen.actions);
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
