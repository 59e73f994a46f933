//! Responses: the envelope of Tastypie and the objects of the original. Additional members (`level` and those after it in
//! requests) are ours; they do not change the meaning of the others.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::filters::Listing;
use super::types::{End, Moment, Uri};
use crate::domain::{Bundle, Given, Outcome, Request, RequestState, Slice, User};
use crate::http::base_path::Base;
use crate::workflow::requests::view::RequestView;
use crate::workflow::shares::bundle_permissions::GrantView;

/// The position of a page.
#[derive(Serialize, ToSchema)]
struct Meta {
    /// The limit of objects in a page.
    limit: i64,
    /// The next page: path and query.
    next: Option<String>,
    /// The number of skipped objects.
    offset: i64,
    /// The previous page.
    previous: Option<String>,
    /// The number of objects in all.
    total_count: i64,
}

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct List<T> {
    meta: Meta,
    objects: Vec<T>,
}

impl<T> List<T> {
    /// Wraps a page.
    pub(super) fn of(slice: Slice<T>, listing: &Listing) -> Self {
        let (previous, next) = listing.around(slice.total, slice.items.len());
        let (limit, offset) = (listing.page.limit, listing.page.offset);
        Self { meta: Meta { limit, next, offset, previous, total_count: slice.total }, objects: slice.items }
    }
}

/// Objects requested by id.
#[derive(Serialize, ToSchema)]
pub(super) struct Set<T> {
    /// The found ones.
    pub(super) objects: Vec<T>,
    /// The ids that name nobody visible to the caller.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) not_found: Vec<String>,
}

/// A person.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(super) struct UserBody {
    /// The address of their emails.
    email: String,
    first_name: String,
    id: i64,
    last_name: String,
    /// Always null.
    #[schema(value_type = Option<String>)]
    profile: Option<()>,
    #[schema(value_type = String, example = "/api/user/7/")]
    resource_uri: Uri,
    /// The name for signing in; the address unless they chose another one.
    username: String,
}

impl UserBody {
    /// A user as a resource of this name.
    pub(super) fn of(base: &Base, user: User, resource: &'static str) -> Self {
        Self {
            email: user.email.to_string(),
            first_name: user.first_name,
            id: user.id.0,
            last_name: user.last_name,
            profile: None,
            resource_uri: Uri(base.clone(), resource, user.id.0),
            username: user.username,
        }
    }

    /// A user as a person.
    pub(super) fn person(base: &Base, user: User) -> Self {
        Self::of(base, user, "user")
    }
}

/// The caller.
#[derive(Serialize, ToSchema)]
#[schema(as = Account)]
pub(super) struct AccountBody {
    #[serde(flatten)]
    user: UserBody,
    /// Whether they are an administrator.
    is_staff: bool,
}

impl AccountBody {
    pub(super) fn of(base: &Base, user: User) -> Self {
        Self { is_staff: user.is_admin, user: UserBody::of(base, user, "account") }
    }
}

/// What access is requested to.
#[derive(Serialize, ToSchema)]
#[schema(as = Bundle)]
pub(super) struct BundleBody {
    id: i64,
    name: String,
    #[schema(value_type = String, example = "/api/bundle/1/")]
    resource_uri: Uri,
}

impl BundleBody {
    pub(super) fn of(base: &Base, bundle: Bundle) -> Self {
        Self { id: bundle.id.0, name: bundle.name, resource_uri: Uri(base.clone(), "bundle", bundle.id.0) }
    }
}

/// Existing access.
#[derive(Serialize, ToSchema)]
#[schema(as = BundlePermission)]
pub(super) struct PermissionBody {
    #[schema(value_type = String, example = "/api/bundle/1/")]
    bundle: Uri,
    /// The name that its creator gave it.
    name: Option<String>,
    #[schema(value_type = String, example = "/api/bundle_permission/4/")]
    resource_uri: Uri,
    /// The grantee.
    user_allowed: UserBody,
    /// The grantor, whose data it is.
    user_target: UserBody,
}

impl PermissionBody {
    pub(super) fn of(base: &Base, view: GrantView) -> Self {
        Self {
            bundle: Uri(base.clone(), "bundle", view.bundle.id.0),
            name: Some(view.grant.comment).filter(|name| !name.is_empty()),
            resource_uri: Uri(base.clone(), "bundle_permission", view.grant.id.0),
            user_allowed: UserBody::person(base, view.grantee),
            user_target: UserBody::person(base, view.grantor),
        }
    }

    /// Its path.
    pub(super) fn location(&self) -> String {
        self.resource_uri.to_string()
    }
}

