//! HTTP as all APIs and pages share it: bodies, queries, conditional requests, caching, rate limits and the instance's own
//! addresses. Nothing here belongs to one API.

pub mod authorization;
pub mod base_path;
pub mod body;
pub mod call;
pub mod conditional;
pub mod form;
pub mod host;
pub mod json;
pub mod json_body;
pub mod oauth;
pub mod problem;
pub mod query;
pub mod rate_limit;
pub mod read_only_route;
pub mod resource;
pub mod unknown_members;
