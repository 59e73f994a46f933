//! A path that is only looked at, with GET or HEAD, and is no API's own: any other method is told so.

use actix_web::http::header::ALLOW;
use actix_web::{FromRequest, Handler, HttpResponse, Resource, Responder, web};

/// The path.
pub fn at<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let other = || async { HttpResponse::MethodNotAllowed().insert_header((ALLOW, "GET,HEAD")).finish() };
    web::resource(path).route(web::get().to(handler.clone())).route(web::head().to(handler)).default_service(web::to(other))
}
