//! A resource of an API: its methods, OPTIONS, and 405 for other methods.

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, Resource, Route, web};

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
