//! Error responses: in the formats and words of Tastypie where clients depend on them, otherwise in ours.

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::{Ref, RefOr, Schema};

use super::types::{Moment, Uri};
use crate::http::base_path::Base;
use crate::http::json_body::{BadMember, BadValue};
use crate::http::problem::{self, Api};
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

/// An error.
#[derive(Serialize, ToSchema)]
pub(super) struct ErrorBody {
    /// What is wrong, and what to do; `&`, `<` and `>` are escaped as in HTML.
    error: String,
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
}

/// A request for the same thing is pending on other terms.
#[derive(Serialize, ToSchema)]
pub(super) struct PendingBody {
    /// What is pending, and which terms differ.
    error: String,
    /// The pending request; missing for callers that may not read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "/api/bundle_permission_request/12/")]
    resource_uri: Option<Uri>,
    /// When the pending request ends, if nobody answers; missing while the same Idempotency-Key is being answered.
    #[schema(value_type = Option<String>, example = "2026-12-08T12:00:00Z")]
    ends_at: Moment,
}

/// The error for a media type, in the format of Tastypie.
#[derive(Serialize, ToSchema)]
pub(super) struct MediaTypeBody {
    error_message: String,
}

/// The error for an unreadable body: of Tastypie for the media type, otherwise ours.
#[derive(Serialize, ToSchema)]
#[schema(as = Unread)]
#[serde(untagged)]
pub(super) enum UnreadBody {
    Format(MediaTypeBody),
    Packed(ErrorBody),
}

impl Api for Hexoskin {
    /// The body, if it is not an [`ErrorBody`].
    type Detail = Option<String>;
    type Body = ErrorBody;
    const CHALLENGE: &'static str = "Basic Realm=\"Countersign\"";
    const NOTHING_HERE: &'static str = "";

    fn refused(error: &WorkflowError, base: &Base, problem: Problem) -> Problem {
        let text = escaped(&problem.message);
        match error {
            WorkflowError::Unknown { field, value, hint: _ } => {
                let resource = if *field == "bundle" { "bundle" } else { "user" };
                // For an id in any format, the value is "user 7"; an address stays as it is.
                let id = value.rsplit(' ').next().and_then(|id| id.parse().ok());
                id.map_or_else(|| unknown(resource, value), |id| unknown(resource, &Uri(base.clone(), resource, id).to_string()))
            }
            WorkflowError::Closed(closed) => of(problem, &ClosedBody { error: text, state: closed.as_str() }),
            WorkflowError::OtherTerms { pending, ends_at, .. } => {
                let resource_uri = pending.map(|id| Uri(base.clone(), "bundle_permission_request", id.0));
                of(problem, &PendingBody { error: text, resource_uri, ends_at: Moment(*ends_at) })
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
        match (problem.status, &problem.header) {
            (StatusCode::METHOD_NOT_ALLOWED, Some((_, allow))) => {
                response.insert_header((CONTENT_TYPE, TEXT)).body(allow.clone())
            }
            (StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND, _) => response.insert_header((CONTENT_TYPE, TEXT)).finish(),
            _ => match &problem.detail {
                Some(body) => response.content_type(Self::MEDIA_TYPE).body(body.clone()),
                None if problem.status == StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                    response.json(UnreadBody::Packed(ErrorBody { error: escaped(&problem.message) }))
                }
                None => response.json(ErrorBody { error: escaped(&problem.message) }),
            },
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

fn of(problem: Problem, body: &impl Serialize) -> Problem {
    Problem { detail: serde_json::to_string(body).ok(), ..problem }
}

/// A reference to nothing, in the words of Tastypie.
pub(super) fn unknown(resource: &str, uri: &str) -> Problem {
    Problem::bad(format_args!("Could not find the provided {resource} object via resource URI '{uri}'."))
}

/// 415, in the words of Tastypie.
pub(super) fn media_type(given: &str) -> Problem {
    let text = format!("The format indicated '{given}' had no available deserialization method. Send application/json.");
    let body = UnreadBody::Format(MediaTypeBody { error_message: escaped(&text) });
    of(Problem::unsupported(text), &body)
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
        400 {"error":"Could not find the provided bundle object via resource URI '/api/bundle/7/'."}
        400 {"error":"Could not find the provided user object via resource URI 'a@x.org'."}
        400 {"error":"of: &lt;60"}
        400 {"error":"reshare: no such rights"}
        400 {"error":"starts_at: too early"}
        400 {"error":"ends_at: too late"}
        400 {"error":"attributes: too long"}
        400 {"error":"limit: too many"}
        403 {"error":"this is for administrators"}
        403 {"error":"this key has not the scope `grants`; make one with `countersign key add --scope grants`"}
        410 {"error":"this request was cancelled, since what it was about is no longer there","state":"cancelled"}
        410 {"error":"this link is from before a restored backup; ask for a fresh one","state":"restored"}
        429 retry-after: 2 {"error":"the email is sent again at most every ten minutes; try again after 1970-01-01 00:00:02 UTC"}
        429 retry-after: 1 {"error":"the email is sent again at most every ten minutes; try again after 1970-01-01 00:00:01 UTC"}
        422 {"error":"this Idempotency-Key was used for another request; use a new key for each thing you want done"}
        409 retry-after: 1 {"error":"a request with this Idempotency-Key is being answered now; ask again in a second"}
        409 {"error":"it was changed meanwhile; read it again, and change what is there now"}
        409 {"error":"a request for this is pending until 1970-01-01 00:00:02 UTC; wait for its answer or withdraw it, then ask again","ends_at":"1970-01-01T00:00:02.500Z"}
        409 {"error":"a request for this is pending until 1970-01-01 00:00:02 UTC; wait for its answer or withdraw it, then ask again","resource_uri":"/api/bundle_permission_request/12/","ends_at":"1970-01-01T00:00:02.500Z"}
        409 {"error":"uri: a@x.org is taken"}
        503 retry-after: 1 {"error":"the database has more work waiting than limits.write_queue and database.connections allow; try again shortly"}
        503 retry-after: 2 {"error":"not now: something this needs is away; try again shortly"}
        503 retry-after: 2 {"error":"not now: something this needs is away; try again shortly"}
        500 {"error":"Sorry, this request could not be processed. Please try again later."}
        500 {"error":"Sorry, this request could not be processed. Please try again later."}
        503 retry-after: 2 {"error":"not now: something this needs is away; try again shortly"}
        401 www-authenticate: Basic Realm="Countersign" content-type: text/html; charset=utf-8
        401 www-authenticate: Basic Realm="Countersign" content-type: text/html; charset=utf-8
        429 retry-after: 60 {"error":"too many wrong tries; try again after 00:01:01 UTC"}
        503 retry-after: 1 {"error":"too many sign-ins at once; try again shortly"}
        503 retry-after: 1 {"error":"the database has more work waiting than limits.write_queue and database.connections allow; try again shortly"}
        503 retry-after: 2 {"error":"not now: something this needs is away; try again shortly"}
        413 {"error":"the body is too large: at most 9 bytes"}
        400 {"error":"there are two Authorization headers; send one"}
        405 allow: GET,HEAD content-type: text/html; charset=utf-8 GET,HEAD
        "#);
    }
}
