//! The HTTP parts shared by all APIs and pages: bodies, queries, conditional requests, rate limits and the instance's own
//! addresses.

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
pub mod request_id;
pub mod resource;
pub mod unknown_members;
pub mod wait;
