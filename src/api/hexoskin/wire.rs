//! What goes over the wire: Tastypie's envelope and the original's objects. Members beyond the original's (`level` and what
//! follows it on requests) are ours, optional, and change nothing of what the others mean.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::filters::Listing;
use super::types::{End, Moment, Uri};
use crate::domain::{Bundle, Given, Outcome, Request, RequestState, Slice, User};
use crate::http::base_path::Base;
use crate::workflow::requests::view::RequestView;
use crate::workflow::shares::bundle_permissions::ToldGrant;

/// Where a list's part lies.
#[derive(Serialize, ToSchema)]
struct Meta {
    /// Objects in a part at most.
    limit: i64,
    /// The part after: path and query.
    next: Option<String>,
    /// Objects passed over.
    offset: i64,
    /// The part before.
    previous: Option<String>,
    /// Objects in all.
    total_count: i64,
}

/// A part of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct List<T> {
    meta: Meta,
    objects: Vec<T>,
}

impl<T> List<T> {
    /// Wraps a part that `listing` asked for.
    pub(super) fn of(slice: Slice<T>, listing: &Listing) -> Self {
        let (previous, next) = listing.around(slice.total, slice.items.len());
        let (limit, offset) = (listing.page.limit, listing.page.offset);
        Self { meta: Meta { limit, next, offset, previous, total_count: slice.total }, objects: slice.items }
    }
}

/// Several objects that were named one by one.
#[derive(Serialize, ToSchema)]
pub(super) struct Set<T> {
    /// Those there are.
    pub(super) objects: Vec<T>,
    /// Ids that name nobody the caller may see.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) not_found: Vec<String>,
}

/// A person.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(super) struct UserBody {
    /// Where their emails go.
    email: String,
    first_name: String,
    id: i64,
    last_name: String,
    /// Always null here.
    #[schema(value_type = Option<String>)]
    profile: Option<()>,
    #[schema(value_type = String, example = "/api/user/7/")]
    resource_uri: Uri,
    /// What they sign in with; the address unless they chose another.
    username: String,
}

impl UserBody {
    /// Tells of `user` as a resource called `resource`.
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

    /// Tells of `user` as one of the people.
    pub(super) fn person(base: &Base, user: User) -> Self {
        Self::of(base, user, "user")
    }
}

/// Oneself.
#[derive(Serialize, ToSchema)]
#[schema(as = Account)]
pub(super) struct AccountBody {
    #[serde(flatten)]
    user: UserBody,
    /// Whether they may keep watch and purge.
    is_staff: bool,
}

impl AccountBody {
    pub(super) fn of(base: &Base, user: User) -> Self {
        Self { is_staff: user.is_admin, user: UserBody::of(base, user, "account") }
    }
}

/// What access is asked for.
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

/// Access that exists.
#[derive(Serialize, ToSchema)]
#[schema(as = BundlePermission)]
pub(super) struct PermissionBody {
    #[schema(value_type = String, example = "/api/bundle/1/")]
    bundle: Uri,
    /// What its maker calls it.
    name: Option<String>,
    #[schema(value_type = String, example = "/api/bundle_permission/4/")]
    resource_uri: Uri,
    /// Who has access.
    user_allowed: UserBody,
    /// Whose data it opens.
    user_target: UserBody,
}

impl PermissionBody {
    pub(super) fn of(base: &Base, told: ToldGrant) -> Self {
        Self {
            bundle: Uri(base.clone(), "bundle", told.bundle.id.0),
            name: Some(told.grant.comment).filter(|name| !name.is_empty()),
            resource_uri: Uri(base.clone(), "bundle_permission", told.grant.id.0),
            user_allowed: UserBody::person(base, told.grantee),
            user_target: UserBody::person(base, told.grantor),
        }
    }

    /// Where it lives.
    pub(super) fn location(&self) -> String {
        self.resource_uri.to_string()
    }
}

