//! The paths of this instance as its clients see them. A proxy may serve it below the path of `server.public_url` and strip
//! that path. Every path in a response includes it, and references are accepted with it and without.

use std::fmt;
use std::sync::Arc;

use actix_web::{HttpRequest, web};

use crate::config::Config;

/// The path of `public_url`, without a trailing slash; may be empty.
pub fn path_of(config: &Config) -> &str {
    config.server.public_url.path().trim_end_matches('/')
}

/// Strips the base path from a client's path, if it is there.
pub fn within<'a>(base: &str, path: &'a str) -> &'a str {
    path.strip_prefix(base).filter(|rest| rest.starts_with('/')).unwrap_or(path)
}

/// The prefix of all our paths: the path of `public_url`, without a trailing slash.
#[derive(Clone)]
pub struct Base(Arc<Config>);

impl Base {
    /// The base path of an instance.
    pub const fn new(config: Arc<Config>) -> Self {
        Self(config)
    }

    /// The base path of the instance that received the request.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        Some(Self::new(request.app_data::<web::Data<Config>>()?.clone().into_inner()))
    }

    /// The prefix; may be empty.
    pub fn as_str(&self) -> &str {
        path_of(&self.0)
    }

    /// Prefixes one of our paths for clients.
    pub fn to(&self, path: impl fmt::Display) -> String {
        format!("{self}{path}")
    }

    /// One of our paths as a whole URL.
    pub fn url(&self, path: impl fmt::Display) -> String {
        format!("{}{path}", self.0.server.public_url.as_str().trim_end_matches('/'))
    }

    /// Strips the base path from a client's path, if it is there.
    pub fn within<'a>(&self, path: &'a str) -> &'a str {
        within(self.as_str(), path)
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_what_stands_before_it_and_is_read_with_it_and_without() {
        let base = |url: &str| {
            let text = format!("[server]\npublic_url = {url:?}");
            Base::new(Arc::new(Config::build(Some(&text), []).unwrap()))
        };
        let (root, below) = (base("https://a.example"), base("https://a.example/access/"));
        assert_eq!((root.to("/api/"), below.to("/api/")), ("/api/".into(), "/access/api/".into()));
        for (base, path, meant) in [
            (&root, "/api/user/7/", "/api/user/7/"),
            (&below, "/access/api/user/7/", "/api/user/7/"),
            (&below, "/api/user/7/", "/api/user/7/"),
            (&below, "/accessible/api/user/7/", "/accessible/api/user/7/"),
        ] {
            assert_eq!(base.within(path), meant);
        }
    }
}
