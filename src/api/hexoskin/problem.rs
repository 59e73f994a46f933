//! Error responses: in the formats and words of Tastypie where clients depend on them, otherwise in ours.

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE};
use actix_web::{HttpResponse, HttpResponseBuilder};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::{Ref, RefOr, Schema};

use super::types::{Moment, Uri};
use crate::http::base_path::Base;
use crate::http::json_body::{BadMember, BadValue};
use crate::http::problem::{self, Api};
use crate::http::request_id;
use crate::workflow::WorkflowError;

const TEXT: &str = "text/html; charset=utf-8";

/// Hexoskin's API.
#[derive(Debug)]
pub(super) struct Hexoskin;

pub(super) type Problem = problem::Problem<Hexoskin>;
pub(super) type Denied = problem::Denied<Hexoskin>;
pub(super) type Repeated = problem::Repeated<Hexoskin>;
pub(super) type Reused = problem::Reused<Hexoskin>;
pub(super) type Unread = problem::Unread<Hexoskin>;

/// The error for programs, beside the words of the original.
#[derive(Serialize, ToSchema)]
pub(super) struct Mark {
    /// What is wrong, as a stable word.
    #[schema(example = "invalid")]
    code: &'static str,
    /// The parameter or the member of the body that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Our id of the request, which is also in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

/// An error.
#[derive(Serialize, ToSchema)]
pub(super) struct ErrorBody {
    /// What is wrong, and what to do; `&`, `<` and `>` are escaped as in HTML.
    error: String,
    #[serde(flatten)]
    mark: Mark,
}

/// An error, with the state of the request.
#[derive(Serialize, ToSchema)]
pub(super) struct ClosedBody {
    /// What happened.
    error: String,
    /// `approved`, `declined`, `withdrawn`, `expired`, `cancelled` or `failed`, or why the token is invalid: `new_decider`,
    /// `address_changed` or `restored`.
    #[schema(example = "approved")]
    state: &'static str,
    #[serde(flatten)]
    mark: Mark,
}

/// A request for the same thing is pending on other terms.
#[derive(Serialize, ToSchema)]
pub(super) struct PendingBody {
    /// What is pending, and which terms differ.
    error: String,
    /// The pending request; missing for callers that may not read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/api/bundle_permission_request/12/")]
    resource_uri: Option<String>,
    /// When the pending request ends, if nobody answers; missing while the same Idempotency-Key is being answered.
    #[schema(value_type = Option<String>, example = "2026-12-08T12:00:00Z")]
    ends_at: Moment,
    #[serde(flatten)]
    mark: Mark,
}

/// The error for a media type, in the format of Tastypie.
#[derive(Serialize, ToSchema)]
pub(super) struct MediaTypeBody {
    error_message: String,
    #[serde(flatten)]
    mark: Mark,
}

/// The error for an unreadable body: of Tastypie for the media type, otherwise ours.
#[derive(Serialize, ToSchema)]
#[schema(as = Unread)]
#[serde(untagged)]
pub(super) enum UnreadBody {
    Format(MediaTypeBody),
    Packed(ErrorBody),
}

/// The form of the body of an error.
#[derive(Debug, Default)]
pub(super) enum Form {
    /// An [`ErrorBody`].
    #[default]
    Plain,
    /// A [`ClosedBody`] with this state.
    Closed(&'static str),
    /// A [`PendingBody`] with this request and its end.
    Pending(Option<String>, DateTime<Utc>),
    /// A [`MediaTypeBody`].
    MediaType,
}

impl Api for Hexoskin {
    type Detail = Form;
    type Body = ErrorBody;
    const CHALLENGE: &'static str = "Basic Realm=\"Countersign\"";
    const NOTHING_HERE: &'static str = "";

