//! Routes: the methods of a resource, OPTIONS, 404 and 405; and read-only paths outside the APIs.

use actix_web::http::Method;
use actix_web::http::header::ALLOW;
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder, Route, guard, web};

use super::problem::{Api, Problem};

/// The resource at `path`; `allow` lists its methods.
pub fn resource<A: Api>(path: &str, allow: &'static str, methods: Vec<Route>) -> Resource {
    let other = move |request: HttpRequest| async move {
        if request.method() == Method::OPTIONS { Ok(A::options(allow)) } else { Err(Problem::<A>::not_allowed(allow)) }
    };
    methods.into_iter().fold(web::resource(path), Resource::route).default_service(web::to(other))
}

/// 404, for unknown paths.
pub fn nothing<A: Api>() -> Route {
    web::to(|| async { Err::<HttpResponse, _>(Problem::<A>::nothing_here()) })
}

/// The path.
pub fn at<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let other = || async { HttpResponse::MethodNotAllowed().insert_header((ALLOW, "GET,HEAD")).finish() };
    web::resource(path).route(get().to(handler)).default_service(web::to(other))
}

/// A route that answers HEAD like GET, without the body (RFC 9110 §9.3.2), because monitors use HEAD.
pub(crate) fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}