/// A request for access.
#[derive(Serialize, ToSchema)]
#[schema(as = BundlePermissionRequest)]
pub(super) struct RequestBody {
    bundle: BundleBody,
    /// The page to which the link in the email leads; null: our own page.
    redeem_url: Option<String>,
    #[schema(value_type = String, example = "/api/bundle_permission_request/12/")]
    resource_uri: Uri,
    /// The seconds from filing until it expires.
    ttl: i64,
    /// The grantee.
    user_allowed: UserBody,
    /// The approver.
    user_target: UserBody,
    /// The requested level: `view`, `edit` or `contribute`.
    level: &'static str,
    /// The message of the requester.
    message: Option<String>,
    /// The requested end of access: a time (RFC 3339), or a number of seconds after the decision; null: no end.
    #[schema(value_type = Option<String>, example = "2027-03-03T00:00:00Z")]
    until: Option<End>,
    /// The URIs of the requested resources; null: the whole bundle.
    resources: Option<Vec<String>>,
    /// `pending`, `approved`, `declined`, `withdrawn`, `expired`, `cancelled` or `failed`.
    #[schema(example = "pending")]
    state: &'static str,
    /// The delivery of the email: `queued`, `sent`, `deferred` or `bounced`.
    #[schema(example = "sent")]
    mail_state: &'static str,
    /// The id, as in `resource_uri`.
    id: i64,
    /// When it was filed.
    #[schema(value_type = String, example = "2026-12-01T12:00:00Z")]
    created_at: Moment,
    /// When it expires if nobody decides.
    #[schema(value_type = String, example = "2026-12-08T12:00:00Z")]
    expires_at: Moment,
    /// The requester's page about it.
    #[schema(example = "https://sign.example/inbox/asked#r12")]
    url: String,
    /// The decision or other end of the request; null while it is pending.
    decision: Option<DecisionBody>,
    /// The present state of the resulting access; null: there is none.
    grant: Option<GrantBody>,
}

/// The present state of the access that a request led to.
#[derive(Serialize, ToSchema)]
#[schema(as = GrantStanding)]
struct GrantBody {
    /// `active`, `scheduled`, `disabled`, `expired`, `revoked`.
    #[schema(example = "active")]
    state: &'static str,
    /// The end; null: none.
    #[schema(value_type = Option<String>, example = "2027-03-03T00:00:00Z")]
    ends_at: Option<Moment>,
    /// The level, which may have changed after the decision.
    #[schema(example = "view")]
    level: &'static str,
}

impl GrantBody {
    fn of(grant: &Outcome, now: DateTime<Utc>) -> Self {
        Self { state: grant.state_at(now).as_str(), ends_at: grant.ends_at.map(Moment), level: grant.level.as_str() }
    }
}

/// The end of a request.
#[derive(Serialize, ToSchema)]
#[schema(as = Decision)]
struct DecisionBody {
    /// When.
    #[schema(value_type = String, example = "2026-12-03T09:30:00Z")]
    at: Moment,
    /// The person who decided; null if time or a removal ended it.
    #[schema(value_type = Option<String>, example = "/api/user/7/")]
    by: Option<Uri>,
    /// The message of the decision.
    reason: Option<String>,
    /// Whether less was given than was requested.
    is_narrowed: bool,
    /// The resulting access.
    #[schema(value_type = Option<String>, example = "/api/bundle_permission/4/")]
    bundle_permission: Option<Uri>,
    /// What was given; null: nothing.
    given: Option<GivenBody>,
}

/// What the decision gave, whatever happened to it since.
#[derive(Serialize, ToSchema)]
#[schema(as = Given)]
struct GivenBody {
    /// The level.
    #[schema(example = "view")]
    level: &'static str,
    /// The end; null: none.
    #[schema(value_type = Option<String>, example = "2027-03-03T00:00:00Z")]
    until: Option<Moment>,
    /// The URIs of the resources; null: the whole bundle.
    resources: Option<Vec<String>>,
}

impl From<Given> for GivenBody {
    fn from(given: Given) -> Self {
        let Given { level, until, resources } = given;
        Self { level: level.as_str(), until: until.map(Moment), resources: listed(resources) }
    }
}

/// Null for the whole bundle.
fn listed(resources: Vec<String>) -> Option<Vec<String>> {
    Some(resources).filter(|resources| !resources.is_empty())
}

impl RequestBody {
    /// A request as of `now`.
    pub(super) fn of(base: &Base, view: RequestView, now: DateTime<Utc>) -> Self {
        let RequestView { request, target, allowed, bundle, level, given } = view;
        let grant = request.decision.as_ref().and_then(|decision| decision.grant);
        Self {
            bundle: BundleBody::of(base, bundle),
            resource_uri: Uri(base.clone(), "bundle_permission_request", request.id.0),
            ttl: request.ttl.num_seconds(),
            user_allowed: UserBody::person(base, allowed),
            user_target: UserBody::person(base, target),
            level: level.as_str(),
            until: request.until.map(End),
            state: request.state_at(now).as_str(),
            mail_state: request.mail_state.as_str(),
            id: request.id.0,
            created_at: Moment(request.created_at),
            expires_at: Moment(request.expires_at),
            url: base.url(format_args!("/inbox/asked#r{}", request.id)),
            decision: decision(base, &request, given, now),
            grant: grant.map(|grant| GrantBody::of(&grant, now)),
            resources: listed(request.resources),
            redeem_url: request.redeem_url,
            message: request.message,
        }
    }

    /// Its path.
    pub(super) fn location(&self) -> String {
        self.resource_uri.to_string()
    }
}

fn decision(base: &Base, request: &Request, given: Option<Given>, now: DateTime<Utc>) -> Option<DecisionBody> {
    let Some(decision) = &request.decision else {
        // It has expired, which no job has recorded yet.
        return (request.state_at(now) == RequestState::Expired).then_some(DecisionBody {
            at: Moment(request.expires_at),
            by: None,
            reason: None,
            is_narrowed: false,
            bundle_permission: None,
            given: None,
        });
    };
    Some(DecisionBody {
        at: Moment(decision.at),
        by: decision.by.map(|id| Uri(base.clone(), "user", id.0)),
        reason: decision.reason.as_ref().map(|reason| reason.text().to_owned()),
        is_narrowed: decision.is_narrowed,
        bundle_permission: decision.grant.map(|grant| Uri(base.clone(), "bundle_permission", grant.id.0)),
        given: given.map(GivenBody::from),
    })
}