/// Somebody asks.
#[derive(Serialize, ToSchema)]
#[schema(as = BundlePermissionRequest)]
pub(super) struct RequestBody {
    bundle: BundleBody,
    /// Where the email's link leads; null: our own page.
    redeem_url: Option<String>,
    #[schema(value_type = String, example = "/api/bundle_permission_request/12/")]
    resource_uri: Uri,
    /// Seconds within which it may be decided.
    ttl: i64,
    /// Who gains access.
    user_allowed: UserBody,
    /// Who gets the email and decides.
    user_target: UserBody,
    /// How much was asked for: view, edit, contribute.
    level: &'static str,
    /// A word from who asked.
    message: Option<String>,
    /// When the access shall end: a moment (RFC 3339), or a number of seconds after the decision; null: never.
    #[schema(value_type = Option<String>, example = "2027-03-03T00:00:00Z")]
    until: Option<End>,
    /// The resources that were asked for, by URI; null: the whole bundle.
    resources: Option<Vec<String>>,
    /// pending, approved, declined, withdrawn, expired, cancelled, failed.
    #[schema(example = "pending")]
    state: &'static str,
    /// How far the email has come: queued, sent, deferred, bounced.
    #[schema(example = "sent")]
    mail_state: &'static str,
    /// The decision or another end of the request; null while it is pending.
    decision: Option<DecisionBody>,
    /// How the access that came of it stands now; null: none came of it.
    grant: Option<GrantBody>,
}

/// How the access that came of a request stands.
#[derive(Serialize, ToSchema)]
#[schema(as = GrantStanding)]
struct GrantBody {
    /// `active`, `scheduled`, `disabled`, `expired`, `revoked`.
    #[schema(example = "active")]
    state: &'static str,
    /// When it ends; null: no end.
    #[schema(value_type = Option<String>, example = "2027-03-03T00:00:00Z")]
    ends_at: Option<Moment>,
    /// Its level, which can be another than was given: access can be changed after the decision.
    #[schema(example = "view")]
    level: &'static str,
}

impl GrantBody {
    fn of(grant: &Outcome, now: DateTime<Utc>) -> Self {
        Self { state: grant.state_at(now).as_str(), ends_at: grant.ends_at.map(Moment), level: grant.level.as_str() }
    }
}

/// How a request ended.
#[derive(Serialize, ToSchema)]
#[schema(as = Decision)]
struct DecisionBody {
    /// When.
    #[schema(value_type = String, example = "2026-12-03T09:30:00Z")]
    at: Moment,
    /// By whom; null where time or a removal ended it.
    #[schema(value_type = Option<String>, example = "/api/user/7/")]
    by: Option<Uri>,
    /// A word with it.
    reason: Option<String>,
    /// Whether less was given than was asked.
    is_narrowed: bool,
    /// The access that came of it.
    #[schema(value_type = Option<String>, example = "/api/bundle_permission/4/")]
    bundle_permission: Option<Uri>,
    /// What was given; null: nothing.
    given: Option<GivenBody>,
}

/// What was given by the decision, whatever became of it since.
#[derive(Serialize, ToSchema)]
#[schema(as = Given)]
struct GivenBody {
    /// How much.
    #[schema(example = "view")]
    level: &'static str,
    /// Until when; null: no end.
    #[schema(value_type = Option<String>, example = "2027-03-03T00:00:00Z")]
    until: Option<Moment>,
    /// The resources, by URI; null: the whole bundle.
    resources: Option<Vec<String>>,
}

impl From<Given> for GivenBody {
    fn from(given: Given) -> Self {
        let Given { level, until, resources } = given;
        Self { level: level.as_str(), until: until.map(Moment), resources: listed(resources) }
    }
}

/// Null where it is the whole bundle.
fn listed(resources: Vec<String>) -> Option<Vec<String>> {
    Some(resources).filter(|resources| !resources.is_empty())
}

impl RequestBody {
    /// Tells of a request as it stands at `now`.
    pub(super) fn of(base: &Base, told: RequestView, now: DateTime<Utc>) -> Self {
        let RequestView { request, target, allowed, bundle, level, given } = told;
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
            decision: decision(base, &request, given, now),
            grant: grant.map(|grant| GrantBody::of(&grant, now)),
            resources: listed(request.resources),
            redeem_url: request.redeem_url,
            message: request.message,
        }
    }

    /// Where it lives.
    pub(super) fn location(&self) -> String {
        self.resource_uri.to_string()
    }
}

fn decision(base: &Base, request: &Request, given: Option<Given>, now: DateTime<Utc>) -> Option<DecisionBody> {
    let Some(decision) = &request.decision else {
        // Nobody wrote down yet that its time was over.
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