    fn refused(error: &WorkflowError, base: &Base, problem: Problem) -> Problem {
        match error {
            WorkflowError::Unknown { field, value, hint: _ } => {
                let resource = if *field == "bundle" { "bundle" } else { "user" };
                // For an id in any format, the value is "user 7"; an address stays as it is.
                let id = value.rsplit(' ').next().and_then(|id| id.parse().ok());
                let uri = id.map_or_else(|| value.clone(), |id| Uri(base.clone(), resource, id).to_string());
                unknown(resource, &uri).in_field(*field)
            }
            WorkflowError::Closed(closed) => Problem { detail: Form::Closed(closed.as_str()), ..problem },
            WorkflowError::OtherTerms { pending, ends_at, .. } => {
                let uri = pending.map(|id| Uri(base.clone(), "bundle_permission_request", id.0).to_string());
                Problem { detail: Form::Pending(uri, *ends_at), ..problem }
            }
            _ => problem,
        }
    }

    fn bad_member(BadMember { path, problem }: &BadMember) -> Problem {
        Problem::bad(match problem {
            BadValue::Missing | BadValue::Null(_) => {
                format!("The '{path}' field has no data and doesn't allow a default or null value.")
            }
            BadValue::Kind(wanted, given) => format!("The '{path}' field takes {wanted}, not {given}."),
            BadValue::Word(_, words) => format!("The '{path}' field is one of {}.", words.join(", ")),
            BadValue::Other(problem) => format!("The '{path}' field {problem}"),
        })
    }

    fn not_allowed(_: &str) -> String {
        String::new()
    }

    /// As in Tastypie, the body lists the allowed methods.
    fn options(allow: &'static str) -> HttpResponse {
        HttpResponse::Ok().insert_header((ALLOW, allow)).insert_header((CONTENT_TYPE, TEXT)).body(allow)
    }

    /// As in Tastypie, a 401, 404 or 405 has no JSON.
    fn respond(problem: &Problem, mut response: HttpResponseBuilder) -> HttpResponse {
        match (problem.status, problem.header.as_deref()) {
            (StatusCode::METHOD_NOT_ALLOWED, Some((_, allow))) => {
                return response.insert_header((CONTENT_TYPE, TEXT)).body(allow.clone());
            }
            (StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND, _) => {
                return response.insert_header((CONTENT_TYPE, TEXT)).finish();
            }
            _ => {}
        }
        let error = escaped(&problem.message);
        let request_id = request_id::current().map(|id| id.to_string());
        let mark = Mark { code: problem.code, field: problem.field.clone(), request_id };
        match &problem.detail {
            Form::Plain if problem.status == StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                response.json(UnreadBody::Packed(ErrorBody { error, mark }))
            }
            Form::Plain => response.json(ErrorBody { error, mark }),
            Form::Closed(state) => response.json(ClosedBody { error, state, mark }),
            Form::Pending(uri, ends_at) => {
                response.json(PendingBody { error, resource_uri: uri.clone(), ends_at: Moment(*ends_at), mark })
            }
            Form::MediaType => response.json(UnreadBody::Format(MediaTypeBody { error_message: error, mark })),
        }
    }

