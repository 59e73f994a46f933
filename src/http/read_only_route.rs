//! Read-only paths outside the APIs: GET and HEAD, and 405 for other methods.

use actix_web::http::header::ALLOW;
use actix_web::{FromRequest, Handler, HttpResponse, Resource, Responder, Route, guard, web};

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
