//! Revokes grants with everything reshared under them, and transfers grants to a new owner.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::domain::{BundleId, GrantId, UserId};
use crate::store::schema::{grant_resources, grants, resources};
use crate::store::{StoreError, Tx, each};

/// The grants to revoke.
#[derive(Clone, Copy, Debug)]
pub enum Roots {
    Grant(GrantId),
    Bundle(BundleId),
    /// All grants given by a person.
    Given(UserId),
    /// All grants to a person.
    Held(UserId),
}

/// Revokes these grants and all under them; returns the revoked ones. Each generation is one UPDATE. Ended grants are left
/// unchanged.
pub fn revoke(tx: &mut Tx<'_>, roots: Roots, by: Option<UserId>) -> Result<Vec<GrantId>, StoreError> {
    let now = tx.micros();
    let set = (
        grants::revoked_at.eq(now),
        grants::revoked_by.eq(by.map(|id| id.0)),
        grants::updated_at.eq(now),
        grants::version.eq(grants::version + 1),
    );
    let live = || diesel::update(grants::table).filter(grants::revoked_at.is_null());
    let mut generation: Vec<i64> = match roots {
        Roots::Grant(GrantId(id)) => {
            each!(tx, |c| live().filter(grants::id.eq(id)).set(set).returning(grants::id).get_results(c)?)
        }
        Roots::Bundle(BundleId(id)) => {
            each!(tx, |c| live().filter(grants::bundle_id.eq(id)).set(set).returning(grants::id).get_results(c)?)
        }
        Roots::Given(UserId(id)) => {
            each!(tx, |c| live().filter(grants::grantor_id.eq(id)).set(set).returning(grants::id).get_results(c)?)
        }
        Roots::Held(UserId(id)) => {
            each!(tx, |c| live().filter(grants::grantee_id.eq(id)).set(set).returning(grants::id).get_results(c)?)
        }
    };
    let mut ended = BTreeSet::new();
    while !generation.is_empty() {
        ended.extend(generation.iter().copied());
        let parents = generation;
        generation =
            each!(tx, |c| { live().filter(grants::parent_id.eq_any(&parents)).set(set).returning(grants::id).get_results(c)? });
    }
    Ok(ended.into_iter().map(GrantId).collect())
}

/// Makes the new owner of a bundle the grantor of its grants. Reshared grants get the new data owner.
pub fn set_grantor(tx: &mut Tx<'_>, bundle: BundleId, from: UserId, to: UserId) -> Result<(), StoreError> {
    let of_bundle = || grants::table.filter(grants::bundle_id.eq(bundle.0));
    let given = diesel::update(of_bundle().filter(grants::grantor_id.eq(from.0))).set(grants::grantor_id.eq(to.0));
    each!(tx, |c| given.execute(c)?);
    let shared_on = diesel::update(of_bundle().filter(grants::owner_id.eq(from.0))).set(grants::owner_id.eq(to.0));
    each!(tx, |c| shared_on.execute(c)?);
    Ok(())
}

/// Makes the new owner of single resources the grantor of their grants.
pub fn set_grantor_of_resources(tx: &mut Tx<'_>, from: UserId, to: UserId) -> Result<(), StoreError> {
    let of_theirs = || {
        let its = resources::table.filter(resources::owner_id.eq(to.0)).select(resources::id);
        let of = grant_resources::table.filter(grant_resources::resource_id.eq_any(its)).select(grant_resources::grant_id);
        grants::table.filter(grants::bundle_id.is_null()).filter(grants::id.eq_any(of))
    };
    let given = diesel::update(of_theirs().filter(grants::grantor_id.eq(from.0)).filter(grants::parent_id.is_null()))
        .set(grants::grantor_id.eq(to.0));
    each!(tx, |c| given.execute(c)?);
    let shared_on = diesel::update(of_theirs().filter(grants::owner_id.eq(from.0))).set(grants::owner_id.eq(to.0));
    each!(tx, |c| shared_on.execute(c)?);
    Ok(())
}
