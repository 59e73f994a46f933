//! Changes a share: by its grantor only, within the grantor's rights, and only from the version that the grantor read.

use chrono::{DateTime, Utc};

use super::create::{Receiver, announce, check_attributes, check_reshare, check_times, needed};
use super::{Share, ShareId, find_grant, load};
use crate::config::Config;
use crate::domain::{BundleId, Caller, Grant, Level, Scope, UserId};
use crate::store::audit::{self, Event};
use crate::store::{self, StoreError, Tx, grants};
use crate::workflow::policy::{self, Basis, Object, Right, Subject};
use crate::workflow::{WhyForbidden, WorkflowError, authority, throttle, validate};

/// The changes; none leaves a value unchanged.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub level: Option<Level>,
    /// The allowed resharing: bits of `domain::grant::reshare`.
    pub reshare: Option<i32>,
    pub starts_at: Option<DateTime<Utc>>,
    /// The end; none within means no end.
    pub ends_at: Option<Option<DateTime<Utc>>>,
    /// Whether it is switched on.
    pub is_enabled: Option<bool>,
    /// The grantor's name for it.
    pub name: Option<String>,
    /// The grantor's attributes: a JSON object.
    pub attributes: Option<Option<String>>,
}

/// Changes a share, if `version` is still its version.
pub fn change(
    tx: &mut Tx<'_>,
    config: &Config,
    caller: &Caller,
    id: &ShareId,
    version: Option<i32>,
    change: &Change,
) -> Result<Share, WorkflowError> {
    authority::require(caller, Scope::Grants)?;
    let before = find_grant(tx, caller, id)?;
    let giver = caller.user.filter(|user| *user == before.grantor);
    let giver = giver.ok_or(WorkflowError::Forbidden(WhyForbidden::OnlyGrantorChanges))?;
    if version.is_some_and(|version| version != before.version) {
        return Err(WorkflowError::Stale);
    }
    if before.revoked_at.is_some() {
        return Err(WorkflowError::invalid("is_enabled", "it was taken back for good; share it again"));
    }
    let after = Grant {
        level: change.level.unwrap_or(before.level),
        reshare: change.reshare.unwrap_or(before.reshare),
        starts_at: change.starts_at.unwrap_or(before.starts_at),
        ends_at: change.ends_at.unwrap_or(before.ends_at),
        is_enabled: change.is_enabled.unwrap_or(before.is_enabled),
        comment: change.name.clone().unwrap_or_else(|| before.comment.clone()),
        attributes: change.attributes.clone().unwrap_or_else(|| before.attributes.clone()),
        ..before.clone()
    };
    validate::check_name("name", &after.comment, true)?;
    check_reshare(after.reshare)?;
    check_attributes(after.attributes.as_deref())?;
    if change.starts_at.is_some() || change.ends_at.is_some() {
        let end = after.ends_at.filter(|_| change.ends_at.is_some());
        check_times(tx, Some(after.starts_at), end)?;
    }
    if !is_less(&before, &after) {
        may_give(tx, giver, &after)?;
    }
    if !grants::update(tx, &after, before.version, Some(giver))? {
        // A concurrent change came first. With a version this is an error; without one, everything is retried.
        return Err(if version.is_some() {
            WorkflowError::Stale
        } else {
            StoreError::Conflict("the share was changed at this moment".into()).into()
        });
    }
    audit::append(tx, caller, Event { name: "grant.changed", grant: Some(after.id), ..Event::default() })?;
    let now = tx.now();
    let after = Grant { version: before.version.wrapping_add(1), updated_at: now, updated_by: Some(giver), ..after };
    let required: Vec<_> = throttle::of_change(config, caller).into_iter().collect();
    if !before.is_live_at(now) && after.is_live_at(now) {
        announce(tx, config, caller, &after, &required, &Receiver::known())?;
    } else {
        throttle::take(tx, &required)?;
    }
    load(tx, caller, after)
}

/// Whether the change only reduces access, which needs no right.
fn is_less(before: &Grant, after: &Grant) -> bool {
    let ends_earlier = match (before.ends_at, after.ends_at) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(before), Some(after)) => after <= before,
    };
    after.level <= before.level
        && after.reshare & !before.reshare == 0
        && before.starts_at <= after.starts_at
        && ends_earlier
        && after.is_enabled <= before.is_enabled
}

/// Requires that the grantor could create this share again now.
fn may_give(tx: &mut Tx<'_>, giver: UserId, after: &Grant) -> Result<(), WorkflowError> {
    const NOT_YOURS: WorkflowError = WorkflowError::Forbidden(WhyForbidden::GrantorHoldsLess);
    let Some(parent) = after.parent else { return Ok(()) };
    let right = Right::Share { level: after.level, bits: needed(after.grantee_kind, after.reshare) };
    for object in objects(tx, after)? {
        let basis = policy::basis(tx, Subject::User(giver), object, right)?.ok_or(NOT_YOURS)?;
        if let Basis::Grant(basis) = basis
            && let Some(most) = basis.ends_at
            && after.ends_at.is_none_or(|end| most < end)
        {
            return Err(WorkflowError::invalid(
                "ends_at",
                format!("you hold it until {} yourself; end it then or before", most.to_rfc3339()),
            ));
        }
    }
    // The parent grant itself must allow it; other grants of the grantor do not count.
    let parent = grants::lock_share(tx, parent)?.filter(|parent| parent.is_live_at(tx.now())).ok_or(NOT_YOURS)?;
    let bits = needed(after.grantee_kind, after.reshare);
    if parent.level < after.level || parent.reshare & bits != bits {
        return Err(NOT_YOURS);
    }
    Ok(())
}

fn objects(tx: &mut Tx<'_>, grant: &Grant) -> Result<Vec<Object>, WorkflowError> {
    if let Some(BundleId(id)) = grant.bundle {
        return Ok(vec![Object::Bundle(BundleId(id))]);
    }
    let resources = store::grants::resources_of(tx, &[grant.id])?;
    Ok(resources.into_iter().map(|(_, resource)| Object::Resource(resource.id)).collect())
}