    fn schema(status: u16) -> Option<RefOr<Schema>> {
        match status {
            401 => None,
            415 => Some(Ref::from_schema_name(UnreadBody::name()).into()),
            _ => Some(Ref::from_schema_name(ErrorBody::name()).into()),
        }
    }
}

/// A reference to nothing, in the words of Tastypie.
pub(super) fn unknown(resource: &str, uri: &str) -> Problem {
    let text = format_args!("Could not find the provided {resource} object via resource URI '{uri}'.");
    Problem { code: "unknown_reference", ..Problem::bad(text) }
}

/// 415, in the words of Tastypie.
pub(super) fn media_type(given: &str) -> Problem {
    let text = format!("The format indicated '{given}' had no available deserialization method. Send application/json.");
    Problem { detail: Form::MediaType, ..Problem::unsupported(text) }
}

/// As in Tastypie: errors can quote the call, and a browser may show them.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_its_status_and_its_words() {
        insta::assert_snapshot!(problem::table::<Hexoskin>(), @r#"
        401 www-authenticate: Basic Realm="Countersign" content-type: text/html; charset=utf-8
        404 content-type: text/html; charset=utf-8
        404 content-type: text/html; charset=utf-8
        400 {"error":"Could not find the provided bundle object via resource URI '/api/bundle/7/'.","code":"unknown_reference","field":"bundle"}
        400 {"error":"Could not find the provided user object via resource URI 'a@x.org'.","code":"unknown_reference","field":"with"}
        400 {"error":"of: &lt;60","code":"invalid","field":"of"}
        400 {"error":"reshare: no such rights","code":"invalid","field":"reshare"}
        400 {"error":"starts_at: too early","code":"invalid","field":"starts_at"}
        400 {"error":"ends_at: too late","code":"invalid","field":"ends_at"}
        400 {"error":"attributes: too long","code":"invalid","field":"attributes"}
        400 {"error":"limit: too many","code":"invalid","field":"limit"}
        403 {"error":"this is for administrators","code":"forbidden"}
        403 {"error":"this key has not the scope `grants`; make one with `countersign key add --scope grants`","code":"missing_scope"}
        410 {"error":"this request was cancelled, since what it was about is no longer there","state":"cancelled","code":"closed"}
        410 {"error":"this link is from before a restored backup; ask for a fresh one","state":"restored","code":"closed"}
        429 retry-after: 2 {"error":"the email is sent again at most every ten minutes; try again after 1970-01-01 00:00:02 UTC","code":"rate_limited"}
        429 retry-after: 1 {"error":"the email is sent again at most every ten minutes; try again after 1970-01-01 00:00:01 UTC","code":"rate_limited"}
        422 {"error":"this Idempotency-Key was used for another request; use a new key for each thing you want done","code":"idempotency_key_reused"}
        409 retry-after: 1 {"error":"a request with this Idempotency-Key is being answered now; ask again in a second","code":"idempotency_key_in_use"}
        409 {"error":"it was changed meanwhile; read it again, and change what is there now","code":"changed_meanwhile"}
        409 {"error":"a request for this is pending until 1970-01-01 00:00:02 UTC; wait for its answer or withdraw it, then ask again","ends_at":"1970-01-01T00:00:02.500Z","code":"pending_on_other_terms"}
        409 {"error":"a request for this is pending until 1970-01-01 00:00:02 UTC; wait for its answer or withdraw it, then ask again","resource_uri":"/api/bundle_permission_request/12/","ends_at":"1970-01-01T00:00:02.500Z","code":"pending_on_other_terms"}
        409 {"error":"uri: a@x.org is taken","code":"taken","field":"uri"}
        503 retry-after: 1 {"error":"the database has more work waiting than limits.write_queue and database.connections allow; try again shortly","code":"unavailable"}
        503 retry-after: 2 {"error":"not now: something this needs is away; try again shortly","code":"unavailable"}
        503 retry-after: 2 {"error":"not now: something this needs is away; try again shortly","code":"unavailable"}
        500 {"error":"Sorry, this request could not be processed. Please try again later.","code":"internal_error"}
        500 {"error":"Sorry, this request could not be processed. Please try again later.","code":"internal_error"}
        503 retry-after: 2 {"error":"not now: something this needs is away; try again shortly","code":"unavailable"}
        401 www-authenticate: Basic Realm="Countersign" content-type: text/html; charset=utf-8
        401 www-authenticate: Basic Realm="Countersign" content-type: text/html; charset=utf-8
        429 retry-after: 60 {"error":"too many wrong tries; try again after 00:01:01 UTC","code":"rate_limited"}
        503 retry-after: 1 {"error":"too many sign-ins at once; try again shortly","code":"unavailable"}
        503 retry-after: 1 {"error":"the database has more work waiting than limits.write_queue and database.connections allow; try again shortly","code":"unavailable"}
        503 retry-after: 2 {"error":"not now: something this needs is away; try again shortly","code":"unavailable"}
        413 {"error":"the body is too large: at most 9 bytes","code":"too_large"}
        400 {"error":"there are two Authorization headers; send one","code":"invalid"}
        405 allow: GET,HEAD content-type: text/html; charset=utf-8 GET,HEAD
        "#);
    }
}
